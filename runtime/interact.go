package xmcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Interaction asks the person or the model behind the client something in the middle of a call: [Elicit], [Sample], [Roots].
//
// Every question has a key that is unique within the call. A legacy client is asked on the call's own stream while the
// handler waits. A client of 2026-07-28 gets the questions as the answer to its request, and sends the request again with
// the answers; the handler then runs again from the top, and the same questions return their answers at once. A handler
// must therefore be idempotent up to its last question: what must happen once comes after it.
//
// In 2026-07-28 a question that has no answer yet returns [ErrInputRequired]; return that error. Several questions asked
// before returning make one round: ask all of them, join their errors and return.
var (
	// ErrInputRequired ends the handler's run for now; the question is on its way to the client.
	ErrInputRequired = errors.New("input required: the handler runs again with the answer")
	// ErrDeclined and ErrCancelled are the answers of a person who said no, or who dismissed the question.
	ErrDeclined  = errors.New("the user declined")
	ErrCancelled = errors.New("the user cancelled")
	// ErrNotSupported tells that the client cannot be asked this, or cannot be asked at all.
	ErrNotSupported = errors.New("not supported by the client")
)

// question is something to ask of the client.
type question struct {
	key    string
	method string
	params json.RawMessage
	needs  ability
	// read takes the client's result; an error means that it does not answer the question.
	read func(result json.RawMessage) error
}

// CanElicit, CanElicitURL, CanSample and CanListRoots tell what the client of the current call can be asked.
func CanElicit(ctx context.Context) bool    { return can(ctx, fillsForms) }
func CanElicitURL(ctx context.Context) bool { return can(ctx, opensPages) }
func CanSample(ctx context.Context) bool    { return can(ctx, samples) }
func CanListRoots(ctx context.Context) bool { return can(ctx, listsRoots) }

func can(ctx context.Context, a ability) bool {
	c := callOf(ctx)
	if c == nil || !c.mayAsk() || c.era == wire.Legacy && !c.answerable() {
		return false
	}
	return c.abilities()&a == a
}

// mayAsk tells whether the protocol lets the server ask something in the middle of the request.
func (c *call) mayAsk() bool {
	switch c.msg.Method {
	case wire.ToolsCall, wire.PromptsGet, wire.ResourcesRead:
		return true
	}
	return false
}

// asking is the interaction of one call.
type asking struct {
	mu      sync.Mutex
	used    map[string]bool            // keys asked in this run
	answers map[string]json.RawMessage // what the client has answered so far, by key
	open    []question                 // questions without an answer, in the order they were asked
}

// ask puts a question, and returns when it is answered or can't be.
func ask(ctx context.Context, q question) error {
	c := callOf(ctx)
	if c == nil {
		return errNoCall(q.key)
	}
	if !c.mayAsk() {
		return fmt.Errorf("ask %q: nothing can be asked in %s", q.key, c.msg.Method)
	}
	if q.key == "" {
		return errors.New("ask: a question needs a key")
	}
	c.asked.mu.Lock()
	if c.asked.used[q.key] {
		c.asked.mu.Unlock()
		return fmt.Errorf("ask %q: the key was used before in this call", q.key)
	}
	if c.asked.used == nil {
		c.asked.used = map[string]bool{}
	}
	c.asked.used[q.key] = true
	c.asked.mu.Unlock()
	if c.era == wire.Modern {
		return c.askAgain(q)
	}
	return c.askNow(q)
}

func errNoCall(key string) error { return fmt.Errorf("ask %q: not in a call", key) }

// askAgain looks for the answer in the request; without one the question goes into the result.
func (c *call) askAgain(q question) error {
	c.asked.mu.Lock()
	defer c.asked.mu.Unlock()
	if answer, ok := c.asked.answers[q.key]; ok {
		if err := q.read(answer); !errors.Is(err, errUnfit) {
			return err
		}
		delete(c.asked.answers, q.key)
	}
	if lacks := q.needs &^ c.abilities(); lacks != 0 {
		return &lackingError{q.key, lacks}
	}
	c.asked.open = append(c.asked.open, q)
	return fmt.Errorf("ask %q: %w", q.key, ErrInputRequired)
}

// errUnfit marks an answer that does not fit its question.
var errUnfit = errors.New("the client's answer does not fit the question")

// appendInputRequired appends the questions that are open as the result (MCP 2026-07-28, basic/patterns/mrtr).
func (c *call) appendInputRequired(dst []byte) ([]byte, error) {
	c.asked.mu.Lock()
	defer c.asked.mu.Unlock()
	kept := map[string]json.RawMessage{}
	for key, answer := range c.asked.answers {
		if c.asked.used[key] {
			kept[key] = answer
		}
	}
	state, err := c.sealState(kept)
	if err != nil {
		return nil, err
	}
	dst = append(dst, `"resultType":"input_required","inputRequests":{`...)
	for i, q := range c.asked.open {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(wire.AppendString(dst, q.key), `:{"method":`...)
		dst = append(wire.AppendString(dst, q.method), `,"params":`...)
		dst = append(append(dst, q.params...), '}')
	}
	dst = append(dst, `},"requestState":`...)
	dst = wire.AppendString(dst, state)
	dst = append(dst, `,"_meta":{"`+wire.KeyServerInfo+`":`...)
	dst = append(dst, c.srv.serverInfo...)
	return append(dst, '}'), nil
}

// interacted tells whether the handler has asked something that has no answer yet. That decides the result, even when the
// handler has swallowed the error.
func (c *call) interacted() bool {
	if c.era == wire.Legacy {
		return false
	}
	c.asked.mu.Lock()
	defer c.asked.mu.Unlock()
	return len(c.asked.open) > 0
}

// readAnswers takes the answers of a modern request: those that the state carries from earlier rounds, and those that came
// with it. It fails when the state was not made by this server for this request and caller.
func (c *call) readAnswers() error {
	if c.era == wire.Legacy {
		return nil
	}
	state, responses := c.msg.Params.Get("requestState"), c.msg.Params.Get("inputResponses")
	if state == nil && responses == nil {
		return nil
	}
	answers := map[string]json.RawMessage{}
	if state != nil {
		text, err := wire.Unquote(state)
		if err != nil {
			return wire.NewError(wire.CodeInvalidParams, "requestState must be a string")
		}
		if answers, err = c.openState(text); err != nil {
			return err
		}
	}
	if responses != nil {
		if responses[0] != '{' {
			return wire.NewError(wire.CodeInvalidParams, "inputResponses must be an object")
		}
		members, err := wire.AppendMembers(nil, responses, c.srv.cfg.Limits.Nesting)
		if err != nil {
			return wire.NewError(wire.CodeInvalidParams, "inputResponses: "+err.Error())
		}
		for _, m := range members {
			answers[string(m.Key)] = m.Value
		}
	}
	c.asked.answers = answers
	return nil
}
