package xmcptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

type nameInput struct {
	Name string `json:"name"`
}

type point struct {
	X int `json:"x"`
	Y int `json:"y"`
}

const (
	nameSchema  = `{"type":"object","properties":{"name":{"type":"string","minLength":1}},"required":["name"],"additionalProperties":false}`
	emptySchema = `{"type":"object","additionalProperties":false}`
	pointSchema = `{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"required":["x","y"]}`
)

// sample is an app with an item of each kind.
func sample() *xmcp.Registry {
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "greet", Description: "Greets.", InputSchema: nameSchema,
		Handler: xmcp.HandleTool(func(_ context.Context, in nameInput) (string, error) { return "Hello, " + in.Name + "!", nil })})
	r.AddTool(xmcp.ToolItem{Name: "origin", Description: "Gives the origin.", InputSchema: emptySchema, OutputSchema: pointSchema,
		Handler: xmcp.HandleToolNoInput(func(context.Context) (point, error) { return point{1, 2}, nil })})
	r.AddTool(xmcp.ToolItem{Name: "primes", Description: "Lists primes.", InputSchema: emptySchema, OutputSchema: `{"type":"array","items":{"type":"integer"}}`,
		Handler: xmcp.HandleToolNoInput(func(context.Context) ([]int, error) { return []int{2, 3, 5}, nil })})
	r.AddTool(xmcp.ToolItem{Name: "fail", Description: "Fails.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return "", errors.New("out of paper") })})
	r.AddTool(xmcp.ToolItem{Name: "copy", Description: "Copies in two steps.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolBare(func(ctx context.Context) error {
			xmcp.Progress(ctx, 1, 2, "half")
			xmcp.Logger(ctx).Warn("slow disk", "disk", "sda")
			xmcp.Progress(ctx, 2, 2, "")
			return nil
		})})
	r.AddTool(xmcp.ToolItem{Name: "whoami", Description: "Names the caller.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			if p := xmcp.GetPrincipal(ctx); p != nil {
				return p.Subject, nil
			}
			return "nobody", nil
		})})
	r.AddPrompt(xmcp.PromptItem{Name: "review", Description: "Asks for a review.", Arguments: []xmcp.PromptArgument{{Name: "name", Required: true}}, InputSchema: nameSchema,
		Complete: func(_ context.Context, req xmcp.CompleteRequest) ([]string, error) {
			return []string{req.Argument + "=" + req.Value + req.Arguments["lang"]}, nil
		},
		Handler: xmcp.HandlePrompt(func(_ context.Context, in nameInput) (string, error) { return "Review " + in.Name, nil })})
	r.AddResource(xmcp.ResourceItem{Name: "motd", Description: "The message of the day.", Metadata: xmcp.ResourceMetadata{URI: "app://motd"},
		Handler: xmcp.HandleResourceNoInput(func(context.Context) (string, error) { return "Good morning", nil })})
	r.AddResource(xmcp.ResourceItem{Name: "user", Description: "A user.", Metadata: xmcp.ResourceMetadata{URI: "app://users/{name}"}, InputSchema: nameSchema,
		Complete: func(context.Context, xmcp.CompleteRequest) ([]string, error) { return []string{"ada", "bob"}, nil },
		Handler: xmcp.HandleResource(func(_ context.Context, in nameInput) (string, error) {
			if in.Name != "ada" {
				return "", fmt.Errorf("user %s: %w", in.Name, xmcp.ErrNotFound)
			}
			return "Ada", nil
		})})
	return r
}

func quiet() xmcptest.Option {
	return xmcptest.WithConfig(xmcp.Config{Logger: slog.New(slog.DiscardHandler)})
}

