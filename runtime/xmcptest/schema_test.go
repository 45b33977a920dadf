package xmcptest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// replacing answers as the server does, but for a text that is replaced by another.
func replacing(old, other string) *xmcp.Registry {
	r := sample()
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{xmcp.PluginFunc("replacing", func(h *xmcp.Host) error {
			h.UseHTTP(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					rec := httptest.NewRecorder()
					next.ServeHTTP(rec, req)
					for name, values := range rec.Header() {
						w.Header()[name] = values
					}
					w.Header().Del("Content-Length")
					w.WriteHeader(rec.Code)
					_, _ = w.Write([]byte(strings.ReplaceAll(rec.Body.String(), old, other)))
				})
			})
			return nil
		})}
	})
	return r
}

// Whatever the server says is checked: results, notifications, errors, in each era.
func TestMessagesAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		old, other string
		f          func(*xmcptest.Client)
	}{
		"result":       {`"text":"Hello`, `"tekst":"Hello`, func(c *xmcptest.Client) { c.Call("greet", nameInput{"Ada"}) }},
		"list":         {`"inputSchema"`, `"schema"`, func(c *xmcptest.Client) { c.Tools() }},
		"notification": {`"progressToken":`, `"token":`, func(c *xmcptest.Client) { c.Call("copy", nil) }},
		"error":        {`"message":"unknown`, `"text":"unknown`, func(c *xmcptest.Client) { c.CallFails("missing", nil) }},
	} {
		for _, era := range []xmcptest.Era{xmcptest.Legacy, xmcptest.Modern} {
			t.Run(name+"/"+string(era), func(t *testing.T) {
				c := xmcptest.New(t, replacing(tt.old, tt.other), quiet(), xmcptest.In(era))
				got := failure(t, func(t testing.TB) { tt.f(c.With(t)) })
				if !strings.Contains(got, "which the schema of the protocol does not allow") || !strings.Contains(got, string(era)) {
					t.Errorf("the test fails with %q", got)
				}
			})
		}
	}
}

// lying is another server whose tool list has an item that is none.
type lying struct{}

func (lying) Start(func(string, json.RawMessage)) error { return nil }
func (lying) Stop()                                     {}
func (lying) Handle(context.Context, *xmcp.UpstreamClient, []byte) []byte {
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{"tools":[{"name":"no_schema"}]}}`)
}

func TestMessagesAreCheckedOnStdio(t *testing.T) {
	c := xmcptest.New(t, sample(), xmcptest.WithConfig(xmcp.Config{Name: "t", MCP: lying{}}), xmcptest.OverStdio())
	if got := failure(t, func(t testing.TB) { c.With(t).Tools() }); !strings.Contains(got, "inputSchema") {
		t.Errorf("the test fails with %q", got)
	}
}
