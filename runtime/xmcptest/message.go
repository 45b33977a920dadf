package xmcptest

import (
	"encoding/json"
	"fmt"
)

// message is a request or notification before an era has dressed it.
type message struct {
	method string
	params map[string]any
	name   string // what the Mcp-Name header repeats; empty for methods without one
	notify bool
}

// observe lets the tests of this package see every message that the server sends, with the revision and, where they are known,
// the method that it answers. It is set before the first test runs and never again.
var observe = func(version, method string, message []byte) {}

// reply is what the server sent back for one request.
type reply struct {
	era    Era
	method string // of the request

	result        json.RawMessage
	err           *Error
	notifications []Notification
}

// Error is a JSON-RPC error.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
	// Status is the HTTP status; 0 on stdio.
	Status int `json:"-"`
}

// Error tells the message and the code.
func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s (code %d, HTTP %d)", e.Message, e.Code, e.Status)
	}
	return fmt.Sprintf("%s (code %d)", e.Message, e.Code)
}

// Notification is a message that the server sent while a request ran.
type Notification struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// envelope is any JSON-RPC message.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
}

// encode writes a message as the era wants it. Requests ask for progress notifications.
func (m message) encode(era Era, id int, caps map[string]any) ([]byte, error) {
	params := map[string]any{}
	for k, v := range m.params {
		params[k] = v
	}
	full := map[string]any{"jsonrpc": "2.0", "method": m.method, "params": params}
	if m.notify {
		return json.Marshal(full)
	}
	meta := map[string]any{"progressToken": id}
	if era == Modern {
		meta["io.modelcontextprotocol/protocolVersion"] = string(Modern)
		meta["io.modelcontextprotocol/clientCapabilities"] = caps
		meta["io.modelcontextprotocol/clientInfo"] = clientInfo()
		meta["io.modelcontextprotocol/logLevel"] = "debug"
	}
	params["_meta"] = meta
	full["id"] = id
	return json.Marshal(full)
}

func clientInfo() map[string]any { return map[string]any{"name": "xmcptest", "version": "1.0.0"} }

// handshake is the legacy era's first message.
func handshake(caps map[string]any) message {
	return message{method: "initialize", params: map[string]any{
		"protocolVersion": string(Legacy), "capabilities": caps, "clientInfo": clientInfo(),
	}}
}

// take sorts one message from the server into the reply. It reports whether it was the response, or returns a question that
// the client must answer.
func (r *reply) take(raw []byte, id int) (done bool, question *envelope, err error) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return false, nil, fmt.Errorf("the server sent %q, which is not JSON-RPC: %w", raw, err)
	}
	switch {
	case e.Method != "" && len(e.ID) == 0:
		observe(string(r.era), "", raw)
		r.notifications = append(r.notifications, Notification{e.Method, e.Params})
		return false, nil, nil
	case e.Method != "":
		observe(string(r.era), "", raw)
		return false, &e, nil
	case len(e.ID) > 0 && string(e.ID) != fmt.Sprint(id):
		return false, nil, fmt.Errorf("the server answered request %s in the place of %d", e.ID, id)
	case (e.Error == nil) == (e.Result == nil):
		return false, nil, fmt.Errorf("the server sent neither a result nor an error, or both: %s", raw)
	}
	observe(string(r.era), r.method, raw)
	r.result, r.err = e.Result, e.Error
	return true, nil, nil
}