// Every kind of request works the same over both transports and in both eras.
func TestClient(t *testing.T) {
	for name, opts := range map[string][]xmcptest.Option{
		"http":   {quiet()},
		"stdio":  {quiet(), xmcptest.OverStdio()},
		"legacy": {quiet(), xmcptest.In(xmcptest.Legacy)},
		"modern": {quiet(), xmcptest.In(xmcptest.Modern)},
		"public": {xmcptest.WithConfig(xmcp.Config{Addr: "0.0.0.0:1", Endpoint: "/api/mcp", AllowedHosts: []string{"*.example.com"}, Logger: slog.New(slog.DiscardHandler)})},
	} {
		t.Run(name, func(t *testing.T) {
			c := xmcptest.New(t, sample(), opts...)
			if got := c.Call("greet", nameInput{"Ada"}).Text(); got != "Hello, Ada!" {
				t.Errorf("greet: %q", got)
			}
			var p point
			if c.Call("origin", nil).Structured(&p); p != (point{1, 2}) {
				t.Errorf("origin: %+v", p)
			}
			var primes []int
			if c.Call("primes", map[string]any{}).Structured(&primes); !cmp.Equal(primes, []int{2, 3, 5}) {
				t.Errorf("primes: %v", primes)
			}
			if got := c.CallFails("fail", nil); !got.IsError || got.Text() != "out of paper" {
				t.Errorf("fail: %+v", got)
			}
			if got := c.CallFails("greet", map[string]any{"nam": 1}); !got.IsError || !strings.Contains(got.Text(), "did you mean") {
				t.Errorf("greet with wrong arguments: %q", got.Text())
			}
			if got := c.CallFails("missing", nil); got.Err == nil || got.Err.Code != -32602 {
				t.Errorf("an unknown tool: %+v", got.Err)
			}
			if got := c.Prompt("review", map[string]string{"name": "main.go"}).Text(); got != "Review main.go" {
				t.Errorf("review: %q", got)
			}
			if got := c.PromptFails("review", nil); got.Code != -32602 {
				t.Errorf("review without its argument: %v", got)
			}
			if got := c.Read("app://motd").Text(); got != "Good morning" {
				t.Errorf("motd: %q", got)
			}
			if got := c.Read("app://users/ada").Text(); got != "Ada" {
				t.Errorf("user: %q", got)
			}
			if got := c.ReadFails("app://users/bob"); got.Code != -32602 && got.Code != -32002 {
				t.Errorf("missing user: %v", got)
			}
			if got := c.CompletePrompt("review", "name", "ma", map[string]string{"lang": "go"}); !cmp.Equal(got, []string{"name=mago"}) {
				t.Errorf("completion: %q", got)
			}
			if got := c.CompleteResource("app://users/{name}", "name", "", nil); !cmp.Equal(got, []string{"ada", "bob"}) {
				t.Errorf("completion: %q", got)
			}
		})
	}
}

func TestLists(t *testing.T) {
	c := xmcptest.New(t, sample(), quiet())
	var names []string
	for _, tool := range c.Tools() {
		names = append(names, tool.Name)
	}
	if diff := cmp.Diff([]string{"copy", "fail", "greet", "origin", "primes", "whoami"}, names); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
	if got := c.Tool("greet"); got.Description != "Greets." || string(got.InputSchema) != nameSchema {
		t.Errorf("greet: %+v", got)
	}
	if got := c.Prompts(); len(got) != 1 || got[0].Arguments[0].Name != "name" {
		t.Errorf("prompts: %+v", got)
	}
	if got := c.Resources(); len(got) != 1 || got[0].URI != "app://motd" {
		t.Errorf("resources: %+v", got)
	}
	if got := c.ResourceTemplates(); len(got) != 1 || got[0].URITemplate != "app://users/{name}" {
		t.Errorf("templates: %+v", got)
	}
}

