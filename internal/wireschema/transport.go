package wireschema

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Transport sends requests as Next does, and checks every JSON-RPC message in the answers of an endpoint, as [Handler] does on the
// other side. It is safe for concurrent use.
type Transport struct {
	Next http.RoundTripper
	// Failed is told of each message that is wrong. It may be called by several goroutines.
	Failed func(error)
	// Path is the endpoint's; requests for others pass.
	Path string

	side Handler // knows the sessions
}

// NewTransport returns a transport; the zero value of [Transport] is not one.
func NewTransport(next http.RoundTripper, path string, failed func(error)) *Transport {
	return &Transport{Next: next, Failed: failed, Path: path, side: Handler{Failed: failed}}
}

// RoundTrip sends a request. What is checked of the answer is what the caller reads of it.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != t.Path {
		return t.Next.RoundTrip(r)
	}
	var sent []byte
	if r.Body != nil {
		var err error
		sent, err = io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	res, err := t.Next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	a := &answer{ResponseWriter: unsent(res.Header), h: &t.side, r: r, heard: &hearing{text: sent}, status: res.StatusCode}
	res.Body = &readAnswer{ReadCloser: res.Body, answer: a}
	return res, nil
}

// unsent is the writer of an answer that has been written elsewhere.
type unsent http.Header

func (u unsent) Header() http.Header         { return http.Header(u) }
func (u unsent) Write(p []byte) (int, error) { return len(p), nil }
func (u unsent) WriteHeader(int)             {}

// readAnswer checks what is read.
type readAnswer struct {
	io.ReadCloser
	answer *answer
}

func (b *readAnswer) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		_, _ = b.answer.Write(p[:n])
	}
	if err == io.EOF && len(b.answer.rest) > 0 && b.answer.isMessage() {
		b.answer.h.Failed(fmt.Errorf("%s %s is answered with half a message: %.2000q", b.answer.r.Method, b.answer.r.URL, b.answer.rest))
		b.answer.rest = nil
	}
	return n, err
}
