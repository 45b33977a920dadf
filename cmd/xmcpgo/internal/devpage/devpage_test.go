package devpage

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestPage(t *testing.T) {
	status := Status{Build: 3, Serving: true, Problems: []string{"src/tools/greet.go:3:1: <b>"}, SignIn: "http://127.0.0.1:4100"}
	h := Handler(Info{Name: "my <app>", Endpoint: "/mcp", Status: func() Status { return status }})
	w := get(t, h, Path)
	for _, want := range []string{"my &lt;app&gt;", "<code>/mcp</code>", "Build 3 answers", "greet.go:3:1: &lt;b&gt;"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page has no %q:\n%s", want, w.Body)
		}
	}
	if got, want := w.Header().Get("Content-Security-Policy"), policy([]string{"http://127.0.0.1:4100"}); got != want {
		t.Errorf("the policy is %q", got)
	}
	want := `{"build":3,"serving":true,"problems":["src/tools/greet.go:3:1: \u003cb\u003e"],"signIn":"http://127.0.0.1:4100"}` + "\n"
	if got := get(t, h, Path+"status").Body.String(); got != want {
		t.Errorf("status\n got %s\nwant %s", got, want)
	}
	for _, path := range []string{"else", "else.js", "web/", "index.html", "../devpage.go", "style.css/"} {
		if w := get(t, h, Path+path); w.Code == http.StatusOK {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	if w := get(t, h, Path+"main.js"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("main.js answers %d, %v", w.Code, w.Header())
	}
}

func TestZeroValue(t *testing.T) {
	if w := get(t, Handler(Info{}), Path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "No build answers") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestPolicy: the page may speak to the authorization servers that the app names, and to nobody else.
func TestPolicy(t *testing.T) {
	metadata := `{"authorization_servers":["https://acme.scalekit.dev/resources/res_1","http://127.0.0.1:4100/x","https://a.example; script-src *","ftp://b.example","https://u:p@c.example"]}`
	for name, tt := range map[string]struct {
		app  http.HandlerFunc
		want string
	}{
		"metadata of the endpoint": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/.well-known/oauth-protected-resource/mcp" || r.Host != "example.com" {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write([]byte(metadata))
		}, "connect-src 'self' https://acme.scalekit.dev http://127.0.0.1:4100 https://c.example;"},
		"none":         {http.NotFound, "connect-src 'self';"},
		"no JSON":      {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "connect-src 'self';"},
		"without end":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat("x", 1<<20))) }, "connect-src 'self';"},
		"not answered": {func(http.ResponseWriter, *http.Request) {}, "connect-src 'self';"},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, Handler(Info{Endpoint: "/mcp", App: tt.app}), Path)
			if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, tt.want) {
				t.Errorf("the policy is %q", got)
			}
		})
	}
}
