package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestMain makes the test binary a server on its standard streams when it is told so.
func TestMain(m *testing.M) {
	switch os.Getenv("REMOTE_TEST_SERVE") {
	case "":
		os.Exit(m.Run())
	case "stdio":
		srv, err := xmcp.New(registry(), xmcp.Config{Name: "test", Version: "1.2.3", Stdio: true, Logger: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = srv.Run(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "nonsense":
		fmt.Println("Hello! This is no server.")
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "silent":
	}
}

type greetInput struct {
	Name   string `json:"name"`
	Region string `json:"region,omitempty"`
	Count  int    `json:"count,omitempty"`
}

// registry has tools for what a client must get right.
func registry() *xmcp.Registry {
	r := xmcp.NewRegistry()
	const schema = `{"type":"object","properties":{"name":{"type":"string"},"region":{"type":"string","x-mcp-header":"Region"},"count":{"type":"integer","x-mcp-header":"Count"}},"required":["name"],"additionalProperties":false}`
	r.AddTool(xmcp.ToolItem{Name: "greet", Description: "Greets.", InputSchema: schema, Handler: xmcp.HandleTool(func(ctx context.Context, in greetInput) (string, error) {
		xmcp.Progress(ctx, 1, 2, "half way")
		return fmt.Sprintf("Hello, %s of %q, %d times!", in.Name, in.Region, in.Count), nil
	})})
	r.AddTool(xmcp.ToolItem{Name: "fail", Description: "Fails.", InputSchema: `{"type":"object"}`, Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) {
		return "", xmcp.UserError("no luck")
	})})
	r.AddTool(xmcp.ToolItem{Name: "ask", Description: "Asks.", InputSchema: `{"type":"object"}`, Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
		_, err := xmcp.Elicit[struct {
			Sure bool `json:"sure"`
		}](ctx, "sure", "Sure?")
		return "asked", err
	})})
	r.AddPrompt(xmcp.PromptItem{Name: "review", Description: "Asks for a review.", Handler: xmcp.HandlePromptNoInput(func(context.Context) (string, error) { return "Review!", nil })})
	r.AddResource(xmcp.ResourceItem{Name: "about", Description: "About.", Metadata: xmcp.ResourceMetadata{URI: "app://about"}, Handler: xmcp.HandleResourceNoInput(func(context.Context) (string, error) { return "about", nil })})
	return r
}

