package xmcp

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

// net/http sends an answer that does not fit into its buffer in pieces: first what fills the buffer, then the rest. For an answer of
// some kilobytes the second system call is a good part of what the whole request costs, so connections of our own server keep the
// first piece until the second one is there.

// burstListener accepts such connections.
type burstListener struct{ net.Listener }

func (l burstListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &burstConn{TCPConn: tcp}, nil
	}
	return c, err
}

// burstConn is written by one goroutine at a time, as net/http does.
type burstConn struct {
	*net.TCPConn
	burst burst
}

func (c *burstConn) Write(p []byte) (int, error) { return c.burst.write(c.TCPConn, p) }

type burstKey struct{}

// keepConn lets the requests of a connection know it.
func keepConn(ctx context.Context, c net.Conn) context.Context {
	if b, ok := c.(*burstConn); ok {
		return context.WithValue(ctx, burstKey{}, b)
	}
	return ctx
}

// settleConn is called when a request is done. Nothing is ever left then; should that change, the client gets what there is.
func settleConn(c net.Conn, state http.ConnState) {
	if b, ok := c.(*burstConn); ok && state == http.StateIdle {
		b.burst.settle(b.TCPConn)
	}
}

// expectAnswer announces that the body of an answer of some length is written next, through nothing but net/http. A short one
// is sent in one piece in any case.
func expectAnswer(ctx context.Context, length int) {
	if length < burstFrom || length > burstMost {
		return
	}
	if c, ok := ctx.Value(burstKey{}).(*burstConn); ok {
		c.burst.expected = length
	}
}

const (
	burstFrom = 4 << 10  // no buffer of net/http is smaller
	burstMost = 16 << 10 // for longer ones the system call matters little
)

// burst puts the first two pieces of an announced body together.
type burst struct {
	expected int // bytes of the announced body; zero when none is
	kept     *[]byte
}

// bursts are the buffers for first pieces. A connection has one for as long as an answer takes to be written.
var bursts = sync.Pool{New: func() any { return new(make([]byte, 0, burstMost+burstFrom)) }}

// write keeps a piece that is shorter than the announced body: since it can't hold all of it, another piece follows.
func (b *burst) write(out io.Writer, p []byte) (int, error) {
	switch {
	case b.kept != nil:
		defer b.free()
		*b.kept = append(*b.kept, p...)
		if n, err := out.Write(*b.kept); err != nil {
			return max(0, n+len(p)-len(*b.kept)), err
		}
		return len(p), nil
	case len(p) < b.expected:
		b.kept = bursts.Get().(*[]byte)
		*b.kept = append((*b.kept)[:0], p...)
		b.expected = 0
		return len(p), nil
	}
	b.expected = 0
	return out.Write(p)
}

// settle sends what was kept and expects nothing more.
func (b *burst) settle(out io.Writer) {
	b.expected = 0
	if b.kept != nil {
		_, _ = out.Write(*b.kept) // the next write tells of a connection that is gone
		b.free()
	}
}

func (b *burst) free() {
	if cap(*b.kept) <= maxKept {
		bursts.Put(b.kept)
	}
	b.kept = nil
}
