package xmcp

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// writeTimeout is how long a client may take to accept one part of a message.
const writeTimeout = 30 * time.Second

var errStreamClosed = errors.New("the stream is closed")

// sseWriter writes server-sent events to one HTTP response. It is safe for concurrent use.
type sseWriter struct {
	w  http.ResponseWriter
	mu sync.Mutex
	ok bool // the headers were written
}

// send writes a message as an event without an id.
func (s *sseWriter) send(msg []byte) error { return s.event("", msg) }

// ping writes a comment, which clients ignore.
func (s *sseWriter) ping() error { return s.write([]byte(": keep-alive\n\n")) }

// event writes one message. JSON has no line breaks, so one data line holds it. An empty message with an id primes the client
// to resume from there.
func (s *sseWriter) event(id string, msg []byte) error {
	buf := make([]byte, 0, len(msg)+len(id)+16)
	if id != "" {
		buf = append(append(append(buf, "id: "...), id...), '\n')
	}
	buf = append(append(append(buf, "data: "...), msg...), "\n\n"...)
	return s.write(buf)
}

// retry tells the client when to come back after the connection has closed.
func (s *sseWriter) retry(after time.Duration) error {
	return s.write([]byte("retry: " + strconv.FormatInt(after.Milliseconds(), 10) + "\n\n"))
}

func (s *sseWriter) write(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	rc := http.NewResponseController(s.w)
	s.begin()
	for part := range slices.Chunk(b, answerPart) {
		if err := rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		if _, err := s.w.Write(part); err != nil {
			return err
		}
	}
	if err := rc.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// open shows the client that the stream is there.
func (s *sseWriter) open() error { return s.write(nil) }

// begin writes the headers once.
func (s *sseWriter) begin() {
	if s.ok {
		return
	}
	s.ok = true
	h := s.w.Header()
	h["Content-Type"] = streamType
	h["Cache-Control"] = []string{"no-cache, no-transform"}
	h["X-Accel-Buffering"] = []string{"no"} // nginx passes events on at once
	s.w.WriteHeader(http.StatusOK)
}

// hangUp ends the response while the handler of the request goes on. It works on HTTP/1.1 connections only.
func (s *sseWriter) hangUp() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	conn, _, err := http.NewResponseController(s.w).Hijack()
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte("0\r\n\r\n")) // the end of a chunked body (RFC 9112 section 7.1)
	return errors.Join(err, conn.Close())
}