// serve serves over HTTP, through a filter that may stand for another server.
func serve(t *testing.T, filter func(http.ResponseWriter, *http.Request, http.Handler)) *Client {
	t.Helper()
	srv, err := xmcp.New(registry(), xmcp.Config{Name: "test", Version: "1.2.3", Instructions: "Be kind.", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if filter != nil {
			filter(w, r, srv.Handler())
			return
		}
		srv.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	c, err := HTTP(web.URL+"/mcp", "9", web.Client())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// legacyOnly answers like a server that has never heard of the modern revision.
func legacyOnly(refusal func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Header.Get("MCP-Protocol-Version") == modernVersion {
			refusal(w)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func say(status int, text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func TestServers(t *testing.T) {
	program := func(t *testing.T) *Client {
		t.Setenv("REMOTE_TEST_SERVE", "stdio")
		c, err := Command([]string{os.Args[0]}, "9", io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	tests := map[string]struct {
		open   func(*testing.T) *Client
		legacy bool
	}{
		"modern over HTTP":    {func(t *testing.T) *Client { return serve(t, nil) }, false},
		"on standard streams": {program, false},
		"earlier, which does not know the method": {func(t *testing.T) *Client {
			return serve(t, legacyOnly(say(200, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}`)))
		}, true},
		"earlier, which refuses the version": {func(t *testing.T) *Client {
			return serve(t, legacyOnly(say(400, `{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Unsupported protocol version"}}`)))
		}, true},
		"earlier, which says so in plain text": {func(t *testing.T) *Client { return serve(t, legacyOnly(say(400, `unsupported version`))) }, true},
		"earlier, which wants a session":       {func(t *testing.T) *Client { return serve(t, legacyOnly(say(404, `{"error":"no session"}`))) }, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			c := tt.open(t)
			var heard []string
			c.Notify = func(method string, params json.RawMessage) { heard = append(heard, method) }
			if err := c.Open(ctx); err != nil {
				t.Fatal(err)
			}
			if c.legacy != tt.legacy || c.Server.Name != "test" || c.Server.Version != "1.2.3" {
				t.Errorf("legacy %v, server %+v", c.legacy, c.Server)
			}
			checkLists(ctx, t, c)
			checkCalls(ctx, t, c)
			if !slices.Contains(heard, "notifications/progress") {
				t.Errorf("no progress was heard: %v", heard)
			}
			if err := c.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

func checkLists(ctx context.Context, t *testing.T, c *Client) {
	t.Helper()
	tools, err := c.Tools(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools {
		names = append(names, tool.Name)
	}
	prompts, err := c.Prompts(ctx)
	if err != nil || len(prompts) != 1 {
		t.Fatalf("prompts %v: %v", prompts, err)
	}
	resources, err := c.Resources(ctx)
	if err != nil || len(resources) != 1 {
		t.Fatalf("resources %v: %v", resources, err)
	}
	names = append(names, prompts[0].Name, resources[0].URI)
	slices.Sort(names)
	if diff := cmp.Diff([]string{"app://about", "ask", "fail", "greet", "review"}, names); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if templates, err := c.Templates(ctx); err != nil || len(templates) != 0 {
		t.Errorf("templates %v: %v", templates, err)
	}
}

func checkCalls(ctx context.Context, t *testing.T, c *Client) {
	t.Helper()
	tools, err := c.Tools(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tool := func(name string) *Tool {
		return &tools[slices.IndexFunc(tools, func(t Tool) bool { return t.Name == name })]
	}
	// Values that headers can carry, and values that they cannot.
	for _, region := range []string{"eu", "Österreich", " padded ", "=?base64?x?="} {
		r, err := c.Call(ctx, tool("greet"), map[string]any{"name": "Ada", "region": region, "count": json.Number("3")})
		if want := fmt.Sprintf("Hello, Ada of %q, 3 times!", region); err != nil || r.IsError || r.Content[0].Text != want {
			t.Errorf("greet: %+v (%v), want %s", r, err, want)
		}
	}
	if r, err := c.Call(ctx, tool("fail"), nil); err != nil || !r.IsError || r.Content[0].Text != "no luck" {
		t.Errorf("fail: %+v (%v)", r, err)
	}
	if r, err := c.Call(ctx, tool("ask"), nil); err == nil && !r.IsError {
		t.Errorf("a question was answered: %+v", r)
	}
	if _, err := c.Call(ctx, &Tool{Name: "ünknown"}, nil); err == nil || !strings.Contains(err.Error(), "tools/call") {
		t.Errorf("an unknown tool: %v", err)
	}
}

func TestNotAServer(t *testing.T) {
	tests := []struct {
		name   string
		answer func(http.ResponseWriter)
		says   string
	}{
		{"a web page", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<h1>Hello")
		}, "no JSON-RPC message"},
		{"not allowed in", say(403, `{"error":"forbidden"}`), `status 403: {"error":"forbidden"}`},
		{"busy", say(503, ``), "status 503"},
		{"a stream that ends", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, ": hello\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n")
		}, "stream ended before its answer"},
		{"a stream of nonsense", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: hello\n\n")
		}, "no JSON-RPC message"},
		{"an answer to something else", say(200, `{"jsonrpc":"2.0","id":99,"result":{}}`), "no JSON-RPC message"},
		{"neither result nor error", say(200, `{"jsonrpc":"2.0","id":1}`), "no JSON-RPC message"},
		{"an error within", say(200, `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"out of order"}}`), "out of order (code -32603)"},
		{"a redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "https://evil.example/"); w.WriteHeader(307) }, "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { tt.answer(w) })
			c.transport.(*httpTransport).http.CheckRedirect = func(*http.Request, []*http.Request) error { return fmt.Errorf("redirect refused") }
			if err := c.Open(t.Context()); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one with %q", err, tt.says)
			}
		})
	}
	for _, bad := range []string{"", "localhost:3001/mcp", "ftp://x/", "://"} {
		if _, err := HTTP(bad, "", http.DefaultClient); err == nil {
			t.Errorf("%q counts as a URL", bad)
		}
	}
}

func TestProgramsThatAreNoServers(t *testing.T) {
	for serve, says := range map[string]string{"nonsense": "Hello! This is no server.", "silent": "ended"} {
		t.Run(serve, func(t *testing.T) {
			t.Setenv("REMOTE_TEST_SERVE", serve)
			c, err := Command([]string{os.Args[0]}, "9", io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Open(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("error %v, want one with %q", err, says)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := Command([]string{"/no/such/program"}, "9", io.Discard); err == nil {
		t.Error("a program that is not there starts")
	}
}

// A list has all pages, and a server that never ends it is not followed forever.
func TestPages(t *testing.T) {
	endless := false
	c := serve(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body, _ := io.ReadAll(r.Body)
		if !bytes.Contains(body, []byte("tools/list")) {
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
			return
		}
		var m struct {
			ID     json.RawMessage
			Params struct{ Cursor string }
		}
		_ = json.Unmarshal(body, &m)
		next1 := map[string]string{"": "a", "a": "b"}[m.Params.Cursor]
		if endless {
			next1 = "again"
		}
		say(200, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"t%s"}],"nextCursor":%q}}`, m.ID, m.Params.Cursor, next1))(w)
	})
	if err := c.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	tools, err := c.Tools(t.Context())
	if err != nil || len(tools) != 3 || tools[2].Name != "tb" {
		t.Errorf("tools %v: %v", tools, err)
	}
	endless = true
	if _, err := c.Tools(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 1000 pages") {
		t.Errorf("an endless list: %v", err)
	}
}

func FuzzStream(f *testing.F) {
	f.Add("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n")
	f.Add("event: message\r\ndata: {\"jsonrpc\":\"2.0\",\r\ndata: \"method\":\"x\"}\r\n\r\n")
	f.Add("data:\n\n:\n\nid: 3\n")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := follow(strings.NewReader(s), &Client{Notify: func(string, json.RawMessage) {}}, 1)
		if err == nil && r.Result == nil && r.Error == nil {
			t.Errorf("%q is an answer without one", s)
		}
	})
}
