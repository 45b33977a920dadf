package xmcp

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

func TestSetupProblemsStopTheStartAndNameThePlugin(t *testing.T) {
	noop := func(*Host) error { return nil }
	auth := func(h *Host) error { h.Authenticate(AuthenticatorFunc(nil)); return nil }
	handle := func(pattern string) Plugin {
		return PluginFunc("routes", func(h *Host) error { h.Handle(pattern, http.NotFoundHandler()); return nil })
	}
	var missing *namedPlugin
	tests := []struct {
		name    string
		plugins []Plugin
		want    []string
	}{
		{"error", []Plugin{PluginFunc("audit", func(*Host) error { return errors.New("no disk") })}, []string{`plugin "audit": no disk`}},
		{"panic", []Plugin{PluginFunc("audit", func(*Host) error { panic("oh") })}, []string{`plugin "audit": setup panicked: oh`}},
		{"nil plugin", []Plugin{PluginFunc("a", noop), nil}, []string{"plugin 2 of the list is nil"}},
		{"nil pointer", []Plugin{missing}, []string{"plugin 1 of the list is nil"}},
		{"no name", []Plugin{PluginFunc("", noop)}, []string{"plugin 1 of the list", "has no name"}},
		{"same name", []Plugin{PluginFunc("a", noop), PluginFunc("a", noop)}, []string{`plugin "a" is in the list twice`}},
		{"two authenticators", []Plugin{PluginFunc("one", auth), PluginFunc("two", auth)}, []string{`plugin "two"`, `plugin "one" has installed it`}},
		{"nil middleware", []Plugin{PluginFunc("a", func(h *Host) error { h.UseHTTP(nil); h.UseTool(nil); return nil })}, []string{`plugin "a"`, "UseHTTP was given nil", "UseTool was given nil"}},
		{"nil hooks", []Plugin{PluginFunc("a", func(h *Host) error { h.OnStart(nil); h.OnShutdown(nil); return nil })}, []string{"OnStart was given nil", "OnShutdown was given nil"}},
		{"nil authenticator", []Plugin{PluginFunc("a", func(h *Host) error { h.Authenticate(nil); return nil })}, []string{"Authenticate was given nil"}},
		{"nil route", []Plugin{PluginFunc("a", func(h *Host) error { h.Handle("/x", nil); return nil })}, []string{"Handle was given nil"}},
		{"middleware that returns nil", []Plugin{PluginFunc("a", func(h *Host) error { h.UseHTTP(func(http.Handler) http.Handler { return nil }); return nil })}, []string{"nil handler"}},
		{"route on the endpoint", []Plugin{handle("POST /mcp")}, []string{`plugin "routes"`, "/mcp is the server's own"}},
		{"route on the endpoint of a host", []Plugin{handle("example.com/mcp")}, []string{"the server's own"}},
		{"route on a health check", []Plugin{handle("/healthz")}, []string{"/healthz is the server's own"}},
		{"malformed route", []Plugin{handle("GET  {")}, []string{`plugin "routes"`, "route"}},
		{"conflicting routes", []Plugin{handle("/a"), PluginFunc("more", func(h *Host) error { h.Handle("/a", http.NotFoundHandler()); return nil })}, []string{`plugin "more"`, `route "/a"`, "conflicts"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tryChainServer(Config{}, echo, tt.plugins...)
			if err == nil {
				t.Fatal("the server started")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is missing in: %v", part, err)
				}
			}
		})
	}
}

type namedPlugin struct{ name string }

func (p *namedPlugin) Name() string      { return p.name }
func (p *namedPlugin) Setup(*Host) error { return nil }

func TestPluginsBehindAFailedOneAreNotSetUp(t *testing.T) {
	ran := false
	_, err := tryChainServer(Config{}, echo,
		PluginFunc("bad", func(*Host) error { return errors.New("no") }),
		PluginFunc("next", func(*Host) error { ran = true; return nil }))
	if err == nil || ran {
		t.Errorf("error %v, next plugin set up: %v", err, ran)
	}
}

