package xmcp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// postReader sends a body whose length is not announced.
func postReader(s *Server, body io.Reader) *httptest.ResponseRecorder {
	req := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", io.MultiReader(body))
	req.ContentLength = -1
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	return rec
}

func TestBodies(t *testing.T) {
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("a", 1000) + `"}}`
	s := newTestServer(t, Config{Limits: Limits{Body: len(ping)}}, greetTool)
	for _, tt := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"of the limit", strings.NewReader(ping), 200},
		{"in pieces", iotest.OneByteReader(strings.NewReader(ping)), 200},
		{"with its end in the last piece", iotest.DataErrReader(strings.NewReader(ping)), 200},
		{"one byte longer", strings.NewReader(ping + " "), 413},
		{"without end", endless{}, 413},
		{"that breaks off", io.MultiReader(strings.NewReader(ping[:40]), iotest.ErrReader(errors.New("reset"))), 400},
		{"of nothing", strings.NewReader(""), 400},
	} {
		rec := postReader(s, tt.body)
		if rec.Code != tt.status || !strings.HasPrefix(rec.Body.String(), `{"jsonrpc":"2.0"`) {
			t.Errorf("a body %s has status %d: %s", tt.name, rec.Code, rec.Body)
		}
		if closes := rec.Header().Get("Connection") == "close"; closes != (tt.status == 413) {
			t.Errorf("a body %s: the connection closes %v", tt.name, closes)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("a"), len(p))), nil }

// An announced body beyond the limit is refused without reading it.
func TestAnnouncedBodiesAreRefusedUnread(t *testing.T) {
	s := newTestServer(t, Config{Limits: Limits{Body: 100}}, greetTool)
	req := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", iotest.ErrReader(errors.New("was read")))
	req.ContentLength = 101
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
}

func TestAccepts(t *testing.T) {
	for accept, want := range map[string][2]bool{
		"":                                     {false, false},
		"*/*":                                  {true, true},
		"application/json":                     {true, false},
		"text/event-stream":                    {false, true},
		"Application/JSON , TEXT/event-stream": {true, true},
		"application/*;q=0.1, text/*":          {true, true},
		"text/html, application/xml":           {false, false},
		"application/json-seq":                 {false, false},
	} {
		if got := accepts([]string{accept}); got != (accepted{want[0], want[1]}) {
			t.Errorf("Accept %q: %+v", accept, got)
		}
	}
	if accepts(nil) != (accepted{true, true}) {
		t.Error("without Accept both are taken")
	}
	if accepts([]string{"application/json", "text/event-stream"}) != (accepted{true, true}) {
		t.Error("two Accept headers are one list")
	}
}

// Large answers are complete, and the buffers that held them are not kept for small ones.
func TestLargeAnswers(t *testing.T) {
	text := strings.Repeat("é\n", 200_000)
	s := newTestServer(t, Config{}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolNoInput(func(context.Context) (string, error) { return text, nil }))
	})
	for range 3 {
		if got := callTool(t, s, "t", "{}", true); len(got.Content) != 1 || got.Content[0].Text != text {
			t.Fatal("the answer is not what the tool returned")
		}
		buf := responses.Get().(*[]byte)
		if cap(*buf) > maxKept {
			t.Errorf("a buffer of %d bytes is kept", cap(*buf))
		}
		responses.Put(buf)
	}
}

// An answer that nobody reads any more does no harm.
func TestClientsThatGoAway(t *testing.T) {
	s := newTestServer(t, Config{}, everyToolButGuarded)
	for _, body := range []string{legacyCall, strings.Replace(callT, `"name":"t"`, `"name":"count","arguments":{"steps":3},"_meta":{"progressToken":1}`, 1)} {
		req := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		s.Handler().ServeHTTP(brokenWriter{http.Header{}}, req)
	}
	if status, _, _ := post(t, s, legacyCall, nil); status != 200 {
		t.Errorf("status %d afterwards", status)
	}
}

func everyToolButGuarded(r *Registry) {
	all := NewRegistry()
	everyTool(all)
	for _, item := range all.tools {
		if len(item.Metadata.Scopes)+len(item.Metadata.Permissions) == 0 {
			r.AddTool(item)
		}
	}
}

type brokenWriter struct{ h http.Header }

func (w brokenWriter) Header() http.Header       { return w.h }
func (w brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
func (w brokenWriter) WriteHeader(int)           {}

func TestHeaderDecoding(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "": "", "=?base64?": "=?base64?", "=?base64??=": "", "=?base64?YQ==?=": "a", "=?base64?YQ?=": "!", "=?base64?YR==?=": "!",
		"=?BASE64?YQ==?=": "=?BASE64?YQ==?=", "=?base64?4oKs?=": "€", "x=?base64?YQ==?=": "x=?base64?YQ==?=",
	} {
		got, ok := decodeHeader(in)
		if !ok {
			got = "!"
		}
		if got != want {
			t.Errorf("%q is decoded to %q, want %q", in, got, want)
		}
	}
}
