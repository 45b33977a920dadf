package xmcp

import (
	"slices"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// hub tells listeners what has changed. Broadcasting never waits for anybody: it marks what changed and wakes the writer of
// each listener. The zero value is ready to use.
type hub struct {
	mu        sync.RWMutex
	listeners map[*listener]struct{}
}

// listener collects changes for one stream. What happens several times before it is written is written once, so a listener
// that reads slowly costs no memory.
type listener struct {
	wake chan struct{} // one token when there is something to write

	mu      sync.Mutex
	tools   bool // which lists the client wants to hear of
	prompts bool
	lists   bool            // of resources and templates
	uris    map[string]bool // resources the client wants to hear of
	changed changes
}

// changes are what a listener has yet to hear of.
type changes struct {
	tools, prompts, lists bool
	uris                  []string
}

func newListener() *listener { return &listener{wake: make(chan struct{}, 1)} }

func (h *hub) add(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[*listener]struct{}{}
	}
	h.listeners[l] = struct{}{}
}

func (h *hub) remove(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.listeners, l)
}

// broadcast marks a change for every listener that mark accepts.
func (h *hub) broadcast(mark func(l *listener) bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for l := range h.listeners {
		l.mu.Lock()
		marked := mark(l)
		l.mu.Unlock()
		if marked {
			l.wakeUp()
		}
	}
}

func (l *listener) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (h *hub) toolsChanged() {
	h.broadcast(func(l *listener) bool { l.changed.tools = l.changed.tools || l.tools; return l.tools })
}

func (h *hub) promptsChanged() {
	h.broadcast(func(l *listener) bool { l.changed.prompts = l.changed.prompts || l.prompts; return l.prompts })
}

func (h *hub) resourcesChanged() {
	h.broadcast(func(l *listener) bool { l.changed.lists = l.changed.lists || l.lists; return l.lists })
}

func (h *hub) resourceUpdated(uri string) {
	h.broadcast(func(l *listener) bool {
		if !l.uris[uri] {
			return false
		}
		if !slices.Contains(l.changed.uris, uri) {
			l.changed.uris = append(l.changed.uris, uri)
		}
		return true
	})
}

// take returns what has changed and forgets it.
func (l *listener) take() (c changes) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, l.changed = l.changed, changes{}
	return c
}

// messages returns the notifications for what has changed. tag is the raw subscription id that modern ones carry; nil for
// legacy ones.
func (c changes) messages(tag []byte) [][]byte {
	var list [][]byte
	if c.tools {
		list = append(list, notification(wire.NotifyToolsChanged, tag, nil))
	}
	if c.prompts {
		list = append(list, notification(wire.NotifyPromptsChanged, tag, nil))
	}
	if c.lists {
		list = append(list, notification(wire.NotifyResourcesChanged, tag, nil))
	}
	for _, uri := range c.uris {
		list = append(list, notification(wire.NotifyResourceUpdated, tag, wire.AppendString([]byte(`"uri":`), uri)))
	}
	return list
}

// notification writes a notification with the members of its params and the subscription that it belongs to.
func notification(method string, tag, params []byte) []byte {
	b := append([]byte(`{"jsonrpc":"2.0","method":"`), method...)
	b = append(b, '"')
	if tag == nil && params == nil {
		return append(b, '}')
	}
	b = append(b, `,"params":{`...)
	if tag != nil {
		b = appendTag(b, tag)
		if params != nil {
			b = append(b, ',')
		}
	}
	return append(append(b, params...), "}}"...)
}

func appendTag(b, tag []byte) []byte {
	b = append(b, `"_meta":{"`+wire.KeySubscriptionID+`":`...)
	return append(append(b, tag...), '}')
}
