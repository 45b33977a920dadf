package routers_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/mount/internal/routers"
	"github.com/xmcpgo/xmcpgo/examples/mount/src"
)

// client speaks to a router.
type client struct {
	t       *testing.T
	url     string
	session string
}

func (c *client) do(method, path, body string, header ...string) (*http.Response, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if c.session != "" {
		r.Header.Set("Mcp-Session-Id", c.session)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res, string(text)
}

// wants checks the status of an answer, and what is in it in its order.
func (c *client) wants(res *http.Response, text string, status int, parts ...string) {
	c.t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			c.t.Errorf("no %s in\n%s", part, text)
		}
		rest = after
	}
	if res.StatusCode != status {
		c.t.Errorf("%s, want %d:\n%s", res.Status, status, text)
	}
}

// Both eras work behind each router, streams included, and the other routes are the router's own.
func TestRouters(t *testing.T) {
	for _, name := range []string{"chi", "echo"} {
		t.Run(name, func(t *testing.T) {
			mcp, err := xmcp.New(src.Registry(), xmcp.Config{Name: "mount", Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			if err := mcp.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			handler, err := routers.New(name, mcp.Handler())
			if err != nil {
				t.Fatal(err)
			}
			web := httptest.NewServer(handler)
			t.Cleanup(func() {
				if err := mcp.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				web.Close()
			})
			c := &client{t: t, url: web.URL}

			const meta = `"_meta":{"progressToken":1,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}`
			progress := []string{`"message":"2"`, `"message":"1"`, "Lift-off!"}
			res, text := c.do("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"count_down","arguments":{"from":2},`+meta+`}}`,
				"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call", "Mcp-Name", "count_down")
			c.wants(res, text, http.StatusOK, progress...)

			res, text = c.do("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`)
			c.wants(res, text, http.StatusOK, `"name":"mount"`)
			if c.session = res.Header.Get("Mcp-Session-Id"); c.session == "" {
				t.Error("there is no session")
			}
			res, text = c.do("POST", "/mcp", `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"count_down","arguments":{"from":2},"_meta":{"progressToken":1}}}`)
			c.wants(res, text, http.StatusOK, progress...)
			res, text = c.do("DELETE", "/mcp", "")
			c.wants(res, text, http.StatusNoContent)

			for path, want := range map[string]struct {
				status int
				text   string
			}{
				"/hello":                            {http.StatusOK, "hello"},
				"/readyz":                           {http.StatusOK, "ok\n"},
				"/.well-known/mcp/server-card.json": {http.StatusOK, `"count_down"`},
				"/.well-known/unknown":              {http.StatusNotFound, ""},
				"/mcp/":                             {http.StatusNotFound, ""},
				"/else":                             {http.StatusNotFound, ""},
			} {
				res, text := c.do("GET", path, "")
				c.wants(res, text, want.status, want.text)
			}
			if res, text := c.do("POST", "/mcp", "{}", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
				t.Errorf("a page of others: %s %s", res.Status, text)
			}
		})
	}
	if _, err := routers.New("gorilla", http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "chi or echo") {
		t.Errorf("an unknown router: %v", err)
	}
}
