package xmcp

import (
	"strings"
	"testing"
	"time"
)

func TestZeroConfigIsComplete(t *testing.T) {
	cfg, err := Config{}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Name == "" || cfg.Version == "" || cfg.Addr != "127.0.0.1:3001" || cfg.Endpoint != "/mcp" || cfg.Logger == nil || cfg.ShutdownTimeout != 10*time.Second {
		t.Errorf("%+v", cfg)
	}
	want := Limits{
		Body: 4 << 20, Header: 64 << 10, Nesting: 1000, ToolTimeout: 5 * time.Minute, Concurrency: 1024,
		Sessions: 10_000, SessionIdle: 30 * time.Minute, PerClient: 1000, StateSize: 64 << 10, StateAge: 30 * time.Minute,
	}
	if cfg.Limits != want {
		t.Errorf("limits = %+v, want %+v", cfg.Limits, want)
	}
}

func TestResolveDoesNotShareSlicesWithTheCaller(t *testing.T) {
	hosts := []string{"a.example"}
	cfg, err := Config{AllowedHosts: hosts, Key: []byte("0123456789abcdef")}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	hosts[0] = "b.example"
	if cfg.AllowedHosts[0] != "a.example" {
		t.Error("the configuration changed with the caller's slice")
	}
}

func TestConfigRefusesWhatCannotWork(t *testing.T) {
	tests := []struct {
		name string
		cfg  Config
		want string // "" means it is accepted
	}{
		{"all interfaces without hosts", Config{Addr: "0.0.0.0:80"}, "set BASE_URL or ALLOWED_HOSTS"},
		{"no host without hosts", Config{Addr: ":80"}, "set BASE_URL or ALLOWED_HOSTS"},
		{"a name that is not loopback", Config{Addr: "example.com:80"}, "set BASE_URL or ALLOWED_HOSTS"},
		{"all interfaces with a base URL", Config{Addr: "0.0.0.0:80", BaseURL: "https://mcp.example.com"}, ""},
		{"all interfaces with hosts", Config{Addr: ":80", AllowedHosts: []string{"mcp"}}, ""},
		{"stdio needs no hosts", Config{Addr: ":80", Stdio: true}, ""},
		{"loopback by another address", Config{Addr: "127.1.2.3:80"}, ""},
		{"address without port", Config{Addr: "localhost"}, "not host:port"},
		{"port too large", Config{Addr: "localhost:70000"}, "no port from 0 to 65535"},
		{"named port", Config{Addr: "localhost:http"}, "no port from 0 to 65535"},
		{"http base URL", Config{BaseURL: "http://mcp.example.com"}, "must be https"},
		{"http base URL on loopback", Config{BaseURL: "http://localhost:3001"}, ""},
		{"base URL with a path and a slash", Config{BaseURL: "https://example.com/app/"}, ""},
		{"base URL without scheme", Config{BaseURL: "mcp.example.com"}, "not like https://"},
		{"base URL of another scheme", Config{BaseURL: "ws://mcp.example.com"}, "not like https://"},
		{"base URL with a query", Config{BaseURL: "https://mcp.example.com?a=b"}, "more than scheme, host and path"},
		{"base URL with a password", Config{BaseURL: "https://u:p@mcp.example.com"}, "more than scheme, host and path"},
		{"endpoint without slash", Config{Endpoint: "mcp"}, "not a plain path"},
		{"endpoint with a trailing slash", Config{Endpoint: "/mcp/"}, "not a plain path"},
		{"endpoint with dots", Config{Endpoint: "/a/../mcp"}, "not a plain path"},
		{"endpoint with a pattern", Config{Endpoint: "/{x}"}, "not a plain path"},
		{"endpoint at the root", Config{Endpoint: "/"}, ""},
		{"endpoint below", Config{Endpoint: "/api/v1/mcp"}, ""},
		{"endpoint on a health check", Config{Endpoint: "/healthz"}, "health check"},
		{"short key", Config{Key: []byte("secret")}, "key has 6 bytes"},
		{"log format", Config{LogFormat: "xml"}, "log format"},
		{"negative timeout", Config{ShutdownTimeout: -1}, "negative"},
		{"negative limit", Config{Limits: Limits{Sessions: -1}}, "limit Sessions is negative"},
		{"negative span", Config{Limits: Limits{StateAge: -1}}, "limit StateAge is negative"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.cfg.resolve()
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want one with %q", err, tt.want)
			case err != nil && strings.Contains(err.Error(), "u:p@"):
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

func TestConfigReportsAllProblemsAtOnce(t *testing.T) {
	_, err := Config{Addr: "x", Endpoint: "y", LogFormat: "z"}.resolve()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, part := range []string{"address", "endpoint", "log format"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %v", part, err)
		}
	}
}
