package xmcp

import (
	"net/http"
	"testing"
)

func TestHostsAllowed(t *testing.T) {
	public := Config{Addr: "0.0.0.0:80", BaseURL: "https://mcp.example.com", AllowedHosts: []string{"Inner.lan", "exact:8080", "*.apps.example.com", "[fd00::1]", "fd00::2"}}
	open := Config{Addr: "0.0.0.0:80", AllowedHosts: []string{"*"}}
	tests := []struct {
		cfg  Config
		host string
		want bool
	}{
		{Config{}, "localhost", true},
		{Config{}, "LOCALHOST:3001", true},
		{Config{}, "127.0.0.1:3001", true},
		{Config{}, "[::1]:3001", true},
		{Config{}, "[::1]", true},
		{Config{}, "127.0.0.2", false},
		{Config{}, "localhost.evil.example", false},
		{Config{}, "evil.example:3001", false},
		{Config{}, "localhost:evil", false},
		{Config{}, "localhost:", true},
		{Config{}, "localhost:1:2", false},
		{Config{}, "[::1", false},
		{Config{}, "[::1]x", false},
		{Config{}, "", false},
		{Config{Addr: "127.0.0.2:80"}, "127.0.0.2", true},
		{Config{Addr: "localhost:0"}, "localhost:51234", true},
		{public, "localhost", false},
		{public, "mcp.example.com", true},
		{public, "mcp.example.com:8443", true},
		{public, "inner.lan:1", true},
		{public, "exact:8080", true},
		{public, "exact", false},
		{public, "exact:8081", false},
		{public, "a.apps.example.com", true},
		{public, "a.b.Apps.example.com", true},
		{public, "apps.example.com", false},
		{public, ".apps.example.com", false},
		{public, "[fd00::1]:3001", true},
		{public, "[fd00::2]", true},
		{open, "anything.example", true},
		{open, "", false},
	}
	for _, tt := range tests {
		if got := resolvedGuard(t, tt.cfg).allowsHost(tt.host); got != tt.want {
			t.Errorf("addr %q: host %q allowed = %v, want %v", tt.cfg.Addr, tt.host, got, tt.want)
		}
	}
}

func resolvedGuard(t *testing.T, cfg Config) *guard {
	t.Helper()
	cfg, err := cfg.resolve()
	if err != nil {
		t.Fatal(err)
	}
	g, err := newGuard(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestOriginsAllowed(t *testing.T) {
	app := Config{
		Addr: "0.0.0.0:80", BaseURL: "https://mcp.example.com", AllowedHosts: []string{"inner.lan"},
		AllowedOrigins: []string{"https://app.example.com", "https://*.preview.example.com", "http://old.example:8080", "https://dflt.example:443", "vscode-webview://abc"},
	}
	tests := []struct {
		cfg    Config
		origin string
		want   bool
	}{
		{Config{}, "http://localhost:6274", true},
		{Config{}, "https://127.0.0.1", true},
		{Config{}, "http://[::1]:5173", true},
		{Config{}, "null", false},
		{Config{}, "", false},
		{Config{}, "file://", false},
		{Config{}, "ftp://localhost", false},
		{Config{}, "http://localhost.evil.example", false},
		{Config{}, "http://localhost@evil.example", false},
		{Config{}, "http://localhost/path", false},
		{app, "https://mcp.example.com", true},
		{app, "http://mcp.example.com", false},
		{app, "http://inner.lan", true},
		{app, "https://app.example.com", true},
		{app, "HTTPS://APP.example.com", true},
		{app, "http://app.example.com", false},
		{app, "https://app.example.com:8443", false},
		{app, "https://x.preview.example.com", true},
		{app, "https://preview.example.com", false},
		{app, "http://old.example:8080", true},
		{app, "http://old.example", false},
		{app, "https://dflt.example", true},
		{app, "vscode-webview://abc", true},
		{app, "vscode-webview://other", false},
		{app, "http://localhost", false},
		{Config{AllowedOrigins: []string{"*"}}, "https://any.example:1", true},
		{Config{AllowedOrigins: []string{"*"}}, "null", true},
		// A server that checks no hosts is still not open to every page.
		{Config{Addr: "0.0.0.0:80", AllowedHosts: []string{"*"}}, "https://any.example", false},
	}
	for _, tt := range tests {
		if got := resolvedGuard(t, tt.cfg).allowsOrigin(tt.origin); got != tt.want {
			t.Errorf("addr %q: origin %q allowed = %v, want %v", tt.cfg.Addr, tt.origin, got, tt.want)
		}
	}
}

func TestTwoOriginHeadersAreRefused(t *testing.T) {
	g := resolvedGuard(t, Config{})
	r := &http.Request{Host: "localhost", Header: http.Header{"Origin": {"http://localhost", "http://localhost"}}}
	if g.checkHeaders(r) == "" {
		t.Error("a request with two origins passed")
	}
}

func TestGuardRefusesMalformedRules(t *testing.T) {
	for _, host := range []string{"", "http://x", "a b", "x:port", "x/y", "*.", "*x", "a.*.b", "user@x", "x:123456"} {
		if _, err := (Config{AllowedHosts: []string{host}}).resolve(); err == nil {
			t.Errorf("allowed host %q was accepted", host)
		}
	}
	for _, origin := range []string{"", "app.example.com", "https://", "https://*", "https://x/path", "null", "://x", "*://x"} {
		if _, err := (Config{AllowedOrigins: []string{origin}}).resolve(); err == nil {
			t.Errorf("allowed origin %q was accepted", origin)
		}
	}
}

func TestHeaderChecksDoNotAllocate(t *testing.T) {
	g := resolvedGuard(t, Config{BaseURL: "https://mcp.example.com", AllowedHosts: []string{"*.example.com"}, AllowedOrigins: []string{"https://app.example.com"}})
	r := &http.Request{Host: "mcp.example.com:443", Header: http.Header{"Origin": {"https://app.example.com"}}}
	if n := testing.AllocsPerRun(100, func() {
		if reason := g.checkHeaders(r); reason != "" {
			t.Fatal(reason)
		}
	}); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func FuzzGuardNeverAllowsForeignNames(f *testing.F) {
	for _, s := range []string{"localhost", "evil.example", "[::1]:80", "localhost:80:80", "http://localhost", "null", "localhost\x00", "127.0.0.1.evil"} {
		f.Add(s)
	}
	cfg, err := Config{}.resolve()
	if err != nil {
		f.Fatal(err)
	}
	g, err := newGuard(cfg)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, _, ok := splitHost(s)
		if g.allowsHost(s) && (!ok || !isLoopbackName(name)) {
			t.Errorf("host %q was allowed", s)
		}
		g.allowsOrigin(s)
	})
}
