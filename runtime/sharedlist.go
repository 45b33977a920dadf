package xmcp

import (
	"sync/atomic"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// sharedLists are the answers to list requests that every caller gets alike, by kind and era. Each is encoded once, without
// its beginning, which holds the id; an empty one tells that the answers differ.
type sharedLists [4][2]atomic.Pointer[[]byte]

// sharedList returns the answer to a list without its beginning, or nil when it has to be made for this request.
func (c *call) sharedList() []byte {
	cat := c.srv.catalog.Load()
	var kind int
	var same func() bool
	switch c.msg.Method {
	case wire.ToolsList:
		kind, same = 0, cat.tools.sameForAll
	case wire.PromptsList:
		kind, same = 1, cat.prompts.sameForAll
	case wire.ResourcesList:
		kind, same = 2, cat.resources.sameForAll
	case wire.ResourceTemplatesList:
		kind, same = 3, cat.templates.sameForAll
	default:
		return nil
	}
	if c.srv.cfg.MCP != nil || c.msg.Params.Get("cursor") != nil {
		return nil
	}
	place := &cat.lists[kind][c.era]
	if p := place.Load(); p != nil {
		return *p
	}
	var rest []byte
	if same() {
		answer, err := c.run(nil)
		if err != nil {
			return nil // and it fails again where the client is told
		}
		rest = answer[len(wire.AppendResultHead(nil, c.msg.ID)):]
	}
	place.Store(&rest)
	return rest
}

// sameForAll tells whether all callers see the same items, on one page.
func (x *index[T]) sameForAll() bool {
	if len(x.keys) > pageSize {
		return false
	}
	for _, item := range x.byKey {
		if item.access().visible == IfPermitted {
			return false
		}
	}
	return true
}
