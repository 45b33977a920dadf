package xmcp

import (
	"errors"
	"net/http"
	"sync"
	"time"
)

// writeTimeout is how long a client may take to accept one message of a stream.
const writeTimeout = 30 * time.Second

var errStreamClosed = errors.New("the stream is closed")

// httpStream is the answer to one POST. It is a single JSON object, until the first notification turns it into a stream of
// events that ends with the response.
type httpStream struct {
	w       http.ResponseWriter
	enabled bool // the client accepts a stream

	mu     sync.Mutex
	begun  bool // headers of a stream were written
	closed bool
	failed error
}

// send writes a notification in the goroutine of the caller, before the response and in order.
func (s *httpStream) send(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errStreamClosed
	case !s.enabled:
		return nil
	case s.failed != nil:
		return s.failed
	}
	s.failed = s.event(msg)
	return s.failed
}

// live tells whether more can be sent.
func (s *httpStream) live() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enabled && !s.closed && s.failed == nil
}

// finish writes the response and ends the stream.
func (s *httpStream) finish(response []byte, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if !s.begun {
		writeJSON(s.w, status, response)
		return
	}
	if s.failed == nil {
		s.failed = s.event(response)
	}
}

// refuse answers with a challenge where nothing was written yet.
func (s *httpStream) refuse(c *Challenge) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun {
		return false
	}
	s.closed = true
	writeChallenge(s.w, c)
	return true
}

// event writes one message as a server-sent event. JSON has no line breaks, so one data line holds it.
func (s *httpStream) event(msg []byte) error {
	rc := http.NewResponseController(s.w)
	if !s.begun {
		s.begun = true
		h := s.w.Header()
		h["Content-Type"] = streamType
		h["Cache-Control"] = []string{"no-cache, no-transform"}
		h["X-Accel-Buffering"] = []string{"no"}
		s.w.WriteHeader(http.StatusOK)
	}
	if err := rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	buf := make([]byte, 0, len(msg)+8)
	buf = append(append(append(buf, "data: "...), msg...), "\n\n"...)
	if _, err := s.w.Write(buf); err != nil {
		return err
	}
	if err := rc.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
