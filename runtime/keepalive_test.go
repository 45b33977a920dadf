package xmcp

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuietStreamIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := httptest.NewRecorder()
		s := &httpStream{call: &callContext{}, enabled: true}
		s.sse.w = rec
		if err := s.send([]byte(`{"jsonrpc":"2.0","method":"notifications/message"}`)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2*keepAlive + time.Second)
		s.finish([]byte(`{"jsonrpc":"2.0","id":1,"result":{}}`), 200)
		time.Sleep(3 * keepAlive)
		body := rec.Body.String()
		if strings.Count(body, ": keep-alive\n\n") != 2 || !strings.HasSuffix(body, "\"result\":{}}\n\n") {
			t.Errorf("got %q", body)
		}
	})
}

func TestHostRuleWithTheSchemesOwnPort(t *testing.T) {
	g, err := newGuard(Config{Addr: "127.0.0.1:1", AllowedHosts: []string{"mcp.example.com:443", "other.example.com:8080"}})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"mcp.example.com": true, "mcp.example.com:443": true, "mcp.example.com:8443": false,
		"other.example.com": false, "other.example.com:8080": true,
	} {
		if got := g.allowsHost(host); got != want {
			t.Errorf("%s: got %v", host, got)
		}
	}
}
