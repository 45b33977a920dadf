package pages

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestHome looks at the page of examples/hello.
func TestHome(t *testing.T) {
	url := program.Serve(t, program.Build(t, filepath.Join(program.Repository(t), "examples", "hello")))
	browser.Start(t).Story(t, filepath.Join("testdata", "home.mjs"), strings.TrimSuffix(url, "mcp"))
}

// guarded lets nobody in and says how one would get in.
type guarded struct{}

func (guarded) Authenticate(*http.Request) (*xmcp.Principal, error) { return nil, &xmcp.Challenge{} }
func (guarded) DescribeSignIn() xmcp.SignIn {
	return xmcp.SignIn{Issuer: "https://issuer.example", Hint: "<b>Ask Ann</b> for an account."}
}

// TestHomeBehindSignIn looks at the page of a server that lets nobody in, whose texts try to be markup.
func TestHomeBehindSignIn(t *testing.T) {
	r := xmcp.NewRegistry()
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{xmcp.PluginFunc("guard", func(h *xmcp.Host) error { h.Authenticate(guarded{}); return nil })}
	})
	s, err := xmcp.New(r, xmcp.Config{Name: "guarded", Title: `<script>throw "title"</script>`, Description: `"><img src=x onerror="throw 1">`})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	browser.Start(t).Story(t, filepath.Join("testdata", "guarded.mjs"), web.URL+"/")
}
