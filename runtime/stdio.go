package xmcp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// stdioServer serves one client over a pair of streams (MCP 2025-11-25 and 2026-07-28, basic/transports/stdio). Both eras may
// be spoken in one run: initialize begins a legacy session, and requests that carry a version in _meta need none.
type stdioServer struct {
	srv     *Server
	out     *lineWriter
	slots   chan struct{}
	calls   sync.WaitGroup
	flights flights

	mu      sync.Mutex
	session *session // of the legacy era, once initialize was answered
}

// endOfInputGrace is how long calls may still run after the client has closed the input.
const endOfInputGrace = time.Second

// serveStdio answers messages until the input or the context ends. Calls that are running at the end of the input have a
// moment to finish, so that a server at the end of a pipe answers what it was sent; then they are cancelled. The end of
// the context lets them finish within the time of the drain.
func (s *Server) serveStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	st := &stdioServer{srv: s, out: &lineWriter{w: out}, slots: make(chan struct{}, s.cfg.Limits.Concurrency)}
	lines := make(chan []byte)
	failed := make(chan error, 1)
	stop := make(chan struct{})
	go func() { failed <- readLines(in, s.cfg.Limits.Body, lines, stop, st.tooLong) }()
	defer close(stop)

	var err error
	var inputEnded <-chan time.Time
	for open := true; open; {
		select {
		case line := <-lines:
			st.receive(line)
		case err = <-failed:
			open = false
			inputEnded = time.After(endOfInputGrace)
		case <-ctx.Done():
			open = false
		}
	}
	finished := make(chan struct{})
	go func() { st.calls.Wait(); close(finished) }()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.ShutdownTimeout)
	defer cancel()
	for {
		select {
		case <-finished:
			return err
		case <-inputEnded:
			st.flights.cancelAll()
		case <-drain.Done():
			s.cut(errShutdown)
			return errors.Join(err, errors.New("calls in flight did not finish in time"))
		}
	}
}

// readLines sends the lines of the input until it ends. A line that is too long is skipped and reported.
func readLines(in io.Reader, limit int, lines chan<- []byte, stop <-chan struct{}, tooLong func()) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := readLine(r, limit)
		if errors.Is(err, errTooLarge) {
			tooLong()
			continue
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			select {
			case lines <- line:
			case <-stop:
				return nil
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine returns a line of its own memory.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for tooLong := false; ; {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit+1 {
			line, tooLong = nil, true
		}
		if !tooLong {
			line = append(line, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if tooLong {
			if err == io.EOF {
				return nil, io.EOF
			}
			return nil, errTooLarge
		}
		return line, err
	}
}

func (st *stdioServer) tooLong() {
	_ = st.out.send(wire.AppendError(nil, nil, wire.NewError(wire.CodeInvalidRequest, "invalid request: the message is too long")))
}

// receive takes one message. Requests run beside each other, all but initialize, which decides what later ones mean.
func (st *stdioServer) receive(line []byte) {
	c := newCall(st.srv)
	if err := wire.Parse(&c.message, line, st.srv.cfg.Limits.Nesting); err != nil {
		var we *wire.Error
		errors.As(err, &we)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, we))
		return
	}
	if err := c.call.chooseEra(nil); err != nil {
		_ = st.out.send(wire.AppendError(nil, c.message.ID, err))
		return
	}
	if c.call.era == wire.Legacy {
		st.mu.Lock()
		c.call.session = st.session
		st.mu.Unlock()
		if c.call.session != nil {
			c.call.version = c.call.session.client.Version
		}
	}
	if !c.message.IsRequest() {
		if c.message.Method == wire.NotifyCancelled {
			st.flights.cancel(c.message.Params.Get("requestId"))
			return
		}
		c.call.accept()
		return
	}
	out := &lineStream{w: st.out}
	c.call.out = out
	c.begin(context.Background(), true, st.srv.cfg.Limits.ToolTimeout)
	if !st.flights.add(c.message.ID, c) {
		_ = st.out.send(wire.AppendError(nil, c.message.ID, wire.NewError(wire.CodeInvalidRequest, "invalid request: the id is in use")))
		return
	}
	if c.message.Method == wire.Initialize && c.call.era == wire.Legacy {
		st.answer(c, out)
		return
	}
	select {
	case st.slots <- struct{}{}:
	default:
		st.flights.remove(c.message.ID)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, wire.NewError(wire.CodeInternalError, "the server is busy")))
		return
	}
	st.calls.Go(func() {
		defer func() { <-st.slots }()
		st.answer(c, out)
	})
}

func (st *stdioServer) answer(c *callContext, out *lineStream) {
	var response []byte
	if c.message.Method == wire.Initialize && c.call.era == wire.Legacy {
		response = st.initialize(&c.call)
	} else {
		response, _ = c.call.answer(nil)
	}
	st.flights.remove(c.message.ID)
	cancelled := errors.Is(c.reason(), errCancelled)
	c.end(context.Canceled, nil)
	out.finish(response, cancelled)
}

// initialize answers the handshake. The session lives as long as the process, so it needs no id.
func (st *stdioServer) initialize(c *call) []byte {
	hello, err := c.hello()
	if err != nil {
		return wire.AppendError(nil, c.msg.ID, c.protocolError(err))
	}
	c.version = hello.ProtocolVersion
	st.mu.Lock()
	st.session = newSession("", sealedSession{Version: hello.ProtocolVersion, Capabilities: hello.Capabilities, Client: hello.ClientInfo})
	st.mu.Unlock()
	dst := append(wire.AppendResultHead(nil, c.msg.ID), '{')
	dst, _ = c.initialize(dst)
	return append(dst, '}', '}')
}

// lineWriter writes one message a line.
type lineWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lineWriter) send(msg []byte) error {
	line := make([]byte, 0, len(msg)+1)
	line = append(append(line, msg...), '\n')
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.w.Write(line)
	return err
}

// lineStream is the part of the output that belongs to one request: notifications, then the response, then nothing.
type lineStream struct {
	w      *lineWriter
	mu     sync.Mutex
	closed bool
}

func (s *lineStream) send(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errStreamClosed
	}
	return s.w.send(msg)
}

// live tells whether more can be sent.
func (s *lineStream) live() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.closed
}

// finish writes the response, unless the request was cancelled: nothing more is said of it then (MCP 2026-07-28,
// basic/patterns/cancellation).
func (s *lineStream) finish(response []byte, cancelled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if !cancelled {
		_ = s.w.send(response)
	}
}
