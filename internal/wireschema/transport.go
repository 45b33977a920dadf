package wireschema

import (
	"bytes"
	"io"
	"net/http"
)

// Transport checks every JSON-RPC message in the answers of an endpoint, as [Handler] does on the other side. [NewTransport] makes
// one. It is safe for concurrent use.
type Transport struct {
	next http.RoundTripper
	path string  // of the endpoint
	side Handler // knows the sessions, and who is told
}

// NewTransport returns a transport that sends requests as next does; those for other paths pass unchecked. failed is told of each
// message that is wrong, and may be called by several goroutines.
func NewTransport(next http.RoundTripper, path string, failed func(error)) *Transport {
	return &Transport{next: next, path: path, side: Handler{Failed: failed}}
}

// RoundTrip sends a request. What is checked of the answer is what the caller reads of it.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != t.path {
		return t.next.RoundTrip(r)
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
	res, err := t.next.RoundTrip(r)
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
	if err == io.EOF {
		b.answer.end()
	}
	return n, err
}
