package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// recorder is a test whose failures are looked at.
type recorder struct {
	testing.TB
	said strings.Builder
}

func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(&r.said, format, args...) }
func (r *recorder) Logf(string, ...any)               {}

// TestStories: what a story finds wrong fails the test that runs it, and nothing else does.
func TestStories(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'unsafe-inline'")
		body := map[string]string{
			"/":       `<main><h1>Hello</h1><button>Go</button></main>`,
			"/throws": `<main><h1>Hello</h1></main><script>setTimeout(() => { throw new Error("broken") })</script>`,
			"/loads":  `<main><h1>Hello</h1><img alt="A cat" src="http://127.0.0.1:1/cat.png"></main>`,
			"/mute":   `<main><h1>Hello</h1><button></button><img src="data:,"></main>`,
		}[r.URL.Path]
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Page</title>%s`, body)
	}))
	t.Cleanup(web.Close)
	b := browser.Start(t)
	for name, c := range map[string]struct {
		path, said, wrong string
		shots             []string
	}{
		"passes":         {path: "/", said: `{"title":"Page","greeting":"hi"}`, shots: []string{"page-light.png", "page-dark.png"}},
		"fails":          {path: "/", wrong: `title: got Page, want Another`, shots: []string{"failed-1.png"}},
		"page throws":    {path: "/throws", wrong: "broken"},
		"meant to throw": {path: "/throws", said: `"seen"`},
		"policy":         {path: "/loads", wrong: "Content Security Policy"},
		"inaccessible":   {path: "/mute", wrong: "axe: critical, button-name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			story := filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".mjs")
			said := b.Story(r, story, web.URL+c.path, browser.Env{"greeting": "hi"})
			if string(said) != c.said {
				t.Errorf("it said %q, want %q", said, c.said)
			}
			for _, name := range c.shots {
				if _, err := os.Stat(filepath.Join(browser.Screenshots(t), name)); err != nil {
					t.Error(err)
				}
			}
			if c.wrong == "" && r.said.Len() > 0 || !strings.Contains(r.said.String(), c.wrong) {
				t.Errorf("got %q, want %q", &r.said, c.wrong)
			}
		})
	}
}
