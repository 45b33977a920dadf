package xmcptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// concurrentCalls is how many calls TestPlugin makes at once.
const concurrentCalls = 50

// PluginOption tells [TestPlugin] about the plugin.
type PluginOption func(*pluginTest)

// SignedIn gives the headers with which the plugin's authenticator accepts a request, such as Authorization. An
// authenticator is tested in full only with it.
func SignedIn(header http.Header) PluginOption {
	return func(p *pluginTest) { p.signedIn = header }
}

// Under serves with a configuration in place of the zero one.
func Under(cfg xmcp.Config) PluginOption { return func(p *pluginTest) { p.config = cfg } }

// pluginTest is one run of TestPlugin.
type pluginTest struct {
	create   func() xmcp.Plugin
	signedIn http.Header
	config   xmcp.Config
}

// TestPlugin checks in subtests that a plugin behaves as servers and other plugins rely on:
//
//   - it has a name that does not change;
//   - it is set up for two servers at once, which share nothing, and stops with them, leaving no goroutine behind;
//   - its middleware calls what it wraps exactly once, and neither changes results nor swallows failures of tools, in both
//     eras, over HTTP and stdio, one by one and 50 at once;
//   - its authenticator refuses a request without credentials before the body is read, says how to sign in when the status
//     is 401, lets no handler see such a request, and gives every accepted one a principal with a subject.
//
// create makes a new plugin for each server, as the function Plugins of an app does. Run it with -race.
func TestPlugin(t *testing.T, create func() xmcp.Plugin, opts ...PluginOption) {
	p := &pluginTest{create: create}
	for _, opt := range opts {
		opt(p)
	}
	p.config.Logger = slog.New(slog.DiscardHandler)
	t.Run("name", p.testName)
	if t.Failed() {
		return
	}
	authenticates := p.authenticates(t)
	if authenticates {
		t.Run("authentication", p.testRefusal)
		if p.signedIn == nil {
			t.Log("the plugin authenticates requests: give xmcptest.SignedIn to test what happens after that")
			t.Run("stdio", p.testStdio)
			t.Run("lifecycle", p.testLifecycle)
			return
		}
		t.Run("principal", p.testPrincipal)
	}
	t.Run("tools", p.testTools)
	t.Run("stdio", p.testStdio)
	t.Run("order", p.testOrder)
	t.Run("isolation", p.testIsolation)
	t.Run("concurrency", p.testConcurrency)
	t.Run("lifecycle", p.testLifecycle)
}

func (p *pluginTest) testName(t *testing.T) {
	a, b := p.create(), p.create()
	if a == nil || b == nil {
		t.Fatal("the plugin is nil")
	}
	name := a.Name()
	if strings.TrimSpace(name) != name || name == "" {
		t.Errorf("name %q is empty or has space around it", name)
	}
	if again, other := a.Name(), b.Name(); again != name || other != name {
		t.Errorf("the name changes: %q, %q, %q", name, again, other)
	}
}

// probe is the app that the plugin is tested in. It counts what reaches its handlers.
type probe struct {
	id       string
	handled  atomic.Int64 // calls of tools
	viaHTTP  atomic.Int64 // requests behind the plugin's HTTP middleware
	viaTool  atomic.Int64 // calls behind its tool middleware
	noCaller atomic.Int64 // calls without a principal that has a subject
}

const probeNoInput = `{"type":"object","additionalProperties":false}`

// registry has tools of each outcome, and the plugin between two others.
func (p *probe) registry(plugin xmcp.Plugin, scopes ...string) *xmcp.Registry {
	r := xmcp.NewRegistry()
	seen := func(ctx context.Context) {
		p.handled.Add(1)
		if who := xmcp.GetPrincipal(ctx); who == nil || who.Subject == "" {
			p.noCaller.Add(1)
		}
	}
	r.AddTool(xmcp.ToolItem{Name: "probe_echo", Description: "Answers with its argument.", Metadata: xmcp.ToolMetadata{Scopes: scopes},
		InputSchema:  `{"type":"object","properties":{"text":{"type":"string","maxLength":1000}},"required":["text"],"additionalProperties":false}`,
		OutputSchema: `{"type":"object","properties":{"server":{"type":"string"},"text":{"type":"string"}},"required":["server","text"]}`,
		Handler: xmcp.HandleTool(func(ctx context.Context, in probeInput) (probeOutput, error) {
			seen(ctx)
			return probeOutput{p.id, in.Text}, nil
		})})
	r.AddTool(xmcp.ToolItem{Name: "probe_fail", Description: "Fails.", InputSchema: probeNoInput,
		Handler: xmcp.HandleToolBare(func(ctx context.Context) error { seen(ctx); return errProbe })})
	r.AddTool(xmcp.ToolItem{Name: "probe_panic", Description: "Panics.", InputSchema: probeNoInput,
		Handler: xmcp.HandleToolBare(func(ctx context.Context) error { seen(ctx); panic(errProbe) })})
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{plugin, xmcp.PluginFunc("xmcptest-probe", func(h *xmcp.Host) error {
			h.UseHTTP(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					p.viaHTTP.Add(1)
					next.ServeHTTP(w, r)
				})
			})
			h.UseTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
				return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
					p.viaTool.Add(1)
					return next(ctx, call)
				}
			})
			return nil
		})}
	})
	return r
}

