package xmcp

import (
	"context"
	"errors"
	"net/http"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Batches are an array of messages in place of one. Only revision 2025-03-26 has them, whose servers must take them (MCP
// 2025-03-26, basic, batching). The messages of a batch are served one after another. Its answer is one array, so nothing is
// said to the client in between.

// maxBatch bounds the messages of a batch.
const maxBatch = 100

var errNoBatch = wire.NewError(wire.CodeInvalidRequest, "invalid request: batches are not part of this protocol version")

// splitBatch returns the messages of a batch.
func splitBatch(body []byte, nesting int) ([][]byte, *wire.Error) {
	messages, err := wire.AppendElements(nil, body, nesting)
	switch {
	case err != nil:
		return nil, wire.NewError(wire.CodeParseError, "parse error: "+err.Error())
	case len(messages) == 0:
		return nil, wire.NewError(wire.CodeInvalidRequest, "invalid request: the batch is empty")
	case len(messages) > maxBatch:
		return nil, wire.NewError(wire.CodeInvalidRequest, "invalid request: the batch has too many messages")
	}
	return messages, nil
}

func isBatch(body []byte) bool {
	i := wire.SkipSpace(body, 0)
	return i < len(body) && body[i] == '['
}

// answerBatch serves the messages and returns the array of answers; nil when there are none. flights knows the requests that
// the client can cancel. challenge is what a missing scope asks for in place of the answers.
func answerBatch(messages [][]byte, nesting int, flights *flights, begin func() *callContext) (answers []byte, challenge *Challenge) {
	for _, raw := range messages {
		c := begin()
		at := len(answers)
		answers = append(answers, ',')
		answers = c.answerInBatch(answers, raw, nesting, flights)
		if len(answers) == at+1 {
			answers = answers[:at]
		}
		if challenge == nil {
			challenge = c.call.challenge
		}
	}
	if len(answers) == 0 {
		return nil, challenge
	}
	answers[0] = '['
	return append(answers, ']'), challenge
}

// answerInBatch appends the answer to one message, if it has one.
func (c *callContext) answerInBatch(dst, raw []byte, nesting int, flights *flights) []byte {
	defer c.end(context.Canceled, nil)
	refuse := func(e *wire.Error) []byte {
		c.call.record(e.Code)
		return wire.AppendError(dst, c.message.ID, e)
	}
	if err := wire.Parse(&c.message, raw, nesting); err != nil {
		var e *wire.Error
		errors.As(err, &e)
		return refuse(e)
	}
	switch {
	case c.message.Params.Meta.HasVersion:
		return refuse(errNoBatch)
	case !c.message.IsRequest():
		if c.message.Method == wire.NotifyCancelled && flights != nil {
			flights.cancel(c.message.Params.Get("requestId"))
			return dst
		}
		c.call.accept()
		return dst
	case c.message.Method == wire.Initialize:
		return refuse(wire.NewError(wire.CodeInvalidRequest, "invalid request: initialize is not part of a batch"))
	}
	if flights != nil {
		if !flights.add(c.message.ID, c) {
			return refuse(wire.NewError(wire.CodeInvalidRequest, "invalid request: the id is in use"))
		}
		defer flights.remove(c.message.ID)
	}
	answered, _ := c.call.answer(dst)
	if c.cancelled() {
		return dst
	}
	return answered
}

// noStream is where the notifications of a request in a batch go.
type noStream struct{}

func (noStream) send([]byte) error { return nil }

// batch serves a batch over HTTP.
func (e *endpoint) batch(w http.ResponseWriter, r *http.Request, p *Principal, body []byte, takes accepted) {
	messages, we := splitBatch(body, e.srv.cfg.Limits.Nesting)
	if we != nil {
		e.writeError(w, nil, we, wire.Legacy)
		return
	}
	begin := func() *callContext {
		c := newCall(e.srv)
		c.call.principal, c.call.header = p, r.Header
		c.call.trail.over(r)
		c.call.version, c.call.out = wire.Version20250326, noStream{}
		c.begin(r.Context(), true, e.srv.cfg.Limits.ToolTimeout)
		return c
	}
	first := begin()
	if !e.attachSession(w, &first.call) {
		return
	}
	first.end(context.Canceled, nil)
	session := first.call.session
	if asked := r.Header.Get(headerProtocol); asked != "" && asked != wire.Version20250326 || session != nil && session.client.Version != wire.Version20250326 {
		e.writeError(w, nil, errNoBatch, wire.Legacy)
		return
	}
	if e.srv.life.gate.draining() {
		refuseDraining(w)
		return
	}
	var running *flights
	if session != nil {
		running = &session.flights
	}
	answers, challenge := answerBatch(messages, e.srv.cfg.Limits.Nesting, running, func() *callContext {
		c := begin()
		c.call.session = session
		return c
	})
	switch {
	case challenge != nil:
		writeChallenge(w, challenge)
	case answers == nil:
		w.WriteHeader(http.StatusAccepted)
	case !takes.json:
		_ = (&sseWriter{w: w}).send(answers) // a client that went away needs no answer
	default:
		writeJSON(w, http.StatusOK, answers)
	}
}

// batch serves a batch on stdio.
func (st *stdioServer) batch(line []byte) {
	messages, we := splitBatch(line, st.srv.cfg.Limits.Nesting)
	st.mu.Lock()
	session := st.session
	st.mu.Unlock()
	if we == nil && (session == nil || session.client.Version != wire.Version20250326) {
		we = errNoBatch
	}
	if we == nil && st.srv.life.gate.enter() != admitted {
		we = wire.NewError(wire.CodeInternalError, "the server is busy")
	}
	if we != nil {
		newCall(st.srv).call.recordError(we)
		_ = st.out.send(wire.AppendError(nil, nil, we))
		return
	}
	go func() {
		defer st.srv.life.gate.leave()
		answers, _ := answerBatch(messages, st.srv.cfg.Limits.Nesting, &st.flights, func() *callContext {
			c := newCall(st.srv)
			c.call.session, c.call.version, c.call.out = session, wire.Version20250326, noStream{}
			c.begin(context.Background(), true, st.srv.cfg.Limits.ToolTimeout)
			return c
		})
		if answers != nil {
			_ = st.out.send(answers)
		}
	}()
}
