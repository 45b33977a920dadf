package remote

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
)

// The revisions that are spoken. A legacy server may settle on any earlier one.
const (
	modernVersion = "2026-07-28"
	legacyVersion = "2025-11-25"
)

// Codes of errors that mean another revision (JSON-RPC 2.0 section 5.1; MCP 2026-07-28, basic/versioning).
const (
	codeMethodNotFound     = -32601
	codeInvalidParams      = -32602
	codeUnsupportedVersion = -32022
)

// CodeMissingCapability is the code of the error of a tool that needs an ability of the client (MCP 2026-07-28, basic).
const CodeMissingCapability = -32021

// message is a JSON-RPC message in either direction.
type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
}

// reply is what comes back: a response, or a message of the server's own.
type reply struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
}

// Error is the server's refusal of a request.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
	// Status of the HTTP answer; zero on standard streams.
	Status int `json:"-"`
}

func (e *Error) Error() string {
	switch {
	case e.Code != 0:
		return fmt.Sprintf("%s (code %d)", e.Message, e.Code)
	case e.Message != "":
		return fmt.Sprintf("status %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("status %d", e.Status)
}

// request encodes a request. A modern one says about itself what a legacy client says once.
func (c *Client) request(id int, method string, params map[string]any) ([]byte, error) {
	p, meta := maps.Clone(params), map[string]any{}
	if p == nil {
		p = map[string]any{}
	}
	if c.Notify != nil && method == "tools/call" {
		meta["progressToken"] = id
	}
	if !c.legacy {
		meta["io.modelcontextprotocol/protocolVersion"] = modernVersion
		meta["io.modelcontextprotocol/clientInfo"] = c.info()
		meta["io.modelcontextprotocol/clientCapabilities"] = map[string]any{}
	}
	if len(meta) > 0 {
		p["_meta"] = meta
	}
	return json.Marshal(message{JSONRPC: "2.0", ID: json.RawMessage(fmt.Sprint(id)), Method: method, Params: p})
}

func (c *Client) info() map[string]any {
	return map[string]any{"name": "xmcpgo", "version": c.version}
}

var errNoMessage = errors.New("the answer is no JSON-RPC message: is this the address of an MCP server?")

// read takes one message. It tells whether that is the response to a request; other messages are not for us.
func read(raw []byte, id int) (*reply, bool, error) {
	r := &reply{}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, false, errNoMessage
	}
	switch {
	case r.Method != "":
		return r, false, nil
	case r.Result == nil && r.Error == nil:
		return nil, false, errNoMessage
	}
	// An error about a message that could not be read has no id.
	if got := bytes.TrimSpace(r.ID); string(got) != fmt.Sprint(id) && !(r.Error != nil && (len(got) == 0 || string(got) == "null")) {
		return r, false, nil
	}
	return r, true, nil
}
