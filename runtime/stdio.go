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
	flights flights

	mu      sync.Mutex
	session *session // of the legacy era, once initialize was answered
}

// endOfInputGrace is how long calls may still run after the client has closed the input.
const endOfInputGrace = time.Second

// serveStdio answers messages until the input or the context ends. Calls that are running at the end of the input have a
// moment to finish, so that a server at the end of a pipe answers what it was sent; then they are cancelled. The end of
// the context lets them finish; the drain waits for them.
func (s *Server) serveStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	st := &stdioServer{srv: s, out: newLineWriter(out, s.base.Done())}
	defer context.AfterFunc(ctx, st.out.end)() // even while an answer waits for the client
	lines := make(chan []byte)
	failed := make(chan error, 1)
	go func() { failed <- readLines(in, s.cfg.Limits.Body, lines, s.base.Done(), st.tooLong) }()

	for {
		select {
		case line := <-lines:
			st.receive(line)
		case err := <-failed:
			time.AfterFunc(endOfInputGrace, func() {
				st.flights.cancelAll()
				st.out.end()
			})
			return err
		case <-ctx.Done():
			st.out.end() // returning stops the function above, which may not have begun
			go st.receiveAnswers(lines)
			return nil
		}
	}
}

// receiveAnswers goes on reading until the drain is over: calls in flight may wait for an answer of the client. New requests
// are refused by the gate.
func (st *stdioServer) receiveAnswers(lines <-chan []byte) {
	for {
		select {
		case line := <-lines:
			st.receive(line)
		case <-st.srv.base.Done():
			return
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
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			select {
			case lines <- line:
			case <-stop:
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, errTooLarge) {
			return err
		}
	}
}

// readLine returns a line of its own memory. A line that is too long is an error, and so is the end of the input; they may
// come together.
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
			return nil, errors.Join(errTooLarge, err)
		}
		return line, err
	}
}

func (st *stdioServer) tooLong() {
	_ = st.out.send(wire.AppendError(nil, nil, wire.NewError(wire.CodeInvalidRequest, "invalid request: the message is too long")))
}

// receive takes one message. Requests run beside each other, all but initialize, which decides what later ones mean.
func (st *stdioServer) receive(line []byte) {
	if isBatch(line) {
		st.batch(line)
		return
	}
	c := newCall(st.srv)
	if err := wire.Parse(&c.message, line, st.srv.cfg.Limits.Nesting); err != nil {
		var we *wire.Error
		errors.As(err, &we)
		c.call.recordError(err)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, we))
		return
	}
	if err := c.call.chooseEra(nil); err != nil {
		c.call.recordError(err)
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
	out := &lineStream{w: st.out, call: c}
	c.call.out = out
	limit := st.srv.cfg.Limits.ToolTimeout
	listens := c.call.era == wire.Modern && c.message.Method == wire.SubscriptionsListen
	if listens {
		limit = maxStream
	}
	c.begin(context.Background(), true, limit)
	if !st.flights.add(c.message.ID, c) {
		c.call.record(wire.CodeInvalidRequest)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, wire.NewError(wire.CodeInvalidRequest, "invalid request: the id is in use")))
		return
	}
	if c.message.Method == wire.Initialize && c.call.era == wire.Legacy {
		st.answer(c, out)
		return
	}
	if st.srv.life.gate.enter() != admitted {
		st.flights.remove(c.message.ID)
		c.call.record(wire.CodeInternalError)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, wire.NewError(wire.CodeInternalError, "the server is busy")))
		return
	}
	answer := func() { st.answer(c, out) }
	if listens {
		answer = st.listen(c, out)
	}
	go func() {
		defer st.srv.life.gate.leave()
		answer()
	}()
}

// listen begins to serve one of the client's subscriptions, which share the output and are told apart by their tags. What requests
// after it change is heard already; the returned function does the rest, without holding up those requests.
func (st *stdioServer) listen(c *callContext, out *lineStream) func() {
	l, ack, err := c.call.newListener()
	if err == nil {
		return func() { st.follow(c, out, l, ack) }
	}
	return func() {
		defer c.end(context.Canceled, nil)
		defer st.flights.remove(c.message.ID)
		c.call.record(err.Code)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, err))
	}
}

// follow serves a subscription until it ends.
func (st *stdioServer) follow(c *callContext, out *lineStream, l *listener, ack []byte) {
	defer c.end(context.Canceled, nil)
	defer st.flights.remove(c.message.ID)
	defer st.srv.hub.remove(l)
	unpark, err := c.call.park()
	if err != nil {
		c.call.record(wire.CodeInternalError)
		_ = st.out.send(wire.AppendError(nil, c.message.ID, wire.NewError(wire.CodeInternalError, "the server is busy")))
		return
	}
	defer unpark()
	defer c.call.record(0)
	if last := c.call.listen(c, l, ack, out); last != nil {
		out.finish(last)
	}
}

func (st *stdioServer) answer(c *callContext, out *lineStream) {
	var response []byte
	if c.message.Method == wire.Initialize && c.call.era == wire.Legacy {
		response = st.initialize(&c.call)
	} else {
		response, _ = c.call.answer(nil)
	}
	st.flights.remove(c.message.ID)
	out.finish(response)
	c.end(context.Canceled, nil)
}

// initialize answers the handshake. The session lives as long as the process, so it needs no id.
func (st *stdioServer) initialize(c *call) []byte {
	hello, err := c.hello()
	if err != nil {
		e := c.protocolError(err)
		c.record(e.Code)
		return wire.AppendError(nil, c.msg.ID, e)
	}
	c.record(0)
	c.version = hello.ProtocolVersion
	st.begin(newSession("", sealedSession{Version: hello.ProtocolVersion, Capabilities: hello.Capabilities, Client: hello.ClientInfo}))
	dst := append(wire.AppendResultHead(nil, c.msg.ID), '{')
	dst, _ = c.initialize(dst)
	return append(dst, '}', '}')
}

// begin makes a session the current one. What changes is written to the output from now on.
func (st *stdioServer) begin(s *session) {
	ctx, stop := context.WithCancel(context.Background())
	l := s.takeStream(st.srv, stop)
	st.mu.Lock()
	old := st.session
	st.session = s
	st.mu.Unlock()
	if old != nil {
		old.close(st.srv)
	}
	go func() { _ = st.srv.pump(ctx, l, nil, st.out) }() // ends with the session or the server
}

// lineStream is the part of the output that belongs to one request: notifications, then the response, then nothing. Once the
// client has cancelled the request nothing more is said of it (MCP 2026-07-28, basic/patterns/cancellation).
type lineStream struct {
	w      *lineWriter
	call   *callContext
	mu     sync.Mutex
	closed bool
}

func (s *lineStream) over() bool { return s.closed || s.call.cancelled() }

func (s *lineStream) send(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over() {
		return errStreamClosed
	}
	return s.w.send(msg)
}

// ping does nothing: a line that says nothing would be no message.
func (s *lineStream) ping() error { return nil }

// live tells whether more can be sent.
func (s *lineStream) live() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over()
}

// finish writes the response.
func (s *lineStream) finish(response []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over() {
		_ = s.w.send(response)
	}
	s.closed = true
}
