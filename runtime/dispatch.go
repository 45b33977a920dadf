package xmcp

import (
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// method answers one kind of request: it appends the members of the result object, without braces.
type method func(c *call, dst []byte) ([]byte, error)

// sharedMethod, legacyMethod and modernMethod name what both eras serve and what each has besides; the eras differ before the
// methods do.
func sharedMethod(name string) method {
	switch name {
	case wire.ToolsCall:
		return (*call).callTool
	case wire.ToolsList:
		return (*call).listTools
	case wire.PromptsList:
		return (*call).listPrompts
	case wire.PromptsGet:
		return (*call).getPrompt
	case wire.ResourcesList:
		return (*call).listResources
	case wire.ResourceTemplatesList:
		return (*call).listTemplates
	case wire.ResourcesRead:
		return (*call).readResource
	case wire.CompletionComplete:
		return (*call).complete
	}
	return nil
}

func legacyMethod(name string) method {
	switch name {
	case wire.Ping:
		return (*call).ping
	case wire.LoggingSetLevel:
		return (*call).setLevel
	case wire.ResourcesSubscribe:
		return (*call).subscribe
	case wire.ResourcesUnsubscribe:
		return (*call).unsubscribe
	}
	return nil
}

func modernMethod(name string) method {
	if name == wire.Discover {
		return (*call).discover
	}
	return nil
}

// method finds what answers the request.
func (c *call) method() method {
	name := c.msg.Method
	m := sharedMethod(name)
	switch {
	case m != nil:
	case c.era == wire.Modern:
		m = modernMethod(name)
	default:
		m = legacyMethod(name)
	}
	if m == nil {
		return (*call).unknownMethod
	}
	return m
}

// answer runs the request and appends the whole response to dst. It never fails and never panics: whatever goes wrong is an
// error response. The status is the one that HTTP answers with.
func (c *call) answer(dst []byte) (response []byte, status int) {
	start := len(dst)
	out, err := c.run(dst)
	if err == nil {
		c.record(0)
		return out, http.StatusOK
	}
	e := c.protocolError(err)
	c.record(e.Code)
	return wire.AppendError(dst[:start], c.msg.ID, e), e.HTTPStatus(c.era)
}

func (c *call) run(dst []byte) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = c.panicked(p, debug.Stack())
		}
	}()
	dst = append(wire.AppendResultHead(dst, c.msg.ID), '{')
	body := len(dst)
	out, err = c.method()(c, dst)
	if c.interacted() && !missingCapability(err) {
		c.unfinished = true
		c.trail.ask()
		out, err = c.appendInputRequired(dst)
	}
	if err != nil {
		return nil, err
	}
	if out, err = c.finishResult(out, len(out) == body); err != nil {
		return nil, err
	}
	return append(out, '}'), nil
}

// missingCapability tells whether a question could not be asked that the handler cannot do without.
func missingCapability(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == wire.CodeMissingClientCapability
}

// finishResult closes the result object with what the era adds to every result (MCP 2026-07-28, basic, results).
func (c *call) finishResult(dst []byte, empty bool) ([]byte, error) {
	modern := c.era == wire.Modern
	if !modern && c.meta == nil || c.unfinished {
		return append(dst, '}'), nil
	}
	if !empty {
		dst = append(dst, ',')
	}
	if modern && c.meta == nil {
		return append(dst, c.srv.modernTail...), nil
	}
	return c.appendMeta(dst, modern)
}

// protocolError turns an error into the one that the client is told. Errors that are nobody's protocol error are internal:
// logged with an id, and that id is all the client sees of them.
func (c *call) protocolError(err error) *wire.Error {
	var e *wire.Error
	if errors.As(err, &e) {
		if a := lacking(err); a != 0 && e.Code == wire.CodeMissingClientCapability {
			return missingCapabilities(a)
		}
		return e
	}
	var own *ProtocolError
	if errors.As(err, &own) {
		return own.wire()
	}
	if errors.Is(c.ctx.reason(), errCancelled) {
		return wire.NewError(wire.CodeInternalError, "the request was cancelled")
	}
	id := c.logFailure("request failed", err)
	return wire.NewError(wire.CodeInternalError, "internal error (id "+id+")")
}

func methodNotFound(name string) *wire.Error {
	if len(name) > 80 {
		name = name[:80]
	}
	return wire.NewError(wire.CodeMethodNotFound, "method not found: "+name)
}

// unknownMethod answers methods that are not served here: the upstream may know them, but none that the era has done away with.
func (c *call) unknownMethod(dst []byte) ([]byte, error) {
	missing := methodNotFound(c.msg.Method)
	if c.era == wire.Modern && legacyMethod(c.msg.Method) != nil || c.msg.Method == wire.Initialize || c.msg.Method == wire.Discover {
		return nil, missing
	}
	return c.forward(dst, missing)
}

// ping answers with an empty result (MCP 2025-11-25, basic/utilities/ping).
func (c *call) ping(dst []byte) ([]byte, error) { return dst, nil }
