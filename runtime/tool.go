package xmcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/xmcpgo/xmcpgo/runtime/internal/args"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// tool is a tool that is ready to be listed and called.
type tool struct {
	item           ToolItem
	acc            access
	dec            *args.Decoder
	legacy, modern []byte // how the tool is listed
	headers        []paramHeader
	wrap           bool // legacy clients get the structured content under "result", since theirs must be an object
	structured     bool
	run            ToolFunc // the middleware around the handler; nil without middleware
}

func (t *tool) access() *access { return &t.acc }

func newTool(s *Server, item *ToolItem) (*tool, error) {
	t := &tool{item: *item, structured: item.OutputSchema != ""}
	item = &t.item
	m := &item.Metadata
	t.acc = access{m.Scopes, m.Permissions, m.Visible}
	if item.InputSchema == "" {
		item.InputSchema = emptySchema
	}
	err := errors.Join(
		checkName(item.Name, m.Name), checkDescription(item.Description, m.Description),
		checkSchema("input", item.InputSchema), checkSchema("output", item.OutputSchema),
	)
	if item.Handler.run == nil {
		err = errors.Join(err, errors.New("it has no handler"))
	}
	if err != nil {
		return nil, err
	}
	if err = t.planInput(); err != nil {
		return nil, err
	}
	legacyOutput, modernOutput := item.OutputSchema, item.OutputSchema
	if t.structured {
		if modernOutput, err = singleType(item.OutputSchema); err != nil {
			return nil, err
		}
		if t.wrap, err = needsWrap(item.OutputSchema); err != nil {
			return nil, err
		}
		if t.wrap {
			if legacyOutput, err = wrapSchema(item.OutputSchema); err != nil {
				return nil, err
			}
		}
	}
	if t.modern, err = t.listed(modernOutput); err != nil {
		return nil, err
	}
	if t.legacy, err = t.listed(legacyOutput); err != nil {
		return nil, err
	}
	t.run = s.wrapTool(t)
	return t, nil
}

// planInput prepares how arguments are checked and decoded.
func (t *tool) planInput() (err error) {
	if t.headers, err = findParamHeaders(t.item.InputSchema); err != nil {
		return err
	}
	schema := t.item.InputSchema
	if t.item.Validate != nil {
		if _, err := t.item.Validate([]byte("{}")); err != nil {
			return fmt.Errorf("input schema: %w", err)
		}
		schema = `{"type":"object"}` // decoding has nothing left to check
	}
	t.dec, err = newDecoder(t.item.Handler.in, schema)
	return err
}

// input is the arguments of one call.
func (t *tool) input(raw []byte) input {
	return input{raw: raw, dec: t.dec, validate: t.item.Validate}
}

// toolAnnotations are the hints of a listed tool (MCP 2025-11-25, schema, ToolAnnotations).
type toolAnnotations struct {
	ReadOnly    *bool `json:"readOnlyHint,omitempty"`
	Destructive *bool `json:"destructiveHint,omitempty"`
	Idempotent  *bool `json:"idempotentHint,omitempty"`
	OpenWorld   *bool `json:"openWorldHint,omitempty"`
}

func (h Hint) pointer() *bool {
	switch h {
	case Yes:
		return new(true)
	case No:
		return new(false)
	}
	return nil
}

func (t *tool) listed(outputSchema string) ([]byte, error) {
	m := &t.item.Metadata
	hints := &toolAnnotations{m.ReadOnly.pointer(), m.Destructive.pointer(), m.Idempotent.pointer(), m.OpenWorld.pointer()}
	if *hints == (toolAnnotations{}) {
		hints = nil
	}
	return marshal(struct {
		Name         string           `json:"name"`
		Title        string           `json:"title,omitempty"`
		Description  string           `json:"description"`
		InputSchema  json.RawMessage  `json:"inputSchema"`
		OutputSchema json.RawMessage  `json:"outputSchema,omitempty"`
		Annotations  *toolAnnotations `json:"annotations,omitempty"`
		Icons        []Icon           `json:"icons,omitempty"`
		Meta         map[string]any   `json:"_meta,omitempty"`
	}{t.item.Name, m.Title, t.item.Description, json.RawMessage(t.item.InputSchema), json.RawMessage(outputSchema), hints, m.Icons, m.Meta})
}

// callTool answers tools/call.
func (c *call) callTool(dst []byte) ([]byte, error) {
	name := c.msg.Params.Get("name")
	t := c.findTool(name)
	if t == nil {
		return c.forward(dst, unknown("tool", name))
	}
	if err := c.permit(&t.acc); err != nil {
		if c.challenge != nil {
			return nil, err
		}
		return c.appendToolError(dst, err), nil
	}
	raw := c.msg.Params.Get("arguments")
	if raw != nil && raw[0] != '{' {
		return nil, wire.NewError(wire.CodeInvalidParams, "arguments must be an object")
	}
	if err := errors.Join(c.checkParamHeaders(t.headers, raw), c.readAnswers()); err != nil {
		return nil, err
	}
	start := len(dst)
	out, err := c.runAndEncode(dst, t, raw)
	if err != nil {
		c.meta = nil
		return c.toolFailed(dst[:start], t, err)
	}
	return out, nil
}

func (c *call) findTool(lit []byte) *tool {
	cat := c.srv.catalog.Load()
	var t *tool
	if n := len(lit); n > 2 && bytes.IndexByte(lit, '\\') < 0 && lit[0] == '"' {
		t = cat.tools.byKey[string(lit[1:n-1])]
	} else if name, err := wire.Unquote(lit); err == nil {
		t = cat.tools.byKey[name]
	}
	if t != nil && t.acc.hidden(c.principal) {
		return nil
	}
	return t
}

// unknown is the answer to a name that does not exist for the caller.
func unknown(kind string, lit []byte) error {
	name, err := wire.Unquote(lit)
	if err != nil {
		return wire.NewError(wire.CodeInvalidParams, "name must be a string")
	}
	if len(name) > 128 {
		name = name[:128]
	}
	return wire.NewError(wire.CodeInvalidParams, fmt.Sprintf("unknown %s: %s", kind, name))
}
