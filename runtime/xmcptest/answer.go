package xmcptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// maxRounds bounds how often one request may come back with questions.
const maxRounds = 20

// Question is what a server asks its client in the middle of a call.
type Question struct {
	// Method is "elicitation/create", "sampling/createMessage" or "roots/list".
	Method string
	// Key is the question's name in its call; clients of the legacy era are not told it.
	Key string
	// Message, Schema and URL are those of an elicitation: Schema of a form, URL of a page to open.
	Message string
	Schema  json.RawMessage
	URL     string
	// Params are all of it, as sent.
	Params json.RawMessage
}

// Answer is what the client says to a [Question].
type Answer struct{ result any }

// Accept fills in a form; content is anything that marshals to the JSON object of its fields. For a URL it is nil.
func Accept(content any) Answer {
	result := map[string]any{"action": "accept"}
	if content != nil {
		result["content"] = content
	}
	return Answer{result}
}

// Decline says no to an elicitation, and Cancel dismisses it.
func Decline() Answer { return Answer{map[string]any{"action": "decline"}} }

// Cancel dismisses an elicitation.
func Cancel() Answer { return Answer{map[string]any{"action": "cancel"}} }

// Sampled is a message of the client's model.
func Sampled(text string) Answer {
	return Answer{map[string]any{
		"role": "assistant", "content": mcp.NewTextContent(text), "model": "xmcptest", "stopReason": "endTurn",
	}}
}

// Roots are the folders that the client offers.
func Roots(roots ...xmcp.Root) Answer {
	if roots == nil {
		roots = []xmcp.Root{}
	}
	return Answer{map[string]any{"roots": roots}}
}

// WithAnswers makes a client that can be asked everything, and answers by f. Without it the client declares no capability, so
// that a server must do without asking. f may be called from other goroutines than the test's.
func WithAnswers(f func(Question) Answer) Option { return func(o *options) { o.answers = f } }

// capabilities are what the client declares.
func capabilities(answers func(Question) Answer) map[string]any {
	if answers == nil {
		return map[string]any{}
	}
	return map[string]any{
		"elicitation": map[string]any{"form": map[string]any{}, "url": map[string]any{}},
		"sampling":    map[string]any{"tools": map[string]any{}}, "roots": map[string]any{},
	}
}

// answer asks the test for the answer to one question.
func answer(answers func(Question) Answer, key, method string, params json.RawMessage) (any, error) {
	if answers == nil {
		return nil, fmt.Errorf("the server asked %s, which the client did not declare", method)
	}
	q := Question{Method: method, Key: key, Params: params}
	var known struct {
		Message string          `json:"message"`
		Schema  json.RawMessage `json:"requestedSchema"`
		URL     string          `json:"url"`
	}
	if len(params) > 0 {
		if err := json.Unmarshal(params, &known); err != nil {
			return nil, fmt.Errorf("the server asked %s with %s: %w", method, params, err)
		}
	}
	q.Message, q.Schema, q.URL = known.Message, known.Schema, known.URL
	a := answers(q)
	if a.result == nil {
		return nil, fmt.Errorf("the test has no answer to %s %s", method, params)
	}
	return a.result, nil
}

// respond is the JSON-RPC response to a question of the legacy era.
func respond(answers func(Question) Answer, q *envelope) ([]byte, error) {
	result, err := answer(answers, "", q.Method, q.Params)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"jsonrpc": "2.0", "id": q.ID, "result": result})
}

// rounds sends a request, and again with the answers for as long as the server asks (MCP 2026-07-28, basic/patterns/mrtr).
func (c *Client) rounds(ctx context.Context, era Era, m message) (*reply, error) {
	var notes []Notification
	for range maxRounds {
		r, err := c.links[era].exchange(ctx, c, era, m)
		if err != nil {
			return nil, err
		}
		notes = append(notes, r.notifications...)
		r.notifications = notes
		var asked struct {
			ResultType string `json:"resultType"`
			Requests   map[string]struct {
				Method string          `json:"method"`
				Params json.RawMessage `json:"params"`
			} `json:"inputRequests"`
			State json.RawMessage `json:"requestState"`
		}
		if r.err != nil || json.Unmarshal(r.result, &asked) != nil || asked.ResultType != "input_required" {
			return r, nil
		}
		if era == Legacy {
			return nil, fmt.Errorf("the server answered a legacy client with %s", r.result)
		}
		params := map[string]any{}
		for k, v := range m.params {
			params[k] = v
		}
		responses := map[string]any{}
		for key, q := range asked.Requests {
			if responses[key], err = answer(c.answers, key, q.Method, q.Params); err != nil {
				return nil, err
			}
		}
		params["inputResponses"] = responses
		delete(params, "requestState")
		if asked.State != nil {
			params["requestState"] = asked.State
		}
		m.params = params
	}
	return nil, errors.New("the server does not stop asking")
}
