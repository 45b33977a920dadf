package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Upstream is another MCP server in the same process, whose tools, prompts and resources are served beside those of the
// registry: over the same transports, behind the same checks, in both eras. The package mcpgo makes one of a *server.MCPServer
// of mcp-go. Where both have an item of one name, the registry's is served.
type Upstream interface {
	// Start is called once, before the first request. changed takes notifications that concern every client: of lists that
	// have changed, and of resources that were updated.
	Start(changed func(method string, params json.RawMessage)) error
	// Handle answers one request. message is a whole JSON-RPC request and the answer a whole response. It is called
	// concurrently. The requestState of an answer that asks for input reaches clients sealed, and comes back only from the caller, and
	// for the item and the arguments, that it was made for, within [Limits].StateAge.
	Handle(ctx context.Context, client *UpstreamClient, message []byte) []byte
	// Stop is called once, when the server has shut down; changed is not to be called after it.
	Stop()
}

// UpstreamSchemas is an optional ability of an [Upstream]: it tells the input schemas of its tools, so that arguments which clients of
// 2026-07-28 repeat in headers are compared with them (MCP 2026-07-28, server/tools, x-mcp-header).
type UpstreamSchemas interface {
	// InputSchema returns the input schema of a tool as JSON; nil when there is no such tool. It is called concurrently.
	InputSchema(tool string) json.RawMessage
}

// UpstreamClient is the client of one request that an [Upstream] answers. It is valid until Handle returns.
type UpstreamClient struct{ c *call }

// SessionID names the client's session; outside of sessions it is unique for the request.
func (u *UpstreamClient) SessionID() string {
	if s := u.c.session; s != nil && s.id != "" {
		return s.id
	}
	return fmt.Sprintf("request-%p", u.c)
}

// Hello returns what the client says of itself: who it is, and its capabilities as JSON.
func (u *UpstreamClient) Hello() (ClientInfo, json.RawMessage) {
	return GetClientInfo(u.c.ctx), u.c.capabilities()
}

// LogLevel returns the least level of log messages that the client wants; ok is false when it wants none.
func (u *UpstreamClient) LogLevel() (level string, ok bool) {
	l := u.c.clientLevel()
	return levelName(l), l != levelOff
}

// Notify sends a notification to the client on the stream of its request. It returns when the message was written.
func (u *UpstreamClient) Notify(message []byte) error {
	message, err := asLine(message)
	if err != nil {
		return fmt.Errorf("notification: %w", err)
	}
	return u.c.out.send(message)
}

// Ask sends a request to a legacy client on the stream of its request and waits for the result; params may be nil. It fails with
// [ErrNotSupported] when the client has not declared what the request takes, and in 2026-07-28, where clients take no requests.
func (u *UpstreamClient) Ask(method string, params json.RawMessage) (result json.RawMessage, err error) {
	if u.c.era == wire.Modern {
		return nil, fmt.Errorf("%s: %w: clients of 2026-07-28 take no requests", method, ErrNotSupported)
	}
	if len(params) == 0 {
		params = json.RawMessage("{}")
	}
	if params, err = asLine(params); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	err = u.c.askNow(question{
		key: method, method: method, params: params, needs: neededFor(method, params),
		read: func(r json.RawMessage) error { result = append(json.RawMessage(nil), r...); return nil },
	})
	return result, err
}

// startUpstream connects the server that the configuration names.
func (s *Server) startUpstream() error {
	if s.cfg.MCP == nil {
		return nil
	}
	return s.cfg.MCP.Start(func(method string, params json.RawMessage) {
		switch method {
		case wire.NotifyToolsChanged:
			s.hub.toolsChanged()
		case wire.NotifyPromptsChanged:
			s.hub.promptsChanged()
		case wire.NotifyResourcesChanged:
			s.hub.resourcesChanged()
		case wire.NotifyResourceUpdated:
			var p struct {
				URI string `json:"uri"`
			}
			if json.Unmarshal(params, &p) == nil {
				s.hub.resourceUpdated(p.URI)
			}
		}
	})
}

