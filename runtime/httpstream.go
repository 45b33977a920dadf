package xmcp

import (
	"net/http"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// httpStream is the answer to one POST. It is a single JSON object, until the first notification turns it into a stream of
// events that ends with the response.
type httpStream struct {
	sse     sseWriter
	call    *callContext
	enabled bool     // the client accepts a stream
	only    bool     // and nothing else
	session *session // where the stream can be resumed from; nil where it can't
	prime   bool     // the client knows events without data (MCP 2025-11-25 and later)

	mu     sync.Mutex
	begun  bool // the answer is a stream
	closed bool // the response was sent
	gone   bool // the connection has ended
	log    *eventLog
	beat   *time.Timer // shows that the stream lives while the handler says nothing
}

// send writes a notification or request in the goroutine of the caller, before the response and in order.
func (s *httpStream) send(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed, s.call.cancelled():
		return errStreamClosed
	case !s.enabled:
		return nil
	}
	return s.event(msg)
}

// live tells whether more can be sent.
func (s *httpStream) live() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enabled && !s.closed && !s.call.cancelled() && (!s.gone || s.log != nil)
}

// event writes a message, and keeps it where the stream can be resumed.
func (s *httpStream) event(msg []byte) error {
	if !s.begun {
		s.begin()
	}
	id := ""
	if s.log != nil {
		var taken bool
		if id, taken = s.log.add(msg); taken || s.gone {
			return nil // the client reads on from another connection, or will
		}
	}
	if s.gone {
		return errStreamClosed
	}
	err := s.sse.event(id, msg)
	if err != nil {
		s.gone = true
		if s.log != nil {
			return nil
		}
	}
	return err
}

func (s *httpStream) begin() {
	s.begun = true
	s.beat = time.AfterFunc(keepAlive, s.keepAlive)
	if s.session == nil {
		return
	}
	if s.log = s.session.streams.open(); s.log != nil && s.prime {
		s.gone = s.sse.event(s.log.position(0), nil) != nil
	}
}

// keepAlive writes a comment to a stream that is quiet, so that proxies leave it open.
func (s *httpStream) keepAlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.gone {
		return
	}
	if s.gone = s.sse.ping() != nil; !s.gone {
		s.beat.Reset(keepAlive)
	}
}

// expect announces the length of the only answer, unless middleware may make another one of it.
func (s *httpStream) expect(length int) {
	if len(s.call.call.srv.httpMW) == 0 {
		expectAnswer(s.call.parent, length)
	}
}

// finish writes the response and ends the stream. An error with a status of its own is JSON even where the client accepts only a
// stream, since a stream has the status 200.
func (s *httpStream) finish(response []byte, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if !s.begun && s.only && status == http.StatusOK {
		s.begin()
	}
	if !s.begun {
		s.expect(len(response))
		writeJSON(s.sse.w, status, response)
		return
	}
	s.beat.Stop()
	_ = s.event(response) // a client that went away needs no answer
	if s.log != nil {
		s.log.end()
	}
}

// abandon ends the answer to a request that the client has cancelled: without a response, as a stream that says no more (MCP
// 2025-11-25, basic/utilities/cancellation). There is nothing to resume either.
func (s *httpStream) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	switch {
	case s.begun:
		s.beat.Stop()
		if s.log != nil {
			s.session.streams.forget(s.log)
		}
	case s.enabled:
		_ = s.sse.open() // a client that went away needs no answer
	default:
		s.sse.w.WriteHeader(http.StatusAccepted)
	}
}

// finishList writes the answer to a list, of which all but the beginning is shared with other requests.
func (s *httpStream) finishList(id, rest []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	head := wire.AppendResultHead(make([]byte, 0, 64), id)
	writeJSONHead(s.sse.w, http.StatusOK, len(head)+len(rest))
	s.expect(len(head) + len(rest))
	_, _ = s.sse.w.Write(head)
	writeAnswer(s.sse.w, rest)
}

// refuse answers with a challenge where nothing was written yet.
func (s *httpStream) refuse(c *Challenge) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun {
		return false
	}
	s.closed = true
	writeChallenge(s.sse.w, c)
	return true
}

// letGo closes the connection while the call goes on; the client resumes the stream after a time.
func (s *httpStream) letGo(after time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.enabled || s.closed || s.gone || !s.prime || s.session == nil {
		return false
	}
	if !s.begun {
		s.begin()
	}
	if s.log == nil || s.gone || s.sse.retry(after) != nil || s.sse.hangUp() != nil {
		return false
	}
	s.gone = true
	return true
}

var _ stream = (*httpStream)(nil)

// init prepares the answer to a request.
func (s *httpStream) init(w http.ResponseWriter, c *call, takes accepted) {
	enabled := takes.stream
	s.sse.w, s.call, s.enabled, s.only = w, c.ctx, enabled, !takes.json
	if c.session != nil && enabled {
		s.session, s.prime = c.session, c.session.client.Version >= "2025-11-25"
	}
}
