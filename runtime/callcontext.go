package xmcp

import (
	"context"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// callContext is the context of one request. Timer, channel and registration with the parent are made when somebody asks
// for Done, so that a handler which never waits pays for none of them. It must not be reused, since handlers may keep it.
type callContext struct {
	call     call
	message  wire.Message
	out      httpStream // where the call came over HTTP
	parent   context.Context
	detached bool // the end of the parent does not end the call: a legacy client may go away
	deadline time.Time

	mu     sync.Mutex
	pauses int           // how many wait for the client
	left   time.Duration // of the time that the call may run, while the clock stands still

	done  chan struct{}
	err   error
	cause error
	stops []func() bool
	timer *time.Timer
	after map[*func()]struct{} // what runs when the context has ended
}

func newCall(s *Server) *callContext {
	c := &callContext{}
	c.call = call{srv: s, ctx: c, msg: &c.message, trail: s.audit.begin()}
	return c
}

// begin prepares the context of a call that may run for limit.
func (c *callContext) begin(parent context.Context, detached bool, limit time.Duration) {
	c.parent, c.detached = parent, detached
	c.deadline = time.Now().Add(limit)
}

// Deadline is when the call ends at the latest.
func (c *callContext) Deadline() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deadline, true
}

// Value answers for the call's own keys and asks the parent for all others, but not for its cancellation: context.Cause has to
// look here.
func (c *callContext) Value(key any) any {
	switch key.(type) {
	case callKey:
		return &c.call
	case principalKey:
		if c.call.principal != nil {
			return c.call.principal
		}
	}
	return context.WithoutCancel(c.parent).Value(key)
}

// Done is closed when the call is cancelled, has run out of time, or is over.
func (c *callContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
			return c.done
		}
		c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.end(context.DeadlineExceeded, nil) })
		c.stops = append(c.stops, c.timer.Stop, context.AfterFunc(c.call.srv.base, func() { c.end(context.Canceled, errShutdown) }))
		if !c.detached {
			c.stops = append(c.stops, context.AfterFunc(c.parent, func() { c.end(c.parent.Err(), context.Cause(c.parent)) }))
		}
	}
	return c.done
}

// AfterFunc runs f in a goroutine of its own when the context has ended, unless stop is called before. Package context asks for it
// where it would else start a goroutine for each context that is made of this one.
func (c *callContext) AfterFunc(f func()) (stop func() bool) {
	c.Done() // so that the end is noticed
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		go f()
		return func() bool { return false }
	}
	if c.after == nil {
		c.after = map[*func()]struct{}{}
	}
	key := &f
	c.after[key] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.after[key]
		delete(c.after, key)
		return waiting
	}
}

// Err tells why Done is closed. It looks at clock, parent and server itself, so it needs no Done before.
func (c *callContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		switch {
		case time.Now().After(c.deadline):
			c.endLocked(context.DeadlineExceeded, nil)
		case c.call.srv.base.Err() != nil:
			c.endLocked(context.Canceled, errShutdown)
		case !c.detached && c.parent.Err() != nil:
			c.endLocked(c.parent.Err(), context.Cause(c.parent))
		}
	}
	return c.err
}

// pause stops the clock until the returned function is called: waiting for the client is not the handler's time. When several
// goroutines of a handler wait, the clock goes on after the last of them.
func (c *callContext) pause() (resume func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pauses++; c.pauses == 1 {
		c.left = time.Until(c.deadline)
		c.setDeadline(time.Now().Add(maxPause))
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.pauses--; c.pauses == 0 {
			c.setDeadline(time.Now().Add(c.left))
		}
	}
}

// maxPause is how long a client may take to answer.
const maxPause = 24 * time.Hour

func (c *callContext) setDeadline(t time.Time) {
	c.deadline = t
	if c.timer != nil && c.err == nil {
		c.timer.Reset(time.Until(t))
	}
}

// reason returns why the context has ended, as precisely as it is known.
func (c *callContext) reason() error {
	err := c.Err()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return c.cause
	}
	return err
}

// cancelled tells whether the client has cancelled the request.
func (c *callContext) cancelled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause == errCancelled
}

// end ends the context once; later reasons are ignored.
func (c *callContext) end(err, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(err, cause)
}

func (c *callContext) endLocked(err, cause error) {
	if c.err != nil {
		return
	}
	c.err, c.cause = err, cause
	if c.done != nil {
		close(c.done)
	}
	for _, stop := range c.stops {
		stop()
	}
	for f := range c.after {
		go (*f)()
	}
	c.stops, c.after = nil, nil
}
