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

// page asks for a path of a server by a name.
func page(s *Server, method, host, path string) *http.Response {
	req := httptest.NewRequest(method, "http://"+host+path, nil)
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, req)
	return rec.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// knownIssuer is an authenticator that says how to sign in.
type knownIssuer struct{ tokenAuth }

func (knownIssuer) Setup(h *Host) error { h.Authenticate(knownIssuer{}); return nil }
func (knownIssuer) DescribeSignIn() SignIn {
	return SignIn{Issuer: "https://issuer.example", Hint: "Ask Ann for an account."}
}

const (
	homeURL, cardURL = "/", "/.well-known/mcp/server-card.json"
	reservedCardURL  = "/mcp/server-card"
)

// Who looks at the pages is nobody in particular: with an authenticator they tell how to sign in and nothing of the items, unless
// that was asked for. What is hidden from anybody is never shown.
func TestPagesShowWhatEverybodyMaySee(t *testing.T) {
	signedIn := func(p Plugin) func(*Registry) {
		return func(r *Registry) {
			everything(r)
			hidden := ToolMetadata{Permissions: []string{"admin"}, Visible: IfPermitted}
			tool1(r, "concealed", "", "", hidden, HandleToolBare(func(context.Context) error { return nil }))
			r.Use(func() []Plugin { return []Plugin{p} })
		}
	}
	open := func(r *Registry) { // no item that asks for permissions
		greetTool(r)
		r.AddPrompt(PromptItem{Name: "hello", Description: "Says hello.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "", nil })})
	}
	for name, tt := range map[string]struct {
		cfg                        Config
		fill                       func(*Registry)
		wantHome, wantCard, hidden []string
	}{
		"without sign-in": {Config{Title: "The test", Description: "Tests."}, open,
			[]string{"<h1>The test</h1>", "Tests.", "<code>greet</code>", "<code>hello</code>", "http://127.0.0.1:3001/mcp"},
			[]string{`"name":"127.0.0.1/test"`, `"url":"http://127.0.0.1:3001/mcp"`, `"greet"`}, []string{"sign in"}},
		"signed in": {Config{}, signedIn(knownIssuer{}), []string{"https://issuer.example", "Ask Ann for an account.", "http://127.0.0.1:3001/mcp"},
			[]string{`"issuer":"https://issuer.example"`}, []string{"greet", "review", "app://", "secret"}},
		"another authenticator": {Config{}, signedIn(tokenAuth{}), []string{"Callers have to identify themselves."}, []string{`"io.github.xmcpgo/sign-in":{}`}, []string{"greet", "secret"}},
		"public catalog": {Config{PublicCatalog: true}, signedIn(knownIssuer{}), []string{"<code>greet</code>", "<code>review</code>", "<code>secret</code>", "Needs the permissions notes:write.", "Needs the scopes mail, files.", "https://issuer.example"},
			[]string{`"greet"`, `"issuer"`}, []string{"concealed"}},
		"public URL": {Config{BaseURL: "https://mcp.example.com/base"}, open, []string{"https://mcp.example.com/base/mcp"}, []string{`"name":"com.example.mcp/test"`}, []string{"127.0.0.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestServer(t, tt.cfg, tt.fill)
			home, card := body(t, page(s, "GET", "127.0.0.1:3001", homeURL)), body(t, page(s, "GET", "127.0.0.1:3001", cardURL))
			for _, want := range tt.wantHome {
				if !strings.Contains(home, want) {
					t.Errorf("the page does not say %s", want)
				}
			}
			for _, want := range tt.wantCard {
				if !strings.Contains(card, want) {
					t.Errorf("the card does not say %s: %s", want, card)
				}
			}
			for _, hidden := range tt.hidden {
				if strings.Contains(home, hidden) || strings.Contains(card, hidden) {
					t.Errorf("%s is shown", hidden)
				}
			}
			if again := body(t, page(s, "GET", "127.0.0.1:3001", reservedCardURL)); again != card {
				t.Errorf("another card below the endpoint: %s", again)
			}
			if !json.Valid([]byte(card)) {
				t.Error("the card is not JSON")
			}
		})
	}
}

func TestPageHeaders(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	for path, want := range map[string]map[string]string{
		homeURL: {
			"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "",
		},
		cardURL:         {"Content-Type": "application/mcp-server-card+json", "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300", "Vary": "Host"},
		reservedCardURL: {"Content-Type": "application/mcp-server-card+json", "Access-Control-Allow-Origin": "*"},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			res := page(s, method, "localhost", path)
			if res.StatusCode != 200 {
				t.Errorf("%s %s: %s", method, path, res.Status)
			}
			for name, value := range want {
				if got := res.Header.Get(name); got != value {
					t.Errorf("%s %s: %s is %q, want %q", method, path, name, got, value)
				}
			}
		}
		if res := page(s, "POST", "localhost", path); res.StatusCode != 405 || res.Header.Get("Allow") == "" {
			t.Errorf("POST %s: %s, %v", path, res.Status, res.Header)
		}
		if res := page(s, "GET", "evil.example", path); res.StatusCode != 403 {
			t.Errorf("%s by a foreign name: %s", path, res.Status)
		}
	}
	if policy := page(s, "GET", "localhost", homeURL).Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'sha256-") {
		t.Errorf("the policy is %q", policy)
	}
}