type probeInput struct {
	Text string `json:"text"`
}

type probeOutput struct {
	Server string `json:"server"`
	Text   string `json:"text"`
}

var errProbe = errors.New("the probe fails on purpose")

// authenticates finds out whether the plugin installs an authenticator: a tool with scopes needs one.
func (p *pluginTest) authenticates(t *testing.T) bool {
	if _, err := xmcp.New((&probe{}).registry(p.create()), p.config); err != nil {
		t.Fatalf("the plugin cannot be set up: %v", err)
	}
	_, err := xmcp.New((&probe{}).registry(p.create(), "scope"), p.config)
	return err == nil
}

// serve starts a probe with the plugin; requests are signed in.
func (p *pluginTest) serve(t testing.TB, id string) (*probe, *Client) {
	t.Helper()
	app := &probe{id: id}
	opts := []Option{WithConfig(p.config)}
	for name, values := range p.signedIn {
		for _, v := range values {
			opts = append(opts, WithHeader(name, v))
		}
	}
	return app, New(t, app.registry(p.create()), opts...)
}

// checkTools calls each probe tool and expects what it answers without the plugin.
func checkTools(t *testing.T, app *probe, c *Client) {
	t.Helper()
	if n := len(c.Tools()); n != 3 {
		t.Errorf("%d tools are listed, want 3", n)
	}
	var out probeOutput
	if c.Call("probe_echo", probeInput{"hello"}).Structured(&out); out != (probeOutput{app.id, "hello"}) {
		t.Errorf("a result was changed to %+v", out)
	}
	if got := c.CallFails("probe_fail", nil); !got.IsError || got.Text() != errProbe.Error() {
		t.Errorf("a tool's error became %q (refused: %v)", got.Text(), got.Err)
	}
	if got := c.CallFails("probe_echo", map[string]any{"txt": 1}); !got.IsError || !strings.Contains(got.Text(), `"txt"`) {
		t.Errorf("the report of wrong arguments became %q (refused: %v)", got.Text(), got.Err)
	}
	if got := c.CallFails("probe_panic", nil); strings.Contains(got.Text(), errProbe.Error()) {
		t.Errorf("a panic was told to the client: %q", got.Text())
	}
	if c.Call("probe_echo", probeInput{"after"}).Structured(&out); out.Text != "after" {
		t.Errorf("after a panic the result is %+v", out)
	}
}

func (p *pluginTest) testTools(t *testing.T) {
	app, c := p.serve(t, "a")
	checkTools(t, app, c)
}

// testStdio: no authenticator takes part there, and tool middleware must not expect a principal.
func (p *pluginTest) testStdio(t *testing.T) {
	app := &probe{id: "stdio"}
	checkTools(t, app, New(t, app.registry(p.create()), WithConfig(p.config), OverStdio()))
}

func (p *pluginTest) testOrder(t *testing.T) {
	app, c := p.serve(t, "a")
	c = c.In(Modern)
	c.Call("probe_echo", probeInput{"x"})
	if n := app.viaHTTP.Load(); n != 1 {
		t.Errorf("the HTTP middleware called the next handler %d times for one request", n)
	}
	if n, m := app.viaTool.Load(), app.handled.Load(); n != 1 || m != 1 {
		t.Errorf("the tool middleware called the next one %d times and the tool %d times for one call", n, m)
	}
}

func (p *pluginTest) testPrincipal(t *testing.T) {
	app, c := p.serve(t, "a")
	c.Call("probe_echo", probeInput{"x"})
	if app.noCaller.Load() > 0 {
		t.Error("a call that was let through has no principal with a subject")
	}
}

