package xmcptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// CallResult is what a tool answered.
type CallResult struct {
	Content []xmcp.Content
	// StructuredContent is the tool's JSON value as it was written; nil when there is none.
	StructuredContent json.RawMessage
	// IsError tells that the tool failed in a way that the model is told.
	IsError bool
	// Err is the protocol's error when the call was refused; all else is then empty.
	Err *Error
	// Notifications the server sent while the tool ran, in their order.
	Notifications []Notification

	c    *Client
	tool string
}

// Text is the text of the result: its text blocks, joined by line breaks, or the message of a refusal.
func (r *CallResult) Text() string {
	if r.Err != nil {
		return r.Err.Message
	}
	var texts []string
	for _, block := range r.Content {
		if t, ok := block.(mcp.TextContent); ok {
			texts = append(texts, t.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Structured decodes the structured content into a value. The test fails when there is none, or when it does not fit.
func (r *CallResult) Structured(into any) {
	r.c.t.Helper()
	if r.StructuredContent == nil {
		r.c.t.Fatalf("tool %s returned no structured content: %s", r.tool, r.Text())
	}
	dec := json.NewDecoder(bytes.NewReader(r.StructuredContent))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		r.c.t.Fatalf("tool %s: structured content %s: %v", r.tool, r.StructuredContent, err)
	}
}

// Progress is one progress notification.
type Progress struct {
	Progress float64 `json:"progress"`
	Total    float64 `json:"total"`
	Message  string  `json:"message"`
}

// Progress returns what the tool told of its progress.
func (r *CallResult) Progress() []Progress { return decodeAll[Progress](r, "notifications/progress") }

// LogMessage is one log message that the client was sent.
type LogMessage struct {
	Level  string          `json:"level"`
	Logger string          `json:"logger"`
	Data   json.RawMessage `json:"data"`
}

// Logs returns what the tool logged for the client.
func (r *CallResult) Logs() []LogMessage { return decodeAll[LogMessage](r, "notifications/message") }

func decodeAll[T any](r *CallResult, method string) []T {
	r.c.t.Helper()
	var list []T
	for _, n := range r.Notifications {
		if n.Method != method {
			continue
		}
		var v T
		if err := json.Unmarshal(n.Params, &v); err != nil {
			r.c.t.Fatalf("tool %s: %s %s: %v", r.tool, method, n.Params, err)
		}
		list = append(list, v)
	}
	return list
}

// Call calls a tool. args is anything that marshals to a JSON object, or nil for none. The test fails when the tool does.
func (c *Client) Call(tool string, args any) *CallResult {
	c.t.Helper()
	r := c.call(tool, args)
	switch {
	case r.Err != nil:
		c.t.Fatalf("tool %s was refused: %v", tool, r.Err)
	case r.IsError:
		c.t.Fatalf("tool %s failed: %s", tool, r.Text())
	}
	return r
}

// CallFails calls a tool that must fail or be refused, and returns what the model or the client was told.
func (c *Client) CallFails(tool string, args any) *CallResult {
	c.t.Helper()
	r := c.call(tool, args)
	if r.Err == nil && !r.IsError {
		c.t.Fatalf("tool %s did not fail but answered: %s", tool, r.Text())
	}
	return r
}

func (c *Client) call(tool string, args any) *CallResult {
	c.t.Helper()
	params := map[string]any{"name": tool}
	if args != nil {
		params["arguments"] = args
	}
	return all(c, fmt.Sprintf("tool %s", tool), message{method: "tools/call", params: params, name: tool}, func(era Era, r *reply) (*CallResult, string, error) {
		res := &CallResult{Notifications: r.notifications, Err: r.err, c: c, tool: tool}
		if r.err != nil {
			return res, "refused", nil
		}
		var raw struct {
			Content           []json.RawMessage `json:"content"`
			StructuredContent json.RawMessage   `json:"structuredContent"`
			IsError           bool              `json:"isError"`
		}
		if err := json.Unmarshal(r.result, &raw); err != nil {
			return nil, "", err
		}
		if raw.Content == nil {
			return nil, "", fmt.Errorf("the result has no content: %s", r.result)
		}
		for _, block := range raw.Content {
			content, err := mcp.UnmarshalContent(block)
			if err != nil {
				return nil, "", fmt.Errorf("content block %s: %w", block, err)
			}
			res.Content = append(res.Content, content)
		}
		res.IsError = raw.IsError
		res.StructuredContent = raw.StructuredContent
		if era == Legacy {
			res.StructuredContent = unwrap(raw.StructuredContent, raw.Content)
		}
		blocks, err := json.Marshal(raw.Content)
		if err != nil {
			return nil, "", err
		}
		return res, fmt.Sprintf("content %s, structured %s, error %v", blocks, compact(res.StructuredContent), raw.IsError), nil
	})
}

// unwrap undoes what legacy clients are given in place of a JSON value that is no object: the value as the only member
// "result". The text block tells a wrapped value from an object that is like that by itself.
func unwrap(structured json.RawMessage, content []json.RawMessage) json.RawMessage {
	var wrapped map[string]json.RawMessage
	if json.Unmarshal(structured, &wrapped) != nil || len(wrapped) != 1 || wrapped["result"] == nil || len(content) == 0 {
		return structured
	}
	var block struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(content[0], &block) == nil && compact(wrapped["result"]) == compact(json.RawMessage(block.Text)) {
		return wrapped["result"]
	}
	return structured
}

// compact is JSON in one spelling; what is not JSON stays as it is.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// errorID is the random part of an error that is told by its id only.
var errorID = regexp.MustCompile(`\(id [0-9A-Za-z_-]+\)`)

// all makes a request in every era of the client and returns the last answer. describe decodes an answer and writes what the
// eras must agree on.
func all[T any](c *Client, what string, m message, describe func(Era, *reply) (T, string, error)) T {
	c.t.Helper()
	var last T
	var first string
	for i, era := range c.eras {
		r, err := c.rounds(c.t.Context(), era, m)
		if err != nil {
			c.t.Fatalf("%s (%s): %v", what, era, err)
		}
		v, said, err := describe(era, r)
		if err != nil {
			c.t.Fatalf("%s (%s): %v", what, era, err)
		}
		said = errorID.ReplaceAllString(said, "(id)")
		if i == 0 {
			first = said
		} else if said != first {
			c.t.Fatalf("%s: the eras were answered differently; a tool whose answer changes with every call is called in one era, with In\n%s: %s\n%s: %s",
				what, c.eras[0], first, era, said)
		}
		last = v
	}
	return last
}
