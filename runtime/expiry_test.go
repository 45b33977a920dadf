package xmcp

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shortLived knows everybody by a token that ends soon, unless the request brings the next one.
type shortLived struct{ ends time.Time }

func (shortLived) Name() string          { return "short-lived" }
func (p shortLived) Setup(h *Host) error { h.Authenticate(p); return nil }

func (p shortLived) Authenticate(r *http.Request) (*Principal, error) {
	ends := p.ends
	if r.Header.Get("Authorization") != "" {
		ends = ends.Add(time.Hour)
	}
	return &Principal{Subject: "ada", ExpiresAt: ends}, nil
}

// Clients refresh tokens while they work: with the old one end the streams on which a client only listens, not its calls, nor its session.
func TestOnlyListeningEndsWithTheToken(t *testing.T) {
	ends := time.Now().Add(500 * time.Millisecond)
	begun, goOn := make(chan struct{}), make(chan struct{})
	_, url := serveLoopback(t, func(r *Registry) {
		r.Use(func() []Plugin { return []Plugin{shortLived{ends}} })
		r.AddTool(ToolItem{Name: "long", Description: "Long.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
			close(begun)
			<-goOn
			return "done", ctx.Err()
		})})
	})
	legacy, modern := &conn{t: t, url: url}, &conn{t: t, url: url}
	legacy.open("2025-11-25")
	body, header := listenBody("1", `{"toolsListChanged":true}`)
	streams := map[string]<-chan event{
		"listen": events(modern.do(t.Context(), "POST", body, header)),
		"GET":    events(legacy.do(t.Context(), "GET", "", nil)),
	}
	answer := make(chan string, 1)
	go func() {
		answer <- drain(legacy.do(t.Context(), "POST", `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"long"}}`, nil))
	}()
	<-begun
	for name, stream := range streams {
		for open, patience := true, time.After(10*time.Second); open; {
			select {
			case _, open = <-stream:
			case <-patience:
				t.Fatalf("%s outlives the token", name)
			}
		}
		if early := time.Until(ends); early > 0 {
			t.Errorf("%s ends %v before the token", name, early)
		}
	}
	close(goOn)
	if got := <-answer; !strings.Contains(got, `"text":"done"`) {
		t.Errorf("the call has ended with the token: %s", got)
	}
	res := legacy.do(t.Context(), "POST", `{"jsonrpc":"2.0","id":8,"method":"ping"}`, map[string]string{"Authorization": "Bearer next"})
	if got := drain(res); res.StatusCode != http.StatusOK {
		t.Errorf("the session has ended with the token: %d %s", res.StatusCode, got)
	}
}