func TestHooksRunInOrderAndBackwards(t *testing.T) {
	var seen []string
	plugin := func(name string) Plugin {
		return PluginFunc(name, func(h *Host) error {
			h.OnStart(func(context.Context) error { seen = append(seen, "start "+name); return nil })
			h.OnShutdown(func(context.Context) error { seen = append(seen, "stop "+name); return nil })
			return nil
		})
	}
	s := newChainServer(t, Config{}, echo, plugin("a"), plugin("b"))
	if got := serve(s, request("POST", "http://localhost/mcp")).Code; got != 503 {
		t.Errorf("a request before Start: %d, want 503", got)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := serve(s, request("POST", "http://localhost/mcp")).Code; got != 200 {
		t.Errorf("a request after Start: %d", got)
	}
	if err := s.Start(t.Context()); err == nil {
		t.Error("a second Start succeeded")
	}
	for range 2 {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(seen, ", "), "start a, start b, stop b, stop a"; got != want {
		t.Errorf("hooks ran as %q, want %q", got, want)
	}
}

func TestHookFailures(t *testing.T) {
	s := newChainServer(t, Config{}, echo, PluginFunc("db", func(h *Host) error {
		h.OnStart(func(context.Context) error { return errors.New("unreachable") })
		h.OnShutdown(func(context.Context) error { panic("twice closed") })
		return nil
	}))
	if err := s.Start(t.Context()); err == nil || err.Error() != `plugin "db": start: unreachable` {
		t.Errorf("start: %v", err)
	}
	if err := s.Shutdown(t.Context()); err == nil || err.Error() != `plugin "db": shutdown: panic: twice closed` {
		t.Errorf("shutdown: %v", err)
	}
}

func TestShutdownHooksHaveTimeEvenWhenTheDrainUsedItUp(t *testing.T) {
	var hookErr error
	s := newChainServer(t, Config{}, echo, PluginFunc("db", func(h *Host) error {
		h.OnShutdown(func(ctx context.Context) error { hookErr = ctx.Err(); return nil })
		return nil
	}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx); err != nil || hookErr != nil {
		t.Errorf("shutdown %v, context of the hook %v", err, hookErr)
	}
}

func TestHostGivesACopyOfTheConfigWithoutTheKey(t *testing.T) {
	var got Config
	s := newChainServer(t, Config{Key: []byte("0123456789abcdef"), AllowedHosts: []string{"a.example"}}, echo,
		PluginFunc("p", func(h *Host) error { got = h.Config(); got.AllowedHosts[0] = "changed"; return nil }))
	if got.Key != nil || got.Endpoint != "/mcp" {
		t.Errorf("config = %+v", got)
	}
	if s.cfg.AllowedHosts[0] != "a.example" || s.cfg.Key == nil {
		t.Error("the plugin changed the server's configuration")
	}
}

func TestHostAfterSetupHasNoEffect(t *testing.T) {
	var log bytes.Buffer
	var kept *Host
	s := newChainServer(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, echo,
		PluginFunc("late", func(h *Host) error { kept = h; return nil }))
	kept.Handle("/late", echo)
	kept.Logger().Info("hello")
	if len(s.routes) != 0 {
		t.Error("the route was added")
	}
	if text := log.String(); !strings.Contains(text, "after Setup") || !strings.Contains(text, "msg=hello plugin=late") {
		t.Errorf("log = %s", text)
	}
}

func TestScopesWithoutAnAuthenticatorStopTheStart(t *testing.T) {
	r := NewRegistry()
	r.AddTool(ToolItem{Name: "save", Metadata: ToolMetadata{Scopes: []string{"notes"}}})
	r.AddPrompt(PromptItem{Name: "review", Metadata: PromptMetadata{Permissions: []string{"x"}}})
	identity := func(cfg Config, auth Authenticator) error {
		s := &Server{cfg: cfg, auth: auth}
		s.life.init(Config{}, r)
		return s.checkIdentity()
	}
	if err := identity(Config{}, nil); err == nil || !strings.Contains(err.Error(), "tool save (and 1 more) asks for scopes or permissions") {
		t.Errorf("over HTTP: %v", err)
	}
	if err := identity(Config{Stdio: true}, nil); err != nil {
		t.Errorf("on stdio: %v", err)
	}
	if err := identity(Config{}, AuthenticatorFunc(nil)); err != nil {
		t.Errorf("with an authenticator: %v", err)
	}
}