func TestNotificationsAreCollected(t *testing.T) {
	for name, opt := range map[string]xmcptest.Option{"http": quiet(), "stdio": xmcptest.OverStdio()} {
		t.Run(name, func(t *testing.T) {
			both := xmcptest.New(t, sample(), opt)
			for _, era := range []xmcptest.Era{xmcptest.Legacy, xmcptest.Modern} {
				r := both.In(era).Call("copy", nil)
				if diff := cmp.Diff([]xmcptest.Progress{{1, 2, "half"}, {2, 2, ""}}, r.Progress()); diff != "" {
					t.Errorf("%s: progress (-want +got):\n%s", era, diff)
				}
				if logs := r.Logs(); len(logs) != 1 || logs[0].Level != "warning" || !strings.Contains(string(logs[0].Data), "slow disk") {
					t.Errorf("%s: logs %+v", era, logs)
				}
			}
		})
	}
}

func TestPrincipals(t *testing.T) {
	ann := &xmcp.Principal{Subject: "ann"}
	c := xmcptest.New(t, sample(), quiet(), xmcptest.As(ann))
	if got := c.Call("whoami", nil).Text(); got != "ann" {
		t.Errorf("whoami = %q", got)
	}
	if got := c.As(&xmcp.Principal{Subject: "bob"}).Call("whoami", nil).Text(); got != "bob" {
		t.Errorf("whoami = %q", got)
	}
	if got := c.As(nil).CallFails("whoami", nil); got.Err == nil || got.Err.Status != 401 {
		t.Errorf("nobody was let through: %+v", got)
	}
	if got := xmcptest.New(t, sample(), quiet()).Call("whoami", nil).Text(); got != "nobody" {
		t.Errorf("whoami without an authenticator = %q", got)
	}
}

// As takes the place of the app's authenticator, WithHeader asks it.
func TestTheAppsOwnAuthenticator(t *testing.T) {
	r := sample()
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{xmcp.PluginFunc("tokens", func(h *xmcp.Host) error {
			h.Authenticate(xmcp.AuthenticatorFunc(func(r *http.Request) (*xmcp.Principal, error) {
				if r.Header.Get("Authorization") != "Bearer good" {
					return nil, &xmcp.Challenge{}
				}
				return &xmcp.Principal{Subject: "by token"}, nil
			}))
			return nil
		})}
	})
	if got := xmcptest.New(t, r, quiet(), xmcptest.WithHeader("authorization", "Bearer good")).Call("whoami", nil).Text(); got != "by token" {
		t.Errorf("with a token: %q", got)
	}
	if got := xmcptest.New(t, r, quiet()).CallFails("whoami", nil); got.Err == nil || got.Err.Status != 401 {
		t.Errorf("without a token: %+v", got)
	}
	if got := xmcptest.New(t, r, quiet(), xmcptest.As(&xmcp.Principal{Subject: "stand-in"})).Call("whoami", nil).Text(); got != "stand-in" {
		t.Errorf("as a principal: %q", got)
	}
}

// Two registries with different stores live in one process.
func TestParallelServersShareNothing(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			r := sample()
			var calls atomic.Int64
			r.AddTool(xmcp.ToolItem{Name: "count", Description: "Counts.", InputSchema: emptySchema,
				Handler: xmcp.HandleToolNoInput(func(context.Context) (int, error) { return int(calls.Add(1)), nil }), OutputSchema: `{"type":"integer"}`})
			c := xmcptest.New(t, r, quiet()).In(xmcptest.Modern)
			for want := 1; want <= 20; want++ {
				var got int
				if c.Call("count", nil).Structured(&got); got != want {
					t.Fatalf("call %d counted %d", want, got)
				}
			}
		})
	}
}

func TestOneRegistryServesSeveralTests(t *testing.T) {
	r := sample()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			who := fmt.Sprintf("user %d", i)
			if got := xmcptest.New(t, r, quiet(), xmcptest.As(&xmcp.Principal{Subject: who})).Call("whoami", nil).Text(); got != who {
				t.Errorf("whoami = %q", got)
			}
		})
	}
}