// A name that a request may have where all are allowed is not repeated unless it is one.
func TestPagesRepeatOnlyNames(t *testing.T) {
	s := newTestServer(t, Config{AllowedHosts: []string{"*"}}, greetTool)
	for host, want := range map[string]string{"mcp.example.com": "http://mcp.example.com/mcp", "[::1]:80": "http://[::1]:80/mcp", "a'b$(x)": "http://127.0.0.1:3001/mcp"} {
		req := httptest.NewRequest("GET", "http://localhost/", nil)
		req.Host = host
		rec := httptest.NewRecorder()
		s.Handler().ServeHTTP(rec, req)
		if got := rec.Body.String(); !strings.Contains(got, ">"+want+"<") || host == "a'b$(x)" && strings.Contains(got, "$(x)") {
			t.Errorf("called %s, the page does not say %s", host, want)
		}
	}
}

func TestPagesAreSwitchedOff(t *testing.T) {
	s := newTestServer(t, Config{NoPages: true}, greetTool)
	for _, path := range []string{homeURL, cardURL, reservedCardURL} {
		if res := page(s, "GET", "localhost", path); res.StatusCode != 404 {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// A plugin may have pages of its own in their place.
func TestPluginsReplacePages(t *testing.T) {
	plugin := func(patterns ...string) func(*Registry) {
		return func(r *Registry) {
			greetTool(r)
			r.Use(func() []Plugin {
				return []Plugin{PluginFunc("site", func(h *Host) error {
					for _, p := range patterns {
						h.Handle(p, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "mine") }))
					}
					return nil
				})}
			})
		}
	}
	for _, pattern := range []string{"/", "GET /{$}", "/{$}"} {
		s := newTestServer(t, Config{}, plugin(pattern, "GET "+cardURL))
		for _, path := range []string{homeURL, cardURL} {
			if got := body(t, page(s, "GET", "localhost", path)); got != "mine" {
				t.Errorf("with %s, %s is %.40s", pattern, path, got)
			}
		}
		if got := body(t, page(s, "GET", "localhost", reservedCardURL)); pattern != "/" && !strings.HasPrefix(got, "{") {
			t.Errorf("the card below the endpoint: %s", got)
		}
	}
	s := newTestServer(t, Config{Endpoint: "/"}, greetTool)
	if _, _, got := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"ping"}`, nil); strings.Contains(got, "result") {
		t.Errorf("/mcp answers %s", got)
	}
	if res := page(s, "GET", "localhost", "/"); res.StatusCode != 405 {
		t.Errorf("an endpoint at the root: %s", res.Status)
	}
	if got := body(t, page(s, "GET", "localhost", "/server-card")); !strings.Contains(got, `"url":"http://localhost/"`) {
		t.Errorf("its card: %s", got)
	}
}

// What is added while the server runs is shown, and an upstream's items are announced.
func TestPagesFollowUpdates(t *testing.T) {
	s := newTestServer(t, Config{MCP: contentOnly("1"), Logger: slog.New(slog.DiscardHandler)}, greetTool)
	first := body(t, page(s, "GET", "localhost", homeURL))
	if strings.Contains(first, "<code>late</code>") || !strings.Contains(first, "another server") {
		t.Errorf("the page says %s", first)
	}
	if err := s.Update(another("late")); err != nil {
		t.Fatal(err)
	}
	if again := body(t, page(s, "GET", "localhost", homeURL)); !strings.Contains(again, "<code>late</code>") {
		t.Error("the new tool is not shown")
	}
}