// testIsolation runs two servers side by side.
func (p *pluginTest) testIsolation(t *testing.T) {
	_, a := p.serve(t, "a")
	_, b := p.serve(t, "b")
	var wg sync.WaitGroup
	for id, c := range map[string]*Client{"a": a, "b": b} {
		wg.Go(func() {
			for range 10 {
				r := c.call("probe_echo", probeInput{"x"})
				if !strings.Contains(string(r.StructuredContent), fmt.Sprintf("%q", id)) {
					t.Errorf("server %s answered %s %s", id, r.StructuredContent, r.Text())
				}
			}
		})
	}
	wg.Wait()
}

// testConcurrency: a plugin may refuse calls under load, but each is answered in the form of the protocol.
func (p *pluginTest) testConcurrency(t *testing.T) {
	_, c := p.serve(t, "a")
	var wg sync.WaitGroup
	var fine atomic.Int64
	for i := range concurrentCalls {
		wg.Go(func() {
			c := c.In([]Era{Legacy, Modern}[i%2])
			text := fmt.Sprintf("call %d", i)
			r := c.call("probe_echo", probeInput{text})
			switch {
			case r.Err == nil && !r.IsError:
				fine.Add(1)
				if !strings.Contains(string(r.StructuredContent), text) {
					t.Errorf("%s was answered %s", text, r.StructuredContent)
				}
			case r.Err != nil && r.Err.Status >= 500 && r.Err.Status != http.StatusServiceUnavailable:
				t.Errorf("%s broke the server: %v", text, r.Err)
			}
		})
	}
	wg.Wait()
	if fine.Load() == 0 {
		t.Errorf("none of %d calls at once succeeded", concurrentCalls)
	}
}

// testLifecycle starts and stops a server, twice, and looks for goroutines that stayed.
func (p *pluginTest) testLifecycle(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 2 {
		srv, err := xmcp.New((&probe{}).registry(p.create()), p.config)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), shutdownTimeout)
		if err := srv.Start(ctx); err != nil {
			t.Errorf("start: %v", err)
		}
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		cancel()
	}
	for deadline := time.Now().Add(shutdownTimeout); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after two servers have stopped:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// testRefusal sends requests without credentials to every method of the endpoint.
func (p *pluginTest) testRefusal(t *testing.T) {
	app := &probe{}
	srv, err := xmcp.New(app.registry(p.create()), p.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := srv.Shutdown(context.Background()); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	}()
	call := message{method: "tools/call", params: map[string]any{"name": "probe_echo", "arguments": probeInput{"x"}}}
	for _, tt := range []struct {
		name, method string
		m            message
		era          Era
		header       http.Header
	}{
		{"initialize", "POST", handshake(nil), Legacy, nil},
		{"a legacy call", "POST", call, Legacy, nil},
		{"a modern call", "POST", call, Modern, http.Header{"Mcp-Protocol-Version": {string(Modern)}, "Mcp-Method": {"tools/call"}, "Mcp-Name": {"probe_echo"}}},
		{"a call with empty credentials", "POST", call, Legacy, http.Header{"Authorization": {""}}},
		{"a call with foreign credentials", "POST", call, Legacy, http.Header{"Authorization": {"Bearer xmcptest-no-such-token"}}},
		{"a call of another scheme", "POST", call, Legacy, http.Header{"Authorization": {"Negotiate xmcptest"}}},
		{"a stream", "GET", message{}, Legacy, http.Header{"Accept": {"text/event-stream"}}},
		{"the end of a session", "DELETE", message{}, Legacy, http.Header{"Mcp-Session-Id": {"x"}}},
	} {
		content, err := tt.m.encode(tt.era, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		body := &watchedBody{Reader: strings.NewReader(string(content))}
		header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}}
		for name, values := range tt.header {
			header[name] = values
		}
		resp := roundTrip(t.Context(), srv.Handler(), tt.method, endpointURL(p.config), header, body)
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode < 400 {
			t.Errorf("%s without credentials was answered %s", tt.name, resp.Status)
		}
		if resp.StatusCode >= 500 && resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s without credentials was answered %s: the authenticator failed in place of refusing", tt.name, resp.Status)
		}
		if resp.StatusCode == http.StatusUnauthorized && resp.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s without credentials was answered 401 without WWW-Authenticate (RFC 9110 section 15.5.2)", tt.name)
		}
		if body.read.Load() {
			t.Errorf("%s: the body was read before the caller was known", tt.name)
		}
	}
	if n := app.viaHTTP.Load() + app.viaTool.Load() + app.handled.Load(); n > 0 {
		t.Errorf("requests without credentials reached the app %d times", n)
	}
}

// watchedBody notes that somebody read it.
type watchedBody struct {
	io.Reader
	read atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.Reader.Read(p)
}