// recorder is a test that notes its failure.
type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Fatalf(f string, a ...any) { r.failed = fmt.Sprintf(f, a...); panic(r) }
func (r *recorder) Errorf(f string, a ...any) { r.failed = fmt.Sprintf(f, a...) }

// failure runs f and returns how it failed its test.
func failure(t *testing.T, f func(t testing.TB)) (text string) {
	t.Helper()
	r := &recorder{TB: t}
	defer func() {
		if v := recover(); v != nil && v != any(r) {
			panic(v)
		}
		text = r.failed
	}()
	f(r)
	return ""
}

func TestFailuresSayWhy(t *testing.T) {
	counter := sample()
	var calls atomic.Int64
	counter.AddTool(xmcp.ToolItem{Name: "count", Description: "Counts.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return fmt.Sprint(calls.Add(1)), nil })})
	guarded := sample()
	guarded.AddTool(xmcp.ToolItem{Name: "guarded", Description: "Guarded.", InputSchema: emptySchema, Metadata: xmcp.ToolMetadata{Scopes: []string{"x"}},
		Handler: xmcp.HandleToolBare(func(context.Context) error { return nil })})
	c := xmcptest.New(t, counter, quiet())
	for _, tt := range []struct {
		name string
		f    func(testing.TB)
		want string
	}{
		{"tool error", func(t testing.TB) { c.With(t).Call("fail", nil) }, "tool fail failed: out of paper"},
		{"refusal", func(t testing.TB) { c.With(t).Call("missing", nil) }, "tool missing was refused: "},
		{"no failure", func(t testing.TB) { c.With(t).CallFails("greet", nameInput{"Ada"}) }, "tool greet did not fail but answered: Hello, Ada!"},
		{"eras differ", func(t testing.TB) { c.With(t).Call("count", nil) }, "the eras were answered differently"},
		{"no structured content", func(t testing.TB) { c.With(t).Call("greet", nameInput{"Ada"}).Structured(new(point)) }, "tool greet returned no structured content"},
		{"wrong structure", func(t testing.TB) { c.With(t).Call("origin", nil).Structured(new(nameInput)) }, "tool origin: structured content"},
		{"no such tool", func(t testing.TB) { c.With(t).Tool("missing") }, "there is no tool missing among copy, count, fail"},
		{"prompt", func(t testing.TB) { c.With(t).Prompt("missing", nil) }, "prompt missing failed: "},
		{"resource", func(t testing.TB) { c.With(t).Read("app://nothing") }, "resource app://nothing failed: "},
		{"nobody to name", func(t testing.TB) { c.With(t).As(&xmcp.Principal{}) }, "New was not given the option As"},
		{"server", func(t testing.TB) { xmcptest.New(t, guarded) }, "the server does not start: tool guarded asks for scopes"},
		{"principal on stdio", func(t testing.TB) { xmcptest.New(t, sample(), xmcptest.OverStdio(), xmcptest.As(nil)) }, "knows neither principals nor headers"},
		{"era", func(t testing.TB) { xmcptest.New(t, guarded, xmcptest.In("2020")) }, `unknown era "2020"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := failure(t, tt.f); !strings.Contains(got, tt.want) {
				t.Errorf("the test failed with %q, want %q", got, tt.want)
			}
		})
	}
}

// What a handler prints is not read as a message: the streams of a stdio test are pipes, not the process's own.
func TestStdioDoesNotTouchTheProcess(t *testing.T) {
	before := os.Stdout
	r := sample()
	r.AddTool(xmcp.ToolItem{Name: "stdout", Description: "Tells whether standard output is the test's.", InputSchema: emptySchema,
		Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) {
			_, _ = io.WriteString(io.Discard, "noise")
			return fmt.Sprint(os.Stdout == before), nil
		})})
	if got := xmcptest.New(t, r, xmcptest.OverStdio()).Call("stdout", nil).Text(); got != "true" {
		t.Error("a stdio test redirected standard output")
	}
}
