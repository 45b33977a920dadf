package xmcp

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// stalledWriter is the response of a client that stops reading: its writes block until it is let go.
type stalledWriter struct {
	header  http.Header
	once    sync.Once
	stalled chan struct{} // closed by the first write after the headers
	letGo   chan struct{}
}

func (w *stalledWriter) Header() http.Header { return w.header }
func (w *stalledWriter) WriteHeader(int)     {}
func (w *stalledWriter) Write(b []byte) (int, error) {
	w.once.Do(func() { close(w.stalled) })
	<-w.letGo
	return len(b), nil
}

// A listener that does not read delays neither the broadcast, nor other listeners, nor calls.
func TestStalledListenerDelaysNobody(t *testing.T) {
	s, url := serveLoopback(t, greetTool)
	c := &conn{t: t, url: url}
	body, header := listenBody("1", `{"toolsListChanged":true}`)
	ctx, cancel := context.WithCancel(t.Context())
	stalled := &stalledWriter{header: http.Header{}, stalled: make(chan struct{}), letGo: make(chan struct{})}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:3001/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		req.Header.Set(name, value)
	}
	var listening sync.WaitGroup
	listening.Go(func() { s.Handler().ServeHTTP(stalled, req) })
	defer func() {
		cancel()
		close(stalled.letGo)
		listening.Wait()
	}()
	<-stalled.stalled

	reads := events(c.do(t.Context(), "POST", body, header))
	next(t, reads)
	for _, name := range []string{"one", "two", "three"} {
		start := time.Now()
		if err := s.Update(another(name)); err != nil {
			t.Fatal(err)
		}
		next(t, reads)
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("the change took %v to be heard", took)
		}
	}
	if status, _, got := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}`, nil); status != http.StatusOK {
		t.Errorf("a call beside it: %d %s", status, got)
	}
}
