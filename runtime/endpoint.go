package xmcp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Header names of streamable HTTP in the form that net/http keeps them in.
const (
	headerSession  = "Mcp-Session-Id"
	headerProtocol = "Mcp-Protocol-Version"
	headerMethod   = "Mcp-Method"
	headerName     = "Mcp-Name"
)

// endpoint is the innermost HTTP handler: streamable HTTP for both eras. The request has passed limits, host and origin
// checks and authentication.
type endpoint struct {
	srv *Server
}

func newEndpoint(s *Server) http.Handler { return &endpoint{s} }

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.serve(w, r, GetPrincipal(r.Context()))
}

// serve answers a request of a principal, whom the request's context need not know.
func (e *endpoint) serve(w http.ResponseWriter, r *http.Request, p *Principal) {
	switch r.Method {
	case http.MethodPost:
		e.post(w, r, p)
	case http.MethodGet:
		e.get(w, r, p)
	case http.MethodDelete:
		e.delete(w, r, p)
	default:
		e.notAllowed(w, r)
	}
}

// notAllowed answers methods that the era of the request does not have.
func (e *endpoint) notAllowed(w http.ResponseWriter, r *http.Request) {
	allow := "GET, POST, DELETE"
	if len(r.Header[headerSession]) == 0 || r.Header.Get(headerProtocol) == wire.Version20260728 {
		allow = "POST"
	}
	w.Header().Set("Allow", allow)
	writeHTTPError(w, http.StatusMethodNotAllowed, wire.CodeInvalidRequest, "method not allowed")
}

// responses are reused; a request's own bytes are not, since a handler may keep its context.
var responses = sync.Pool{New: func() any { return new([]byte) }}

// maxKept bounds the buffers that are kept for reuse.
const maxKept = 64 << 10

