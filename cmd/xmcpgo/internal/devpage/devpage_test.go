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
	if w := get(t, h, Path+"else"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown path answers %d", w.Code)
	}
}

func TestZeroValue(t *testing.T) {
	if w := get(t, Handler(Info{}), Path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "No build answers") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
