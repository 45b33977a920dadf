package xmcp

import (
	"context"
	"net/http"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// get serves the stream of a legacy session: what the server has to say outside of requests, or, with Last-Event-ID, the rest
// of a stream whose connection was lost (MCP 2025-11-25, basic/transports).
func (e *endpoint) get(w http.ResponseWriter, r *http.Request, p *Principal) {
	ids := r.Header[headerSession]
	if r.Header.Get(headerProtocol) == wire.Version20260728 || len(ids) == 0 {
		e.notAllowed(w, r)
		return
	}
	if !accepts(r.Header["Accept"]).stream {
		writeHTTPError(w, http.StatusNotAcceptable, wire.CodeInvalidRequest, "Accept must allow text/event-stream")
		return
	}
	c := newCall(e.srv)
	c.call.principal, c.call.header = p, r.Header
	s := e.srv.sessions.get(ids[0], c.call.principal)
	if s == nil {
		writeHTTPError(w, http.StatusNotFound, wire.CodeInvalidRequest, "session not found")
		return
	}
	c.call.session = s
	unpark, err := c.call.park()
	if err != nil {
		refuseParking(w, err)
		return
	}
	defer unpark()
	ctx, stop := c.call.untilExpiry(r.Context())
	defer stop()
	sse := &sseWriter{w: w}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		log, seq := s.streams.find(last)
		if log == nil {
			writeHTTPError(w, http.StatusBadRequest, wire.CodeInvalidRequest, "the stream of Last-Event-ID is not known")
			return
		}
		e.srv.replay(ctx, log, seq, sse)
		return
	}
	e.srv.attach(ctx, s, sse)
}

// attach writes what changes to the session's stream. A newer stream takes over from an older one, so that each message goes
// to one of them only.
func (s *Server) attach(ctx context.Context, sess *session, sse *sseWriter) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := sess.takeStream(s, stop)
	if sse.ping() == nil { // shows the client that the stream is open
		_ = s.pump(ctx, l, nil, &sessionStream{sse, sess}) // however it ends, the client comes back
	}
}

// sessionStream keeps its session from being idle for as long as the client takes what is written.
type sessionStream struct {
	*sseWriter
	session *session
}

func (s *sessionStream) ping() error {
	err := s.sseWriter.ping()
	if err == nil {
		s.session.used.Store(time.Now().UnixNano())
	}
	return err
}

// replay writes what a stream has held since an event, and goes on with it until its end.
func (s *Server) replay(ctx context.Context, log *eventLog, seq int, sse *sseWriter) {
	taken := log.take()
	if sse.ping() != nil { // shows the client that the stream is open
		return
	}
	ticker := time.NewTicker(keepAlive)
	defer ticker.Stop()
	for {
		events, first, ended := log.after(seq)
		for i, msg := range events {
			seq = first + i
			if sse.event(log.position(seq), msg) != nil {
				return
			}
		}
		if ended {
			return
		}
		select {
		case <-log.wake:
		case <-ticker.C:
			if sse.ping() != nil {
				return
			}
		case <-taken:
			return
		case <-s.life.draining:
			return
		case <-ctx.Done():
			return
		}
	}
}

// CloseStream lets go of the connection of a long call: the client comes back after a time and gets the rest of the call's
// messages then, the result included. It works for clients of 2025-11-25 with a session, over HTTP/1.1; elsewhere it does
// nothing and returns false.
func CloseStream(ctx context.Context, retryAfter time.Duration) bool {
	c := callOf(ctx)
	if c == nil {
		return false
	}
	s, ok := c.out.(*httpStream)
	return ok && s.letGo(retryAfter)
}
