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
	q, err := completionOf(&c.msg.Params)
	if err != nil {
		return nil, err
	}
	cat := c.srv.catalog.Load()
	var fn CompleteFunc
	var acc *access
	var position string
	switch q.refType {
	case "ref/prompt":
		item := cat.prompts.byKey[q.ref]
		if item == nil || item.acc.hidden(c.principal) {
			return c.forward(dst, unknown("prompt", wire.AppendString(nil, q.ref)))
		}
		fn, acc, position = item.item.Complete, &item.acc, item.item.Position
	case "ref/resource":
		item := cat.templates.byKey[q.ref]
		if item == nil || item.acc.hidden(c.principal) {
			if r := cat.resources.byKey[q.ref]; r != nil && !r.acc.hidden(c.principal) {
				return appendCompletions(dst, nil), nil
			}
			return c.forward(dst, c.notFound(q.ref))
		}
		fn, acc, position = item.item.Complete, &item.acc, item.item.Position
	}
	if err := c.permit(acc); err != nil {
		return nil, c.handlerError(err, position)
	}
	if fn == nil {
		return appendCompletions(dst, nil), nil
	}
	values, err := fn(c.ctx, q.request)
	if err != nil {
		return nil, c.handlerError(err, position)
	}
	return appendCompletions(dst, values), nil
}

// completion is what the params of completion/complete ask for.
type completion struct {
	refType, ref string // ref is the name of the prompt or the URI template of the resource
	request      CompleteRequest
}

func completionOf(p *wire.Params) (completion, error) {
	var q completion
	invalid := func(what string) (completion, error) { return q, wire.NewError(wire.CodeInvalidParams, what) }
	ref, err := p.Object("ref")
	if err != nil || ref == nil {
		return invalid("ref must be an object")
	}
	q.refType, _ = ref.String("type")
	switch q.refType {
	case "ref/prompt":
		q.ref, _ = ref.String("name")
	case "ref/resource":
		q.ref, _ = ref.String("uri")
	default:
		return invalid("ref.type must be ref/prompt or ref/resource")
	}
	argument, err := p.Object("argument")
	if err != nil || argument == nil {
		return invalid("argument must be an object")
	}
	var named, valued bool
	q.request.Argument, named = argument.String("name")
	q.request.Value, valued = argument.String("value")
	if !named || !valued {
		return invalid("argument must have a name and a value, both strings")
	}
	context, err := p.Object("context")
	if err != nil {
		return invalid("context must be an object")
	}
	if context == nil || context.Get("arguments") == nil {
		return q, nil
	}
	if err := json.Unmarshal(context.Get("arguments"), &q.request.Arguments); err != nil {
		return invalid("context.arguments must be an object of strings")
	}
	return q, nil
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
