package xmcp

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// keepAlive is how often a stream that has nothing to say writes a comment, so that proxies leave it open and a client that
// went away is noticed.
const keepAlive = 25 * time.Second

// maxStream is how long a stream may last.
const maxStream = 365 * 24 * time.Hour

// maxWatched is how many resources one listener may watch.
const maxWatched = 1000

// listenFilter is what a client of 2026-07-28 wants to hear of.
type listenFilter struct {
	Tools     bool     `json:"toolsListChanged,omitempty"`
	Prompts   bool     `json:"promptsListChanged,omitempty"`
	Resources bool     `json:"resourcesListChanged,omitempty"`
	URIs      []string `json:"resourceSubscriptions,omitempty"`
}

// readFilter reads the filter of subscriptions/listen. Keys are case-sensitive: nothing is sent that was not asked for as it is spelled.
func readFilter(p *wire.Params) (f listenFilter, ok bool) {
	wanted, err := p.Object("notifications")
	if err != nil || wanted == nil {
		return f, false
	}
	for key, flag := range map[string]*bool{"toolsListChanged": &f.Tools, "promptsListChanged": &f.Prompts, "resourcesListChanged": &f.Resources} {
		if *flag, ok = wanted.Flag(key); !ok {
			return f, false
		}
	}
	uris := wanted.Get("resourceSubscriptions")
	return f, uris == nil || json.Unmarshal(uris, &f.URIs) == nil
}

// eventSink is a stream that lasts: of GET, of subscriptions/listen, or the output of stdio.
type eventSink interface {
	send(msg []byte) error
	ping() error // shows that the stream lives; a no-op where there is nothing to show it with
}

// listen serves subscriptions/listen until the context, the client or the server ends it (MCP 2026-07-28, basic/patterns/subscriptions). It
// returns the response; nil when the client is gone. The caller takes the listener out of the hub.
func (c *call) listen(ctx context.Context, l *listener, ack []byte, sink eventSink) []byte {
	tag := c.msg.ID
	if err := sink.send(notification(wire.NotifySubscriptionsAck, tag, ack)); err != nil {
		return nil
	}
	ctx, stop := c.untilExpiry(ctx)
	defer stop()
	switch c.srv.pump(ctx, l, tag, sink) {
	case errShutdown, context.DeadlineExceeded:
	default:
		return nil
	}
	// One page of the specification asks for a cancellation here and another one for a result: clients get both.
	_ = sink.send(notification(wire.NotifyCancelled, tag, append([]byte(`"requestId":`), tag...)))
	dst := append(wire.AppendResultHead(nil, c.msg.ID), `{"resultType":"complete","_meta":{"`+wire.KeySubscriptionID+`":`...)
	dst = append(append(dst, tag...), `,"`+wire.KeyServerInfo+`":`...)
	return append(append(dst, c.srv.serverInfo...), "}}}"...)
}

// newListener reads the filter and begins to listen. The acknowledgement repeats what is honoured: all of it, but for resources that the caller may
// not read, and those beyond the bound.
func (c *call) newListener() (*listener, []byte, *wire.Error) {
	f, ok := readFilter(&c.msg.Params)
	if !ok {
		return nil, nil, wire.NewError(wire.CodeInvalidParams, "notifications must be an object that says what to listen to")
	}
	f.URIs = slices.DeleteFunc(f.URIs[:min(len(f.URIs), maxWatched)], func(uri string) bool { return c.mayWatch(uri) != nil })
	c.challenge = nil // what may not be watched is left out, not challenged
	l := newListener()
	l.tools, l.prompts, l.lists = f.Tools, f.Prompts, f.Resources
	l.uris = make(map[string]bool, len(f.URIs))
	for _, uri := range f.URIs {
		l.uris[uri] = true
	}
	ack, err := marshal(f)
	if err != nil {
		return nil, nil, wire.NewError(wire.CodeInternalError, "internal error")
	}
	c.srv.hub.add(l)
	return l, append([]byte(`"notifications":`), ack...), nil
}

// untilExpiry ends a stream when the token of its principal does.
func (c *call) untilExpiry(ctx context.Context) (context.Context, context.CancelFunc) {
	if p := c.principal; p != nil && !p.ExpiresAt.IsZero() {
		return context.WithDeadline(ctx, p.ExpiresAt)
	}
	return context.WithCancel(ctx)
}

// flush writes what has changed.
func (l *listener) flush(tag []byte, sink eventSink) error {
	for _, msg := range l.take().messages(tag) {
		if err := sink.send(msg); err != nil {
			return err
		}
	}
	return nil
}

// pump writes changes to a stream until the context ends, the server drains, another stream takes over, or writing fails. It
// is the only writer of the stream.
func (s *Server) pump(ctx context.Context, l *listener, tag []byte, sink eventSink) error {
	ticker := time.NewTicker(keepAlive)
	defer ticker.Stop()
	for {
		select {
		case <-l.wake:
			if err := l.flush(tag, sink); err != nil {
				return err
			}
		case <-ticker.C:
			if err := sink.ping(); err != nil {
				return err
			}
		case <-s.life.draining:
			if err := l.flush(tag, sink); err != nil {
				return err
			}
			return errShutdown
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
				return context.DeadlineExceeded
			}
			return ctx.Err()
		}
	}
}
