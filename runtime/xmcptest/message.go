package xmcptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// message is a request or notification before an era has dressed it.
type message struct {
	method string
	params map[string]any
	name   string // what the Mcp-Name header repeats; empty for methods without one
	notify bool
}

var errSchema = errors.New("which the schema of the protocol does not allow")

// check holds a message of the server against the official schema of its revision. method is the one that it answers; empty for
// messages that answer nothing.
func check(era Era, method string, message []byte) error {
	if err := wireschema.Check(string(era), method, message); err != nil {
		return fmt.Errorf("the server sent %s, %w: %w", bytes.TrimSpace(message), errSchema, err)
	}
	return nil
}

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
		r.notifications = append(r.notifications, Notification{e.Method, e.Params})
		return false, nil, check(r.era, "", raw)
	case e.Method != "":
		return false, &e, check(r.era, "", raw)
	case len(e.ID) > 0 && string(e.ID) != fmt.Sprint(id):
		return false, nil, fmt.Errorf("the server answered request %s in the place of %d", e.ID, id)
	case (e.Error == nil) == (e.Result == nil):
		return false, nil, fmt.Errorf("the server sent neither a result nor an error, or both: %s", raw)
	}
	r.result, r.err = e.Result, e.Error
	return true, nil, check(r.era, r.method, raw)
}