func (e *endpoint) post(w http.ResponseWriter, r *http.Request, p *Principal) {
	if !isJSON(r.Header.Get("Content-Type")) {
		writeHTTPError(w, http.StatusUnsupportedMediaType, wire.CodeInvalidRequest, "Content-Type must be application/json")
		return
	}
	takes := accepts(r.Header["Accept"])
	if takes == (accepted{}) {
		writeHTTPError(w, http.StatusNotAcceptable, wire.CodeInvalidRequest, "Accept must allow application/json and text/event-stream")
		return
	}
	body, err := readBody(r, e.srv.cfg.Limits.Body)
	if err != nil {
		e.refuseBody(w, err)
		return
	}
	if isBatch(body) {
		e.batch(w, r, p, body, takes)
		return
	}
	c := newCall(e.srv)
	c.call.principal, c.call.header = p, r.Header
	c.call.trail.over(r)
	if err := wire.Parse(&c.message, body, e.srv.cfg.Limits.Nesting); err != nil {
		c.call.recordError(err)
		e.writeError(w, c.message.ID, err, wire.Modern) // what cannot be read belongs to no era, and is 400 in both
		return
	}
	if err := c.call.chooseEra(r.Header); err != nil {
		c.call.recordError(err)
		e.writeError(w, c.message.ID, err, c.call.era)
		return
	}
	if !e.attachSession(w, &c.call) {
		return
	}
	if c.call.era == wire.Modern && c.message.IsResponse() {
		c.call.recordError(errNoResponse)
		e.writeError(w, nil, errNoResponse, wire.Modern)
		return
	}
	if !c.message.IsRequest() {
		c.call.accept()
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if e.srv.life.gate.draining() { // only answers and notifications are let in now
		refuseDraining(w)
		return
	}
	e.answer(w, r, c, takes)
}

// errNoResponse refuses what only earlier revisions have (MCP 2026-07-28, basic/transports/streamable-http, sending messages).
var errNoResponse = wire.NewError(wire.CodeInvalidRequest, "invalid request: clients of 2026-07-28 send requests and notifications only")

// attachSession finds the session that a legacy request names. A request without an id is served without a session.
func (e *endpoint) attachSession(w http.ResponseWriter, c *call) bool {
	if c.era == wire.Modern || c.msg.Method == wire.Initialize {
		return true
	}
	ids := c.header[headerSession]
	if len(ids) == 0 {
		return true
	}
	if c.session = e.srv.sessions.get(ids[0], c.principal); c.session == nil {
		writeHTTPError(w, http.StatusNotFound, wire.CodeInvalidRequest, "session not found")
		return false
	}
	if c.header.Get(headerProtocol) == "" {
		c.version = c.session.client.Version
	}
	return true
}

func (e *endpoint) answer(w http.ResponseWriter, r *http.Request, c *callContext, takes accepted) {
	if c.call.era == wire.Modern && c.message.Method == wire.SubscriptionsListen {
		e.listen(w, r, c, takes)
		return
	}
	out := &c.out
	out.init(w, &c.call, takes)
	c.call.out = out
	c.begin(r.Context(), c.call.era == wire.Legacy, e.srv.cfg.Limits.ToolTimeout)
	defer c.end(context.Canceled, nil)
	s := c.call.session
	if s != nil {
		if !s.flights.add(c.message.ID, c) {
			taken := wire.NewError(wire.CodeInvalidRequest, "invalid request: the id is in use")
			out.finish(wire.AppendError(nil, c.message.ID, taken), taken.HTTPStatus(wire.Legacy))
			return
		}
	}
	if rest := c.call.sharedList(); rest != nil && takes.json {
		c.call.record(0)
		if s != nil {
			s.flights.remove(c.message.ID)
		}
		out.finishList(c.message.ID, rest)
		return
	}
	buf := responses.Get().(*[]byte)
	status := 0
	if c.message.Method == wire.Initialize && c.call.era == wire.Legacy {
		*buf, status = c.call.handshake(w.Header(), (*buf)[:0])
	} else {
		*buf, status = c.call.answer((*buf)[:0])
	}
	if s != nil {
		s.flights.remove(c.message.ID) // before the client can know the answer, and use the id again
	}
	switch {
	case s != nil && c.cancelled():
		out.abandon()
	case c.call.challenge == nil || !out.refuse(c.call.challenge):
		out.finish(*buf, status)
	}
	if cap(*buf) <= maxKept {
		responses.Put(buf)
	}
}

// listen serves subscriptions/listen, which lasts as long as client and server want it to.
func (e *endpoint) listen(w http.ResponseWriter, r *http.Request, c *callContext, takes accepted) {
	if !takes.stream {
		e.writeError(w, c.message.ID, wire.NewError(wire.CodeInvalidRequest, "Accept must allow text/event-stream"), wire.Modern)
		return
	}
	l, ack, err := c.call.newListener()
	if err != nil {
		c.call.record(err.Code)
		e.writeError(w, c.message.ID, err, wire.Modern)
		return
	}
	defer e.srv.hub.remove(l)
	unpark, busy := c.call.park()
	if busy != nil {
		refuseParking(w, busy)
		return
	}
	defer unpark()
	defer c.call.record(0)
	sse := &sseWriter{w: w}
	if last := c.call.listen(r.Context(), l, ack, sse); last != nil {
		_ = sse.send(last) // a client that went away needs no answer
	}
}

// handshake answers initialize and opens the session, whose id goes into the header.
func (c *call) handshake(h http.Header, dst []byte) ([]byte, int) {
	hello, err := c.hello()
	if err == nil {
		c.version = hello.ProtocolVersion
		c.session, err = c.srv.sessions.open(hello, c.principal)
	}
	if err != nil {
		if errors.Is(err, errSessionsFull) {
			h.Set("Retry-After", "30")
			c.record(wire.CodeInternalError)
			return wire.AppendError(dst, c.msg.ID, wire.NewError(wire.CodeInternalError, err.Error())), http.StatusServiceUnavailable
		}
		e := c.protocolError(err)
		c.record(e.Code)
		return wire.AppendError(dst, c.msg.ID, e), e.HTTPStatus(c.era)
	}
	c.record(0)
	h[headerSession] = []string{c.session.id}
	dst = append(wire.AppendResultHead(dst, c.msg.ID), '{')
	dst, _ = c.initialize(dst)
	return append(dst, '}', '}'), http.StatusOK
}

// delete ends a client session (MCP 2025-11-25, basic/transports, session management).
func (e *endpoint) delete(w http.ResponseWriter, r *http.Request, p *Principal) {
	if r.Header.Get(headerProtocol) == wire.Version20260728 {
		e.notAllowed(w, r)
		return
	}
	ids := r.Header[headerSession]
	if len(ids) == 0 {
		writeHTTPError(w, http.StatusBadRequest, wire.CodeInvalidRequest, "Mcp-Session-Id is missing")
		return
	}
	s := e.srv.sessions.get(ids[0], p)
	if s == nil {
		writeHTTPError(w, http.StatusNotFound, wire.CodeInvalidRequest, "session not found")
		return
	}
	e.srv.sessions.end(s.id)
	w.WriteHeader(http.StatusNoContent)
}

func (e *endpoint) writeError(w http.ResponseWriter, id []byte, err error, era wire.Era) {
	var we *wire.Error
	if !errors.As(err, &we) {
		we = wire.NewError(wire.CodeInternalError, "internal error")
	}
	writeJSON(w, we.HTTPStatus(era), wire.AppendError(nil, id, we))
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	writeJSONHead(w, status, len(body))
	writeAnswer(w, body)
}

func writeJSONHead(w http.ResponseWriter, status, length int) {
	h := w.Header()
	h["Content-Type"] = jsonType
	if length >= counted {
		h["Content-Length"] = []string{strconv.Itoa(length)}
	}
	w.WriteHeader(status)
}

// counted is the length from which net/http no longer counts a body itself ([http.ResponseWriter]).
const counted = 2048

var (
	jsonType   = []string{"application/json"}
	streamType = []string{"text/event-stream"}
)

var errTooLarge = errors.New("body too large")

// readBody reads the whole body, up to the limit.
func readBody(r *http.Request, limit int) ([]byte, error) {
	if r.ContentLength > int64(limit) {
		return nil, errTooLarge
	}
	size := 512
	if r.ContentLength >= 0 {
		size = int(min(r.ContentLength, maxKept)) + 1 // the end is seen without growing, and a promise alone reserves little
	}
	buf := make([]byte, 0, size)
	for {
		n, err := r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > limit:
			return nil, errTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			buf = slices.Grow(buf, len(buf))
		}
	}
}

