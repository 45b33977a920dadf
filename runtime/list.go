package xmcp

import (
	"slices"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// pageSize is how many items a page of a list holds. Clients that follow cursors see all of them.
const pageSize = 500

func (c *call) listTools(dst []byte) ([]byte, error) {
	return appendList(c, dst, "tools", "name", &c.srv.catalog.Load().tools, func(t *tool) []byte {
		if c.era == wire.Legacy {
			return t.legacy
		}
		return t.modern
	})
}

func (c *call) listPrompts(dst []byte) ([]byte, error) {
	return appendList(c, dst, "prompts", "name", &c.srv.catalog.Load().prompts, func(p *prompt) []byte { return p.listed })
}

func (c *call) listResources(dst []byte) ([]byte, error) {
	return appendList(c, dst, "resources", "uri", &c.srv.catalog.Load().resources, func(r *resource) []byte { return r.listed })
}

func (c *call) listTemplates(dst []byte) ([]byte, error) {
	return appendList(c, dst, "resourceTemplates", "uriTemplate", &c.srv.catalog.Load().templates, func(t *template) []byte { return t.listed })
}

// appendList joins the encoded items that the caller may see. A cursor is the key of the last item of the page before it, so
// that no item is lost or repeated when others come and go in between.
func appendList[T interface{ access() *access }](c *call, dst []byte, name, key string, x *index[T], listed func(T) []byte) ([]byte, error) {
	start, err := c.cursor(name, x.keys)
	if err != nil {
		return nil, err
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	dst = append(dst, `":[`...)
	n, next := 0, ""
	for i := start; i < len(x.keys); i++ {
		item := x.byKey[x.keys[i]]
		if item.access().hidden(c.principal) {
			continue
		}
		if n == pageSize {
			break
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, listed(item)...)
		n++
		if n == pageSize && slices.ContainsFunc(x.keys[i+1:], func(k string) bool { return !x.byKey[k].access().hidden(c.principal) }) {
			next = x.keys[i]
		}
	}
	scope := cacheScope(x)
	if c.srv.cfg.MCP != nil {
		scope = "private" // the upstream may show each caller something else, and all pages have one scope
	}
	if c.srv.cfg.MCP != nil && next == "" {
		more, err := c.upstreamItems(name, key, func(k string) bool { _, taken := x.byKey[k]; return taken })
		if err != nil {
			return nil, err
		}
		for _, item := range more {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, item...)
			n++
		}
	}
	dst = append(dst, ']')
	if next != "" {
		dst = append(dst, `,"nextCursor":"`...)
		dst = append(dst, c.srv.cursors.sign(name, next)...)
		dst = append(dst, '"')
	}
	return c.appendCacheHints(dst, scope), nil
}

// cursor returns the index of the first item of the page of a list that the request asks for.
func (c *call) cursor(list string, keys []string) (int, error) {
	lit := c.msg.Params.Get("cursor")
	if lit == nil {
		return 0, nil
	}
	s, err := wire.Unquote(lit)
	if err != nil {
		return 0, wire.NewError(wire.CodeInvalidParams, "cursor must be a string")
	}
	last, ok := c.srv.cursors.open(list, s)
	if !ok {
		return 0, wire.NewError(wire.CodeInvalidParams, "invalid cursor") // MCP 2025-11-25, server/utilities/pagination, error handling
	}
	at, found := slices.BinarySearch(keys, last)
	if found {
		at++
	}
	return at, nil
}

// appendCacheHints appends how long a modern client may keep the result, and whether it may share it (MCP 2026-07-28,
// server/utilities/caching).
func (c *call) appendCacheHints(dst []byte, scope string) []byte {
	if c.era == wire.Legacy {
		return dst
	}
	dst = append(dst, `,"ttlMs":0,"cacheScope":"`...)
	dst = append(dst, scope...)
	return append(dst, '"')
}
