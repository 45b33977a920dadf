package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// newChainServer is a server whose MCP endpoint is the given handler, so that the chain around it can be watched.
func newChainServer(t *testing.T, cfg Config, endpoint http.Handler, plugins ...Plugin) *Server {
	t.Helper()
	s, err := tryChainServer(cfg, endpoint, plugins...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryChainServer(cfg Config, endpoint http.Handler, plugins ...Plugin) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg, err := cfg.resolve()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cfg.Logger, audit: newAuditor(cfg), endpoint: endpoint}
	s.base, s.cut = context.WithCancelCause(context.Background())
	r := NewRegistry()
	r.Use(func() []Plugin { return plugins })
	if err := s.setupPlugins(r); err != nil {
		return nil, err
	}
	s.handler, err = s.buildHandler()
	return s, err
}

// echo answers 200 with the name of the caller.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	who := "nobody"
	if p := GetPrincipal(r.Context()); p != nil {
		who = p.Subject
	}
	_, _ = io.WriteString(w, who)
})

func request(method, url string, header ...string) *http.Request {
	r := httptest.NewRequest(method, url, strings.NewReader("{}"))
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func serve(s *Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestOnlyTheExactEndpointReachesTheHandler(t *testing.T) {
	s := newChainServer(t, Config{}, echo)
	for path, want := range map[string]int{
		"/mcp":        200,
		"/mcp?x=1":    200,
		"/mcp/":       404,
		"/MCP":        404,
		"//mcp":       404,
		"/mcp/../mcp": 404,
		"/./mcp":      404,
		"/%6dcp":      404,
		"/mcp%2F":     404,
		"/":           405, // the home page, which is not to be posted to
		"/other":      404,
	} {
		if got := serve(s, request("POST", "http://localhost:3001"+path)).Code; got != want {
			t.Errorf("POST %s: status %d, want %d", path, got, want)
		}
	}
}

// The order is limits, host and origin, CORS, authentication, middleware, endpoint: each stage hides the next.
func TestChainOrder(t *testing.T) {
	var seen []string
	note := func(what string) HTTPMiddleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen = append(seen, what+" for "+GetPrincipal(r.Context()).Subject)
				next.ServeHTTP(w, r)
			})
		}
	}
	plugins := []Plugin{
		PluginFunc("first", func(h *Host) error { h.UseHTTP(note("first")); return nil }),
		PluginFunc("auth", func(h *Host) error {
			h.Authenticate(AuthenticatorFunc(func(r *http.Request) (*Principal, error) {
				seen = append(seen, "auth")
				if r.Header.Get("Authorization") == "" {
					return nil, &Challenge{Header: http.Header{"Www-Authenticate": {"Bearer"}}}
				}
				return &Principal{Subject: "ann"}, nil
			}))
			h.UseHTTP(note("second"))
			return nil
		}),
	}
	s := newChainServer(t, Config{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen = append(seen, "endpoint") }), plugins...)
	tests := []struct {
		name   string
		req    *http.Request
		status int
		seen   string
	}{
		{"all stages", request("POST", "http://localhost/mcp", "Authorization", "Bearer x", "Origin", "http://localhost:6274"), 200, "auth, first for ann, second for ann, endpoint"},
		{"no token", request("POST", "http://localhost/mcp"), 401, "auth"},
		{"foreign host", request("POST", "http://evil.example/mcp", "Authorization", "Bearer x"), 403, ""},
		{"foreign origin", request("POST", "http://localhost/mcp", "Authorization", "Bearer x", "Origin", "http://evil.example"), 403, ""},
		{"both foreign", request("POST", "http://evil.example/mcp", "Origin", "http://evil.example"), 403, ""},
		{"preflight", request("OPTIONS", "http://localhost/mcp", "Origin", "http://localhost", "Access-Control-Request-Method", "POST"), 204, ""},
		{"preflight of a foreign origin", request("OPTIONS", "http://localhost/mcp", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST"), 403, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen = nil
			w := serve(s, tt.req)
			if got := strings.Join(seen, ", "); w.Code != tt.status || got != tt.seen {
				t.Errorf("status %d, stages %q; want %d, %q", w.Code, got, tt.status, tt.seen)
			}
		})
	}
}