func (e *endpoint) refuseBody(w http.ResponseWriter, err error) {
	if errors.Is(err, errTooLarge) {
		w.Header().Set("Connection", "close")
		writeHTTPError(w, http.StatusRequestEntityTooLarge, wire.CodeInvalidRequest, "the body is larger than "+strconv.Itoa(e.srv.cfg.Limits.Body)+" bytes")
		return
	}
	writeHTTPError(w, http.StatusBadRequest, wire.CodeInvalidRequest, "the body could not be read")
}

// isJSON tells whether a content type is application/json, with any parameters.
func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

// accepted is which of the two answers of streamable HTTP a client takes.
type accepted struct{ json, stream bool }

// accepts reads the Accept headers. Without any, a client takes both answers.
func accepts(values []string) (a accepted) {
	if len(values) == 0 || len(values) == 1 && values[0] == "application/json, text/event-stream" { // as most clients write it
		return accepted{true, true}
	}
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			kind, _, _ := strings.Cut(part, ";")
			switch kind = strings.TrimSpace(kind); {
			case kind == "*/*":
				return accepted{true, true}
			case strings.EqualFold(kind, "application/json"), strings.EqualFold(kind, "application/*"):
				a.json = true
			case strings.EqualFold(kind, "text/event-stream"), strings.EqualFold(kind, "text/*"):
				a.stream = true
			}
		}
	}
	return a
}
