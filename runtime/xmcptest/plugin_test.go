package xmcptest_test

import (
	"context"
	"flag"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// tokenPlugin is a plugin as a third party would write it: middleware of both kinds, a route, an authenticator, hooks.
func tokenPlugin() xmcp.Plugin {
	var calls atomic.Int64
	return xmcp.PluginFunc("tokens", func(h *xmcp.Host) error {
		h.Authenticate(xmcp.AuthenticatorFunc(func(r *http.Request) (*xmcp.Principal, error) {
			if r.Header.Get("Authorization") != "Bearer good" {
				return nil, &xmcp.Challenge{Header: http.Header{"Www-Authenticate": {"Bearer"}}}
			}
			return &xmcp.Principal{Subject: "ann"}, nil
		}))
		h.UseHTTP(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Served-By", "tokens")
				next.ServeHTTP(w, r)
			})
		})
		h.UseTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
			return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
				calls.Add(1)
				return next(ctx, call)
			}
		})
		h.Handle("GET /usage", http.NotFoundHandler())
		ctx, stop := context.WithCancel(context.Background())
		h.OnStart(func(context.Context) error { go func() { <-ctx.Done() }(); return nil })
		h.OnShutdown(func(context.Context) error { stop(); return nil })
		return nil
	})
}

func TestPluginAcceptsGoodPlugins(t *testing.T) {
	t.Run("full", func(t *testing.T) {
		xmcptest.TestPlugin(t, tokenPlugin, xmcptest.SignedIn(http.Header{"Authorization": {"Bearer good"}}))
	})
	t.Run("without credentials", func(t *testing.T) { xmcptest.TestPlugin(t, tokenPlugin) })
	t.Run("empty", func(t *testing.T) {
		xmcptest.TestPlugin(t, func() xmcp.Plugin { return xmcp.PluginFunc("empty", func(*xmcp.Host) error { return nil }) })
	})
	t.Run("elsewhere", func(t *testing.T) {
		xmcptest.TestPlugin(t, tokenPlugin, xmcptest.SignedIn(http.Header{"Authorization": {"Bearer good"}}),
			xmcptest.Under(xmcp.Config{Addr: "0.0.0.0:1", BaseURL: "https://mcp.example.com", Endpoint: "/x"}))
	})
}

var bad = flag.String("bad", "", "run TestPlugin on this bad plugin, in a process of its own")

// badPlugins break one rule each; the text is what the failure must say.
var badPlugins = map[string]struct {
	says   string
	create func() xmcp.Plugin
}{
	"nameless": {"name \"\" is empty", func() xmcp.Plugin { return xmcp.PluginFunc("", func(*xmcp.Host) error { return nil }) }},
	"fickle": {"the name changes", func() func() xmcp.Plugin {
		var n atomic.Int64
		return func() xmcp.Plugin {
			return xmcp.PluginFunc("p"+strings.Repeat("x", int(n.Add(1))), func(*xmcp.Host) error { return nil })
		}
	}()},
	"broken": {"cannot be set up", func() xmcp.Plugin { return xmcp.PluginFunc("p", func(*xmcp.Host) error { return os.ErrInvalid }) }},
	"swallows": {"a tool's error became", withTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
		return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
			r, err := next(ctx, call)
			if err != nil {
				return &xmcp.Result{Content: []xmcp.Content{xmcp.Text("sorry")}, IsError: true}, nil
			}
			return r, err
		}
	})},
	"twice": {"called the next one 2 times", withTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
		return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
			_, _ = next(ctx, call)
			return next(ctx, call)
		}
	})},
	"leaks": {"goroutines before", func() xmcp.Plugin {
		return xmcp.PluginFunc("p", func(h *xmcp.Host) error {
			h.OnStart(func(context.Context) error { go func() { select {} }(); return nil })
			return nil
		})
	}},
	"trusting": {"without credentials was answered 200", withAuth(func(*http.Request) (*xmcp.Principal, error) { return &xmcp.Principal{Subject: "anybody"}, nil })},
	"mute":     {"401 without WWW-Authenticate", withAuth(func(*http.Request) (*xmcp.Principal, error) { return nil, &xmcp.Challenge{} })},
	"failing":  {"the authenticator failed in place of refusing", withAuth(func(*http.Request) (*xmcp.Principal, error) { return nil, os.ErrInvalid })},
	"reading": {"the body was read before", withAuth(func(r *http.Request) (*xmcp.Principal, error) {
		_, _ = r.Body.Read(make([]byte, 1))
		return nil, &xmcp.Challenge{Status: 403}
	})},
	"anonymous": {"no principal with a subject", withAuth(func(r *http.Request) (*xmcp.Principal, error) {
		if r.Header.Get("Authorization") != "Bearer good" {
			return nil, &xmcp.Challenge{Status: 403}
		}
		return &xmcp.Principal{}, nil
	})},
	"needs a caller": {"stdio", withTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
		return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
			if call.Principal == nil {
				return nil, os.ErrPermission
			}
			return next(ctx, call)
		}
	})},
	"stops": {"shutdown: ", func() xmcp.Plugin {
		return xmcp.PluginFunc("p", func(h *xmcp.Host) error {
			h.OnShutdown(func(context.Context) error { return os.ErrClosed })
			return nil
		})
	}},
}

func withTool(mw xmcp.ToolMiddleware) func() xmcp.Plugin {
	return func() xmcp.Plugin {
		return xmcp.PluginFunc("p", func(h *xmcp.Host) error { h.UseTool(mw); return nil })
	}
}

func withAuth(auth xmcp.AuthenticatorFunc) func() xmcp.Plugin {
	return func() xmcp.Plugin {
		return xmcp.PluginFunc("p", func(h *xmcp.Host) error { h.Authenticate(auth); return nil })
	}
}

// TestBadPlugin is what TestPluginFindsWhatIsWrong runs in a process of its own, since it fails.
func TestBadPlugin(t *testing.T) {
	if *bad != "" {
		xmcptest.TestPlugin(t, badPlugins[*bad].create, xmcptest.SignedIn(http.Header{"Authorization": {"Bearer good"}}))
	}
}

func TestPluginFindsWhatIsWrong(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, plugin := range badPlugins {
		t.Run(name, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), self, "-test.run=^TestBadPlugin$", "-bad="+name).CombinedOutput()
			if err == nil {
				t.Fatalf("the plugin passed:\n%s", out)
			}
			if !strings.Contains(string(out), plugin.says) {
				t.Errorf("%q is missing in:\n%s", plugin.says, out)
			}
		})
	}
}