// upstreamID is the id of requests to the upstream. The client's own id stays here, since it may be any number or string.
const upstreamID = `"x"`

// upstream asks the upstream for the result of a method, with params in place of the request's own where they are given.
func (c *call) upstream(method string, params []byte) (json.RawMessage, error) {
	msg := append([]byte(`{"jsonrpc":"2.0","id":`+upstreamID+`,"method":`), wire.AppendString(nil, method)...)
	if params == nil {
		params = c.msg.Params.Raw
	}
	if params != nil {
		msg = append(append(msg, `,"params":`...), params...)
	}
	answer, err := asLine(c.srv.cfg.MCP.Handle(c.ctx, &UpstreamClient{c}, append(msg, '}')))
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	var r struct {
		Result json.RawMessage `json:"result"`
		Error  *struct {
			Code    int             `json:"code"`
			Message string          `json:"message"`
			Data    json.RawMessage `json:"data"`
		} `json:"error"`
	}
	if err := json.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	if r.Error != nil {
		if r.Error.Code == wire.CodeInternalError {
			id := c.logUpstreamError(r.Error.Message)
			if c.srv.cfg.MaskErrors {
				return nil, wire.NewError(wire.CodeInternalError, (&maskedError{id}).Error())
			}
		}
		e := wire.NewError(r.Error.Code, r.Error.Message)
		if len(r.Error.Data) > 0 && string(r.Error.Data) != "null" {
			e.Data = r.Error.Data
		}
		return nil, e
	}
	if len(r.Result) == 0 || r.Result[0] != '{' {
		return nil, errors.New("upstream: the result is not an object")
	}
	return r.Result, nil
}

// logUpstreamError logs an error of a handler of the upstream's, which is an internal error, and returns the id that it is found by.
func (c *call) logUpstreamError(text string) string {
	var item []slog.Attr
	if kind, name := c.auditedItem(); name != "" {
		item = append(item, slog.String(kind, bounded(name)))
	}
	return c.logFailure("upstream failed", errors.New(text), item...)
}

// asLine returns JSON without line breaks: a message is one line on both transports, however others write it.
func asLine(raw []byte) ([]byte, error) {
	if !bytes.ContainsAny(raw, "\r\n") {
		return raw, nil
	}
	var line bytes.Buffer
	err := json.Compact(&line, raw)
	return line.Bytes(), err
}

// forward answers a request with what the upstream answers, or with the error for what does not exist.
func (c *call) forward(dst []byte, missing error) ([]byte, error) {
	if c.srv.cfg.MCP == nil {
		return nil, missing
	}
	if err := c.checkUpstreamHeaders(); err != nil {
		return nil, err
	}
	params, err := c.openRound()
	if err != nil {
		return nil, err
	}
	result, err := c.upstream(c.msg.Method, params)
	if err != nil {
		var e *wire.Error
		if errors.As(err, &e) && (e.Code == wire.CodeInvalidParams || e.Code == wire.CodeLegacyResourceNotFound || e.Code == wire.CodeMethodNotFound) && notThere(c.msg.Method, e) {
			return nil, missing
		}
		return nil, err
	}
	c.trail.readResult(result)
	members, err := wire.AppendMembers(nil, result, wire.MaxDepth)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	c.unfinished = true // the upstream has closed its result as the era wants it
	switch {
	case c.era == wire.Modern:
		members = c.nameServer(members)
		err = c.closeRound(members)
	case c.msg.Method == wire.ToolsCall:
		objectContent(members)
	}
	if err != nil {
		return nil, err
	}
	return appendMembers(dst, members), nil
}

// nameServer puts this server in the place of the upstream, which clients know nothing of (MCP 2026-07-28, basic, _meta).
func (c *call) nameServer(result []wire.Member) []wire.Member {
	own := wire.Member{Key: []byte(wire.KeyServerInfo), Value: c.srv.serverInfo}
	for i := range result {
		if string(result[i].Key) != "_meta" {
			continue
		}
		meta, _ := wire.AppendMembers(nil, result[i].Value, wire.MaxDepth) // null has none
		if at := slices.IndexFunc(meta, func(m wire.Member) bool { return string(m.Key) == wire.KeyServerInfo }); at >= 0 {
			meta[at] = own
		} else {
			meta = append(meta, own)
		}
		result[i].Value = appendObject(nil, meta)
		return result
	}
	return append(result, wire.Member{Key: []byte("_meta"), Value: appendObject(nil, []wire.Member{own})})
}

