package xmcptest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// ending is a test whose cleanups run when it is told to end.
type ending struct {
	testing.TB
	cleanups []func()
	failed   []string
}

func (e *ending) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }
func (e *ending) Errorf(format string, a ...any) {
	e.failed = append(e.failed, fmt.Sprintf(format, a...))
}

func TestTransport(t *testing.T) {
	const good, bad = `{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`, `{"jsonrpc":"2.0","id":1,"result":{"tools":[{}]}}`
	for name, tt := range map[string]struct {
		path, contentType, answer string
		wrong                     bool
	}{
		"good":           {"/mcp", "application/json", good, false},
		"bad":            {"/mcp", "application/json", bad, true},
		"half":           {"/mcp", "application/json", good[:20], true},
		"elsewhere":      {"/other", "application/json", bad, false},
		"good in stream": {"/mcp", "text/event-stream", "data: " + good + "\n\n", false},
		"bad in stream":  {"/mcp", "text/event-stream", ": hello\n\ndata: " + bad + "\n\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if b, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(b), "tools/list") {
					t.Errorf("the server was sent %s, %v", b, err)
				}
				w.Header().Set("Content-Type", tt.contentType)
				_, _ = io.WriteString(w, tt.answer)
			}))
			defer web.Close()
			e := &ending{TB: t}
			client := &http.Client{Transport: xmcptest.Transport(e, "/mcp", nil)}
			res, err := client.Post(web.URL+tt.path, "application/json", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err != nil || string(body) != tt.answer {
				t.Errorf("got %s, %v", body, err)
			}
			for _, f := range e.cleanups {
				f()
			}
			if (len(e.failed) == 1) != tt.wrong {
				t.Errorf("the test fails with %q", e.failed)
			}
		})
	}
}
