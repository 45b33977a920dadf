package wireschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Handler serves as Next does, and checks every JSON-RPC message in its answers, whole ones and streams. Answers that are
// not JSON-RPC, such as those of an authenticator, pass. It is safe for concurrent use.
type Handler struct {
	Next http.Handler
	// Failed is told of each message that is wrong, before it is sent. It may be called by several goroutines.
	Failed func(error)
	// Agreed tells the revision of a session that was opened elsewhere, "" for none. It may be nil.
	Agreed func(session string) string

	sessions sync.Map // session id → *Conversation
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	heard := &hearing{ReadCloser: r.Body}
	copied := *r
	copied.Body = heard
	answer := &answer{ResponseWriter: w, h: h, r: r, heard: heard}
	h.Next.ServeHTTP(answer, &copied)
	if !answer.broken && r.Context().Err() == nil {
		answer.end()
	}
}

// conversation finds the one that an exchange belongs to, and notes what the client said.
func (h *Handler) conversation(r *http.Request, answer http.Header, sent []byte) *Conversation {
	session := answer.Get("Mcp-Session-Id")
	if session == "" {
		session = r.Header.Get("Mcp-Session-Id")
	}
	c := &Conversation{}
	if session != "" {
		if h.Agreed != nil {
			c.agreed = h.Agreed(session)
		}
		kept, _ := h.sessions.LoadOrStore(session, c)
		c = kept.(*Conversation)
	}
	if declared := r.Header.Get("Mcp-Protocol-Version"); len(sent) > 0 {
		c.Sent(declared, sent)
	} else {
		c.mu.Lock()
		c.speak(c.revision(declared, false))
		c.mu.Unlock()
	}
	return c
}

// hearing keeps what the handler reads.
type hearing struct {
	io.ReadCloser
	mu   sync.Mutex
	text []byte
}

func (b *hearing) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p[:n]...)
	return n, err
}

func (b *hearing) all() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.text)
}

// answer checks what a handler writes. Unwrap leaves flushing, deadlines and hijacking to the writer below.
type answer struct {
	http.ResponseWriter
	h     *Handler
	r     *http.Request
	heard *hearing

	status int
	talk   *Conversation
	rest   []byte // what was written of the message or line that has not ended
	broken bool   // the client is gone, so a message may be cut off
}

func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *answer) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.talk == nil { // also where only an empty event comes of it: the result may follow on another stream
		w.talk = w.h.conversation(w.r, w.Header(), w.heard.all())
	}
	w.rest = append(w.rest, p...)
	switch {
	case strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream"):
		w.lines()
	case json.Valid(w.rest):
		if w.isMessage() {
			w.check(w.rest)
		}
		w.rest = nil
	}
	n, err := w.ResponseWriter.Write(p)
	w.broken = w.broken || err != nil
	return n, err
}

// lines checks the messages of a stream; the event that a stream begins with has none.
func (w *answer) lines() {
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte("\n"))
		if !ended {
			return
		}
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok && len(bytes.TrimSpace(data)) > 0 {
			w.check(data)
		}
		w.rest = rest
	}
}

// isMessage tells whether an answer of one piece must be JSON-RPC. The refusals of an authenticator and health checks are not.
func (w *answer) isMessage() bool {
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		return w.status == http.StatusOK && w.r.Method == http.MethodPost
	}
	if bytes.Contains(w.rest, []byte(`"jsonrpc"`)) {
		return true
	}
	var refusal struct{ Error string } // RFC 6749 section 5.2
	refused := w.status == http.StatusUnauthorized || w.status == http.StatusForbidden ||
		w.status >= 400 && json.Unmarshal(w.rest, &refusal) == nil && refusal.Error != ""
	return w.r.Method == http.MethodPost && !refused
}

// end complains of a message that has not ended although its answer has.
func (w *answer) end() {
	if len(w.rest) > 0 && w.isMessage() {
		w.h.Failed(fmt.Errorf("%s %s is answered with half a message: %.2000q", w.r.Method, w.r.URL, w.rest))
	}
	w.rest = nil
}

func (w *answer) check(message []byte) {
	if err := w.talk.Received(message); err != nil {
		w.h.Failed(errors.Join(fmt.Errorf("%s %s", w.r.Method, w.r.URL), err))
	}
}
