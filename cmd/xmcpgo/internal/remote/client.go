package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Client talks to one server. It is made by [HTTP] or [Command] and opened by Open. It is not safe for concurrent use.
type Client struct {
	transport transport
	version   string // of the command, for the server's log
	legacy    bool
	protocol  string // what a legacy server has settled on
	last      int
	// Notify is called for the server's notifications, its progress and log messages among them; nil ignores them.
	Notify func(method string, params json.RawMessage)
	// Server is what the server says about itself, after Open.
	Server Implementation
	// Instructions for the model, after Open.
	Instructions string
	// Capabilities are what the server offers, after Open.
	Capabilities map[string]json.RawMessage
}

// Implementation names a program.
type Implementation struct {
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Version string `json:"version"`
}

// transport carries messages. headers are for HTTP alone.
type transport interface {
	exchange(ctx context.Context, c *Client, id int, body []byte, headers http.Header) (*reply, error)
	notify(ctx context.Context, c *Client, body []byte) error
	close() error
}

// Open finds out which revision the server speaks.
func (c *Client) Open(ctx context.Context) error {
	var found struct {
		Supported    []string                   `json:"supportedVersions"`
		Capabilities map[string]json.RawMessage `json:"capabilities"`
		Instructions string                     `json:"instructions"`
		ServerInfo   Implementation             `json:"serverInfo"`
		Meta         map[string]json.RawMessage `json:"_meta"`
	}
	err := c.call(ctx, "server/discover", "", nil, nil, &found)
	var refused *Error
	switch {
	case err == nil && len(found.Supported) > 0:
		c.Server, c.Instructions, c.Capabilities = found.ServerInfo, found.Instructions, found.Capabilities
		if raw, ok := found.Meta["io.modelcontextprotocol/serverInfo"]; ok {
			_ = json.Unmarshal(raw, &c.Server) // a name that cannot be read is not shown
		}
		return nil
	case err == nil, errors.As(err, &refused) && knowsEarlierOnly(refused):
		return c.initialize(ctx)
	}
	return err
}

// knowsEarlierOnly tells whether a refusal of server/discover means a server of an earlier revision, which does not know the
// method, asks for a session, or refuses the version header (MCP 2026-07-28, basic/versioning, backward compatibility).
func knowsEarlierOnly(e *Error) bool {
	switch e.Code {
	case codeMethodNotFound, codeUnsupportedVersion, codeInvalidParams, -32000, -32600:
		return true
	case 0:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed
	}
	return false
}

func (c *Client) initialize(ctx context.Context) error {
	c.legacy = true
	params := map[string]any{"protocolVersion": legacyVersion, "clientInfo": c.info(), "capabilities": map[string]any{}}
	var hello struct {
		Version      string                     `json:"protocolVersion"`
		Capabilities map[string]json.RawMessage `json:"capabilities"`
		Instructions string                     `json:"instructions"`
		ServerInfo   Implementation             `json:"serverInfo"`
	}
	if err := c.call(ctx, "initialize", "", params, nil, &hello); err != nil {
		return err
	}
	c.protocol, c.Server, c.Instructions, c.Capabilities = hello.Version, hello.ServerInfo, hello.Instructions, hello.Capabilities
	body, err := json.Marshal(message{JSONRPC: "2.0", Method: "notifications/initialized"})
	if err != nil {
		return err
	}
	if err := c.transport.notify(ctx, c, body); err != nil {
		return fmt.Errorf("notifications/initialized: %w", err)
	}
	return nil
}

// Close ends the connection, and the program of [Command].
func (c *Client) Close() error { return c.transport.close() }

// call sends a request and decodes its result. name is what it is about, for proxies.
func (c *Client) call(ctx context.Context, method, name string, params map[string]any, headers http.Header, out any) error {
	c.last++
	body, err := c.request(c.last, method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	all := headers.Clone()
	if all == nil {
		all = http.Header{}
	}
	switch {
	case !c.legacy:
		all.Set("MCP-Protocol-Version", modernVersion)
		all.Set("Mcp-Method", method)
		if name != "" {
			all.Set("Mcp-Name", headerValue(name))
		}
	case c.protocol != "":
		all.Set("MCP-Protocol-Version", c.protocol)
	}
	r, err := c.transport.exchange(ctx, c, c.last, body, all)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if r.Error != nil {
		return fmt.Errorf("%s: %w", method, r.Error)
	}
	if err := json.Unmarshal(r.Result, out); err != nil {
		return fmt.Errorf("%s: the result cannot be read: %w", method, err)
	}
	return nil
}