// objectContent puts structured content that is no object under "result", as that of our own tools is: legacy clients take nothing
// else (MCP 2025-11-25, schema, CallToolResult).
func objectContent(result []wire.Member) {
	for i, m := range result {
		if string(m.Key) == "structuredContent" && m.Value[0] != '{' {
			result[i].Value = slices.Concat([]byte(`{"result":`), m.Value, []byte("}"))
		}
	}
}

// objectSchema leaves out the output schema of a listed tool when it describes no object: legacy clients take no other, and refuse the
// whole list (MCP 2025-11-25, schema, Tool).
func objectSchema(tool []byte) []byte {
	members, err := wire.AppendMembers(nil, tool, wire.MaxDepth)
	if err != nil {
		return tool
	}
	return appendObject(nil, slices.DeleteFunc(members, func(m wire.Member) bool {
		if string(m.Key) != "outputSchema" {
			return false
		}
		wrap, err := needsWrap(string(m.Value))
		return wrap || err != nil
	}))
}

// appendObject appends an object with the members.
func appendObject(dst []byte, members []wire.Member) []byte {
	return append(appendMembers(append(dst, '{'), members), '}')
}

// appendMembers appends members as they stand within an object.
func appendMembers(dst []byte, members []wire.Member) []byte {
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(wire.AppendString(dst, m.Key), ':'), m.Value...)
	}
	return dst
}

// notThere tells whether the upstream's error says no more than that the item does not exist; ours says it in the era's own
// way.
func notThere(method string, e *wire.Error) bool {
	return e.Code == wire.CodeMethodNotFound || e.Code == wire.CodeLegacyResourceNotFound || method == wire.ResourcesRead && e.Code == wire.CodeInvalidParams
}

// upstreamItems returns the upstream's items of a list, all pages of it, without those whose key is taken.
func (c *call) upstreamItems(name, key string, taken func(string) bool) ([]json.RawMessage, error) {
	const maxPages = 1000
	var items []json.RawMessage
	cursor := ""
	for range maxPages {
		params := c.listParams(cursor)
		result, err := c.upstream(c.msg.Method, params)
		var e *wire.Error
		if errors.As(err, &e) && e.Code == wire.CodeMethodNotFound {
			return items, nil // the upstream has no items of that kind
		}
		if err != nil {
			return nil, err
		}
		var page map[string]json.RawMessage
		var list []json.RawMessage
		if err := json.Unmarshal(result, &page); err != nil {
			return nil, fmt.Errorf("upstream: %w", err)
		}
		if err := json.Unmarshal(page[name], &list); err != nil {
			return nil, fmt.Errorf("upstream: %s: %w", name, err)
		}
		for _, item := range list {
			var id map[string]json.RawMessage
			var value string
			if json.Unmarshal(item, &id) == nil && json.Unmarshal(id[key], &value) == nil && !taken(value) {
				if c.era == wire.Legacy && c.msg.Method == wire.ToolsList {
					item = objectSchema(item)
				}
				items = append(items, item)
			}
		}
		next := ""
		if json.Unmarshal(page["nextCursor"], &next) != nil || next == "" || next == cursor {
			return items, nil
		}
		cursor = next
	}
	return items, nil
}

// listParams are the params of a list request to the upstream: the client's _meta and a cursor of the upstream's own.
func (c *call) listParams(cursor string) []byte {
	params := []byte("{")
	if meta := c.msg.Params.Meta.Raw; meta != nil {
		params = append(append(params, `"_meta":`...), meta...)
	}
	if cursor != "" {
		if len(params) > 1 {
			params = append(params, ',')
		}
		params = append(params, `"cursor":`...)
		params = wire.AppendString(params, cursor)
	}
	return append(params, '}')
}