func TestRefusalsAreJSONRPCErrorsWithoutID(t *testing.T) {
	s := newChainServer(t, Config{}, echo)
	w := serve(s, request("POST", "http://evil.example/mcp"))
	var body map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	if _, hasID := body["id"]; hasID || body["jsonrpc"] != "2.0" || body["error"].(map[string]any)["message"] != "host not allowed" {
		t.Errorf("body = %s", w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type = %q", got)
	}
}

func TestPreflightAndExposedHeaders(t *testing.T) {
	s := newChainServer(t, Config{AllowedOrigins: []string{"https://app.example.com"}}, echo)
	w := serve(s, request("OPTIONS", "http://127.0.0.1:3001/mcp", "Origin", "https://app.example.com",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type, mcp-param-region, x-other, mcp-param-\"bad"))
	h := w.Header()
	if w.Code != 204 || w.Body.Len() != 0 || h.Get("Access-Control-Allow-Origin") != "https://app.example.com" {
		t.Errorf("status %d, headers %v", w.Code, h)
	}
	allowed := strings.ToLower(h.Get("Access-Control-Allow-Headers"))
	for _, name := range []string{"content-type", "authorization", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name", "last-event-id", "mcp-param-region"} {
		if !strings.Contains(allowed, name) {
			t.Errorf("header %s is not allowed in %q", name, allowed)
		}
	}
	if strings.Contains(allowed, "x-other") || strings.Contains(allowed, "bad") {
		t.Errorf("foreign headers are allowed in %q", allowed)
	}
	for _, method := range []string{"GET", "POST", "DELETE"} {
		if !strings.Contains(h.Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("method %s is not allowed", method)
		}
	}
	w = serve(s, request("POST", "http://127.0.0.1:3001/mcp", "Origin", "https://app.example.com"))
	if exposed := w.Header().Get("Access-Control-Expose-Headers"); !strings.Contains(exposed, "Mcp-Session-Id") || !strings.Contains(exposed, "WWW-Authenticate") {
		t.Errorf("exposed headers = %q", exposed)
	}
	if w = serve(s, request("POST", "http://127.0.0.1:3001/mcp")); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Error("an answer without an Origin has CORS headers")
	}
}

func TestPreflightNamesABoundedNumberOfParamHeaders(t *testing.T) {
	if n := strings.Count(paramHeaders(strings.Repeat("Mcp-Param-A,", 10_000)), ","); n != maxParamHeaders {
		t.Errorf("%d headers, want %d", n, maxParamHeaders)
	}
}

func TestAuthenticatorFailuresNeverLetThrough(t *testing.T) {
	tests := []struct {
		name   string
		auth   AuthenticatorFunc
		status int
		body   string
		log    string
	}{
		{"challenge", func(*http.Request) (*Principal, error) {
			return nil, &Challenge{Status: 403, Body: `{"error":"x"}`, Header: http.Header{"Www-Authenticate": {"Bearer a\r\nEvil: b"}}, Reason: "no aud"}
		}, 403, `{"error":"x"}`, `msg="request refused" reason="Forbidden: no aud"`},
		{"wrapped challenge", func(*http.Request) (*Principal, error) { return nil, errors.Join(errors.New("a"), &Challenge{}) }, 401, `{"error":"unauthorized"}`, "reason=Unauthorized "},
		{"challenge with a status of success", func(*http.Request) (*Principal, error) { return nil, &Challenge{Status: 200} }, 500, "authentication failed", ""},
		{"plain error", func(*http.Request) (*Principal, error) { return nil, errors.New("key store is down") }, 500, "authentication failed", "key store is down"},
		{"nothing", func(*http.Request) (*Principal, error) { return nil, nil }, 500, "authentication failed", "neither a principal"},
		{"panic", func(*http.Request) (*Principal, error) { panic("boom") }, 500, "authentication failed", "boom"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			reached := false
			s := newChainServer(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))},
				http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }),
				PluginFunc("auth", func(h *Host) error { h.Authenticate(tt.auth); return nil }))
			r := request("POST", "http://localhost/mcp")
			body := &countingReader{}
			r.Body = body
			w := serve(s, r)
			if reached || body.reads > 0 {
				t.Errorf("endpoint reached: %v, body read %d times", reached, body.reads)
			}
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("answer %d %s, want %d with %s", w.Code, w.Body, tt.status, tt.body)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("the refusal may be cached")
			}
			if strings.ContainsAny(w.Header().Get("WWW-Authenticate"), "\r\n") {
				t.Error("a header value has a line break")
			}
			if !strings.Contains(log.String(), tt.log) || strings.Contains(w.Body.String(), "key store") {
				t.Errorf("log %q, body %q: the reason belongs into the log only", log.String(), w.Body)
			}
		})
	}
}

