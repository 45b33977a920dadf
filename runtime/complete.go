package xmcp

import (
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// maxCompletions is how many values one answer may hold (MCP 2025-11-25, server/utilities/completion).
const maxCompletions = 100

// complete answers completion/complete for an argument of a prompt or a variable of a resource template. An item without
// completions has none to offer, which is no error.
func (c *call) complete(dst []byte) ([]byte, error) {
	var p struct {
		Ref struct {
			Type string `json:"type"`
			Name string `json:"name"`
			URI  string `json:"uri"`
		}
		Argument *struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		}
		Context struct {
			Arguments map[string]string `json:"arguments"`
		}
	}
	for key, into := range map[string]any{"ref": &p.Ref, "argument": &p.Argument, "context": &p.Context} {
		if raw := c.msg.Params.Get(key); raw != nil {
			if err := json.Unmarshal(raw, into); err != nil {
				return nil, wire.NewError(wire.CodeInvalidParams, key+": "+err.Error())
			}
		}
	}
	if p.Argument == nil || p.Argument.Name == "" {
		return nil, wire.NewError(wire.CodeInvalidParams, "argument must have a name and a value")
	}
	cat := c.srv.catalog.Load()
	var fn CompleteFunc
	var acc *access
	var position string
	switch p.Ref.Type {
	case "ref/prompt":
		item := cat.prompts.byKey[p.Ref.Name]
		if item == nil || item.acc.hidden(c.principal) {
			return nil, unknown("prompt", wire.AppendString(nil, p.Ref.Name))
		}
		fn, acc, position = item.item.Complete, &item.acc, item.item.Position
	case "ref/resource":
		item := cat.templates.byKey[p.Ref.URI]
		if item == nil || item.acc.hidden(c.principal) {
			if r := cat.resources.byKey[p.Ref.URI]; r != nil && !r.acc.hidden(c.principal) {
				return appendCompletions(dst, nil), nil
			}
			return nil, c.notFound(p.Ref.URI)
		}
		fn, acc, position = item.item.Complete, &item.acc, item.item.Position
	default:
		return nil, wire.NewError(wire.CodeInvalidParams, "ref.type must be ref/prompt or ref/resource")
	}
	if err := c.permit(acc); err != nil {
		return nil, c.handlerError(err, position)
	}
	if fn == nil {
		return appendCompletions(dst, nil), nil
	}
	values, err := fn(c.ctx, CompleteRequest{p.Argument.Name, p.Argument.Value, p.Context.Arguments})
	if err != nil {
		return nil, c.handlerError(err, position)
	}
	return appendCompletions(dst, values), nil
}

func appendCompletions(dst []byte, values []string) []byte {
	dst = append(dst, `"completion":{"values":[`...)
	for i, v := range values[:min(len(values), maxCompletions)] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = wire.AppendString(dst, v)
	}
	dst = append(dst, ']')
	if len(values) > maxCompletions {
		dst = append(dst, `,"hasMore":true`...)
	}
	return append(dst, '}')
}
