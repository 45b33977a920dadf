package xmcp

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type greetInput struct {
	Name string `json:"name"`
}

const greetSchema = `{"type":"object","properties":{"name":{"type":"string","minLength":1}},"required":["name"],"additionalProperties":false}`

// newTestServer serves a registry through the whole chain, without a network. Every message that it sends over HTTP is checked
// against the official schema of its revision.
func newTestServer(t testing.TB, cfg Config, fill func(*Registry)) *Server {
	t.Helper()
	s := newUncheckedServer(t, cfg, fill)
	s.handler = checked(t, s)
	return s
}

// newUncheckedServer is for what is measured, and for where the checks are made elsewhere.
func newUncheckedServer(t testing.TB, cfg Config, fill func(*Registry)) *Server {
	t.Helper()
	r := NewRegistry()
	fill(r)
	if cfg.Name == "" {
		cfg.Name, cfg.Version = "test", "1.0.0"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := New(r, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func greetTool(r *Registry) {
	r.AddTool(ToolItem{
		Name: "greet", Description: "Greets.", Position: "src/tools/greet.go:1", InputSchema: greetSchema,
		Handler: HandleTool(func(_ context.Context, in greetInput) (string, error) { return "Hello, " + in.Name + "!", nil }),
	})
}

// post sends one message and returns status, headers and body.
func post(t testing.TB, s *Server, body string, header map[string]string) (int, http.Header, string) {
	t.Helper()
	req := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	b, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Code, rec.Result().Header, string(b)
}

var modernHeaders = map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "greet"}

const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`

func TestStraightPath(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	for _, tt := range []struct {
		name, body string
		header     map[string]string
		want       string
	}{
		{"legacy", `{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}`, nil,
			`{"jsonrpc":"2.0","id":9007199254740993,"result":{"content":[{"type":"text","text":"Hello, Ada!"}]}}`},
		{"modern", `{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"},` + modernMeta + `}}`, modernHeaders,
			`{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":"Hello, Ada!"}],"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"test","version":"1.0.0"}}}}`},
		{"invalid", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"nam":"","name":""}}}`, nil,
			`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"invalid arguments:\n- $: unknown property \"nam\", did you mean \"name\"?\n- $.name: must be at least 1 character long"}],"isError":true}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, body := post(t, s, tt.body, tt.header)
			if status != 200 || body != tt.want {
				t.Errorf("status %d\n got %s\nwant %s", status, body, tt.want)
			}
			if !json.Valid([]byte(body)) {
				t.Error("the answer is not JSON")
			}
		})
	}
}
