package xmcp

import (
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// accept takes a message that is not answered: a notification, or the response to a question of the server's. Unknown ones
// are ignored, as JSON-RPC asks.
func (c *call) accept() {
	switch {
	case c.session == nil:
	case c.msg.IsResponse():
		c.session.pending.resolve(c.msg)
	case c.msg.Method == wire.NotifyCancelled:
		if id := c.msg.Params.Get("requestId"); id != nil {
			c.session.flights.cancel(id)
		}
	}
}

// subscribe answers resources/subscribe: the session's stream tells when the resource was updated.
func (c *call) subscribe(dst []byte) ([]byte, error) {
	uri, err := c.watchable()
	if err != nil {
		return nil, c.handlerError(err, "")
	}
	l := c.session.listener(c.srv)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.uris) >= maxWatched && !l.uris[uri] {
		return nil, wire.NewError(wire.CodeInvalidParams, "too many subscriptions")
	}
	l.uris[uri] = true
	return dst, nil
}

// unsubscribe answers resources/unsubscribe.
func (c *call) unsubscribe(dst []byte) ([]byte, error) {
	uri, ok := c.msg.Params.String("uri")
	if !ok {
		return nil, wire.NewError(wire.CodeInvalidParams, "uri must be a string")
	}
	if c.session != nil {
		l := c.session.listener(c.srv)
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.uris, uri)
	}
	return dst, nil
}

// watchable returns the URI of the request, which must name a resource that the caller may read.
func (c *call) watchable() (string, error) {
	uri, ok := c.msg.Params.String("uri")
	if !ok {
		return "", wire.NewError(wire.CodeInvalidParams, "uri must be a string")
	}
	if c.session == nil {
		return "", wire.NewError(wire.CodeInvalidRequest, "subscriptions need a session: begin with initialize")
	}
	return uri, c.mayWatch(uri)
}

// mayWatch tells whether the caller may hear of changes of a resource: it must be there, and readable for the caller. What the
// upstream has is the upstream's to know.
func (c *call) mayWatch(uri string) error {
	cat := c.srv.catalog.Load()
	if r := cat.resources.byKey[uri]; r != nil && !r.acc.hidden(c.principal) {
		return c.permit(&r.acc)
	}
	for _, key := range cat.templates.keys {
		t := cat.templates.byKey[key]
		if t.acc.hidden(c.principal) {
			continue
		}
		if _, fits := t.match(uri); fits {
			return c.permit(&t.acc)
		}
	}
	if c.srv.cfg.MCP != nil {
		return nil
	}
	return c.notFound(uri)
}