type countingReader struct{ reads int }

func (c *countingReader) Read([]byte) (int, error) { c.reads++; return 0, io.EOF }
func (c *countingReader) Close() error             { return nil }

func TestRoutesAreServedBesideTheEndpoint(t *testing.T) {
	plugin := PluginFunc("routes", func(h *Host) error {
		h.Handle("GET /.well-known/thing", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "thing") }))
		h.Handle("/{rest...}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "rest "+r.PathValue("rest")) }))
		h.Authenticate(AuthenticatorFunc(func(*http.Request) (*Principal, error) { return nil, &Challenge{} }))
		return nil
	})
	s := newChainServer(t, Config{}, echo, plugin)
	tests := []struct{ method, url, origin, want string }{
		{"GET", "http://localhost/.well-known/thing", "", "200 thing"},
		{"GET", "http://localhost/.well-known/thing", "https://elsewhere.example", "200 thing"},
		{"GET", "http://localhost/a/b", "", "200 rest a/b"},
		{"GET", "http://evil.example/a", "", "403 host not allowed\n"},
		{"POST", "http://localhost/mcp", "", `401 {"error":"unauthorized"}`},
		{"GET", "http://localhost/healthz", "", "200 ok\n"},
	}
	for _, tt := range tests {
		r := request(tt.method, tt.url)
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := serve(s, r)
		if got := strconv.Itoa(w.Code) + " " + w.Body.String(); got != tt.want {
			t.Errorf("%s %s (origin %q): %q, want %q", tt.method, tt.url, tt.origin, got, tt.want)
		}
	}
}

func TestBusyAndDrainingServersRefuseWith503(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	s := newChainServer(t, Config{Limits: Limits{Concurrency: 1}}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside <- struct{}{}
		<-release
	}))
	done := make(chan int)
	go func() { done <- serve(s, request("POST", "http://localhost/mcp")).Code }()
	<-inside
	w := serve(s, request("POST", "http://localhost/mcp"))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("a second call while one runs: %d %v", w.Code, w.Header())
	}
	if got := serve(s, request("GET", "http://localhost/healthz")).Code; got != 200 {
		t.Errorf("health check of a busy server: %d", got)
	}
	close(release)
	if got := <-done; got != 200 {
		t.Errorf("the first call: %d", got)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	w = serve(s, request("POST", "http://localhost/mcp"))
	if w.Code != 503 || w.Header().Get("Connection") != "close" {
		t.Errorf("a call after the drain: %d %v", w.Code, w.Header())
	}
}

// What stands before the endpoint costs no allocation.
func TestChainAllocations(t *testing.T) {
	s := newChainServer(t, Config{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r, w := request("POST", "http://localhost:3001/mcp"), httptest.NewRecorder()
	if n := testing.AllocsPerRun(100, func() { s.Handler().ServeHTTP(w, r) }); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}

// Who is refused does not fill the log.
func TestRefusedNamesAreBoundedInTheLog(t *testing.T) {
	var log bytes.Buffer
	s := newChainServer(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, echo)
	long := strings.Repeat("a", 60_000)
	for _, path := range []string{"/mcp", "/other"} {
		r := request("POST", "http://localhost"+path, "Origin", "https://"+long)
		r.Host = long
		if got := serve(s, r).Code; got != 403 {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if log.Len() > 2000 || !strings.Contains(log.String(), "aaa…") {
		t.Errorf("%d bytes were logged", log.Len())
	}
}
