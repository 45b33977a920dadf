package xmcp

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// appendToolOutput appends the members of a tool result.
func (c *call) appendToolOutput(dst []byte, t *tool, out *toolOutput) ([]byte, error) {
	switch out.kind {
	case textOutput:
		return appendTextContent(dst, out.text), nil
	case resultOutput:
		return c.appendResult(dst, t, out.result)
	case noOutput:
		return append(dst, `"content":[]`...), nil
	}
	return c.appendStructured(dst, t, out.value, nil)
}

func appendTextContent(dst []byte, text string) []byte {
	dst = append(dst, `"content":[{"type":"text","text":`...)
	dst = wire.AppendString(dst, text)
	return append(dst, "}]"...)
}

// appendStructured appends structured content, to which value points, and, for clients that read only text, the same JSON as text.
// Content of the handler's own replaces the text.
func (c *call) appendStructured(dst []byte, t *tool, value any, content []Content) (_ []byte, err error) {
	enc := encoders.Get().(*encoder)
	defer enc.release()
	if content == nil {
		dst, err = enc.encodeOutput(value, append(dst, `"content":[{"type":"text","text":"`...))
		dst = append(dst, `"}]`...)
	} else if _, err = enc.encodeOutput(value, nil); err == nil {
		dst, err = c.appendContent(dst, content)
	}
	if err != nil {
		return nil, err
	}
	raw := enc.raw
	dst = append(dst, `,"structuredContent":`...)
	if c.era == wire.Legacy && (t.wrap || raw[0] != '{') {
		dst = append(dst, `{"result":`...)
		dst = append(dst, raw...)
		return append(dst, '}'), nil
	}
	return append(dst, raw...), nil
}

func (c *call) appendResult(dst []byte, t *tool, r *Result) (_ []byte, err error) {
	if r.Structured == nil {
		dst, err = c.appendContent(dst, r.Content)
	} else {
		value := reflect.New(reflect.TypeOf(r.Structured))
		value.Elem().Set(reflect.ValueOf(r.Structured))
		dst, err = c.appendStructured(dst, t, value.Interface(), r.Content)
	}
	if err != nil {
		return nil, err
	}
	if r.IsError {
		c.trail.fail()
		dst = append(dst, `,"isError":true`...)
	}
	if len(r.Meta) > 0 {
		c.meta = r.Meta
	}
	return dst, nil
}

// appendContent appends the content member. Text blocks without annotations are written directly; encoding/json writes all
// others.
func (c *call) appendContent(dst []byte, content []Content) ([]byte, error) {
	dst = append(dst, `"content":[`...)
	for i, block := range content {
		if i > 0 {
			dst = append(dst, ',')
		}
		if text, ok := block.(mcp.TextContent); ok && text.Annotations == nil && text.Meta == nil {
			dst = append(dst, `{"type":"text","text":`...)
			dst = append(wire.AppendString(dst, text.Text), '}')
			continue
		}
		if block == nil {
			return nil, fmt.Errorf("content block %d is nil", i)
		}
		raw, err := marshal(block)
		if err != nil {
			return nil, fmt.Errorf("encode content block %d: %w", i, err)
		}
		dst = append(dst, raw...)
	}
	return append(dst, ']'), nil
}

func (c *call) appendToolError(dst []byte, err error) []byte {
	c.trail.fail()
	dst = appendTextContent(dst, err.Error())
	return append(dst, `,"isError":true`...)
}

func (c *call) logToolError(t *tool, err error) string {
	return c.logFailure("tool failed", err, slog.String("tool", t.item.Name), slog.String("position", t.item.Position))
}

func (c *call) toolPanicked(t *tool, p any, stack []byte) error {
	id := c.logFailure("panic in tool", fmt.Errorf("%v", p), slog.String("tool", t.item.Name),
		slog.String("position", t.item.Position), slog.String("stack", string(stack)))
	return &maskedError{id}
}

// appendMeta closes a result object that has metadata of its own. The server's keys win.
func (c *call) appendMeta(dst []byte, modern bool) ([]byte, error) {
	meta := make(map[string]any, len(c.meta)+1)
	for k, v := range c.meta {
		meta[k] = v
	}
	if modern {
		meta[wire.KeyServerInfo] = json.RawMessage(c.srv.serverInfo)
		dst = append(dst, `"resultType":"complete",`...)
	}
	raw, err := marshal(meta)
	if err != nil {
		return nil, fmt.Errorf("encode _meta: %w", err)
	}
	dst = append(dst, `"_meta":`...)
	dst = append(dst, raw...)
	return append(dst, '}'), nil
}
