package devpage

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/plugins/apikey"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// app is one in development, with the page and the stand-in beside it. Its tools are one for each thing that a page must show.
type app struct {
	url, standIn string // the page, and where people sign in
	server       *xmcp.Server
	signsIn      bool
	release      chan struct{} // lets a step of walk be done
	walks        atomic.Int32  // that go on
	mu           sync.Mutex
	notes        map[string][]string
	problems     atomic.Pointer[[]string]
	build        atomic.Int32
}

// door is how people come in.
type door int

const (
	open door = iota
	signIn
	byKey
)

const theKey = "0123456789abcdefghijkl"

// newApp serves one.
func newApp(t *testing.T, in door) *app {
	t.Helper()
	a := &app{signsIn: in == signIn, release: make(chan struct{}), notes: map[string][]string{}}
	a.build.Store(1)
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	a.url = web.URL + Path
	r := xmcp.NewRegistry()
	a.register(r)
	switch in {
	case byKey:
		r.Use(func() []xmcp.Plugin {
			return []xmcp.Plugin{apikey.New(apikey.Config{Keys: map[string]apikey.Key{"ann": {Secret: theKey}}})}
		})
	case signIn:
		environment := a.environment(t, web.URL+"/mcp")
		r.Use(func() []xmcp.Plugin {
			return []xmcp.Plugin{scalekit.New(scalekit.Config{
				EnvironmentURL: environment["SCALEKIT_ENVIRONMENT_URL"], ResourceID: environment["SCALEKIT_RESOURCE_ID"],
				BaseURL: web.URL, Scopes: []string{"notes"},
			})}
		})
	}
	var err error
	a.server, err = xmcp.New(r, xmcp.Config{
		Name: "notebook", Instructions: "Keep notes short.", BaseURL: web.URL, Addr: strings.TrimPrefix(web.URL, "http://"),
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // before the listener waits for streams
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = a.server.Shutdown(ctx)
	})
	mux := http.NewServeMux()
	mux.Handle("/", overhear.Handler(t, "/mcp", a.server.Handler()))
	mux.Handle(Path, Handler(Info{Name: "notebook", Endpoint: "/mcp", App: a.server.Handler(), Status: func() Status {
		s := Status{Build: int(a.build.Load()), Serving: true, SignIn: a.standIn}
		if p := a.problems.Load(); p != nil {
			s.Problems = *p
		}
		return s
	}}))
	mux.HandleFunc("POST /test/release", func(http.ResponseWriter, *http.Request) {
		for a.walks.Load() > 1 { // a call that was cancelled has not heard of it yet, and would take the step
			time.Sleep(time.Millisecond)
		}
		a.release <- struct{}{}
	})
	mux.HandleFunc("POST /test/break", func(http.ResponseWriter, *http.Request) {
		a.problems.Store(&[]string{"src/tools/save_note.go:12:3: undefined: <b>stoer</b>"})
	})
	mux.HandleFunc("POST /test/mend", func(http.ResponseWriter, *http.Request) {
		a.problems.Store(nil)
		late := xmcp.ToolItem{Name: "late", Description: "Came with the newest build.", Handler: xmcp.HandleToolBare(func(context.Context) error { return nil })}
		if err := a.server.Update(xmcp.Change{AddTools: []xmcp.ToolItem{late}}); err != nil {
			t.Error(err)
		}
		a.build.Add(1)
	})
	handler = mux
	return a
}

func (a *app) environment(t *testing.T, endpoint string) map[string]string {
	t.Helper()
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	a.standIn = web.URL
	standIn, err := scalekitdev.New(scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{URL: endpoint, Scopes: []string{"notes", "export"}}})
	if err != nil {
		t.Fatal(err)
	}
	handler = standIn.Handler()
	return standIn.Environment()
}

// owner keys notes by who calls.
func owner(ctx context.Context) string {
	p := xmcp.GetPrincipal(ctx)
	if p == nil {
		return ""
	}
	return p.Organization + "/" + p.Subject
}

type note struct {
	Text string `json:"text"`
}

type sureness struct {
	Sure   bool     `json:"sure"`
	Reason string   `json:"reason,omitempty" jsonschema:"maxLength=80"`
	Kinds  []string `json:"kinds,omitempty" jsonschema:"enum=short,enum=long"`
}

func (a *app) register(r *xmcp.Registry) {
	a.registerNotes(r)
	r.AddTool(xmcp.ToolItem{
		Name: "walk", Description: "Goes three steps, each when it is told to.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			a.walks.Add(1)
			defer a.walks.Add(-1)
			for i := range 3 {
				xmcp.Progress(ctx, float64(i), 3, "step "+strconv.Itoa(i+1))
				xmcp.Logger(ctx).Info("walking", "step", i+1)
				select {
				case <-a.release:
				case <-ctx.Done():
					return "", ctx.Err()
				}
			}
			return "There.", nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "echo", Description: "Returns its arguments.",
		InputSchema: `{"type":"object","required":["flag","place","big"],"additionalProperties":false,"properties":{
			"flag":{"type":"boolean"},
			"maybe":{"type":"boolean"},
			"big":{"type":"integer","description":"A number with many digits."},
			"color":{"type":"string","enum":["red","green"],"default":"red"},
			"tags":{"type":"array","items":{"type":"string","maxLength":10},"maxItems":3},
			"kinds":{"type":"array","items":{"enum":["a","b","c"]}},
			"place":{"$ref":"#/$defs/Place"},
			"extra":{"type":"object","additionalProperties":{"type":"number"}},
			"region":{"type":"string","maxLength":20,"x-mcp-header":"Region"}},
			"$defs":{"Place":{"type":"object","required":["name"],"additionalProperties":false,"properties":{
				"name":{"type":"string","maxLength":50},"inside":{"$ref":"#/$defs/Place"}}}}}`,
		OutputSchema: `{"type":"object"}`,
		Handler: xmcp.HandleTool(func(_ context.Context, in map[string]json.RawMessage) (map[string]json.RawMessage, error) {
			return in, nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "picture", Description: "Returns a picture, a sound, a link and markup.",
		Handler: xmcp.HandleToolNoInput(func(context.Context) (*xmcp.Result, error) {
			return &xmcp.Result{Content: []xmcp.Content{
				xmcp.Image([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"), "image/png"),
				xmcp.Link("app://about", "about", "", "text/markdown"),
				xmcp.Text("<img src=x onerror=alert(1)><script>alert(2)</script>"),
			}}, nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "title", Description: "Asks the model for a title.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			answer, err := xmcp.Sample(ctx, "title", xmcp.SampleRequest{
				Messages: []xmcp.SampleMessage{{Role: xmcp.RoleUser, Content: xmcp.Text("A title, please.")}}, MaxTokens: 20,
			})
			if err != nil {
				return "", err
			}
			return "Title: " + answer.Text(), nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "visit", Description: "Asks the person to open a page, and then one that no page is.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			if err := xmcp.ElicitURL(ctx, "page", "Please look.", "https://example.com/look"); err != nil {
				return "", err
			}
			if err := xmcp.ElicitURL(ctx, "odd", "And here.", "mailto:someone@example.com"); err != nil {
				return "", err
			}
			return "Thank you.", nil
		}),
	})
	r.AddPrompt(xmcp.PromptItem{
		Name: "review", Description: "Asks for a review.", Arguments: []xmcp.PromptArgument{{Name: "style", Description: "How to write it.", Required: true}},
		InputSchema: `{"type":"object","properties":{"style":{"type":"string"}},"required":["style"],"additionalProperties":false}`,
		Complete: func(_ context.Context, req xmcp.CompleteRequest) ([]string, error) {
			return slices.DeleteFunc([]string{"terse", "thorough"}, func(s string) bool { return !strings.HasPrefix(s, req.Value) }), nil
		},
		Handler: xmcp.HandlePrompt(func(_ context.Context, in struct {
			Style string `json:"style"`
		}) (string, error) {
			return "Review this in a " + in.Style + " way.", nil
		}),
	})
	r.AddResource(xmcp.ResourceItem{
		Name: "about", Description: "What this is.", Metadata: xmcp.ResourceMetadata{URI: "app://about", MIMEType: "text/markdown"},
		Handler: xmcp.HandleResourceNoInput(func(context.Context) (string, error) { return "# About\n", nil }),
	})
	r.AddResource(xmcp.ResourceItem{
		Name: "user", Description: "A user.", Metadata: xmcp.ResourceMetadata{URI: "app://users/{id}"},
		InputSchema: `{"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}`,
		Handler: xmcp.HandleResource(func(_ context.Context, in struct {
			ID string `json:"id"`
		}) (map[string]string, error) {
			return map[string]string{"id": in.ID}, nil
		}),
	})
}

// permission is asked for where somebody can have it.
func (a *app) permission(name string) []string {
	if !a.signsIn {
		return nil
	}
	return []string{name}
}

func (a *app) registerNotes(r *xmcp.Registry) {
	r.AddTool(xmcp.ToolItem{
		Name: "save_note", Description: "Saves a note for whoever is signed in.", Metadata: xmcp.ToolMetadata{Title: "Save a note", Permissions: a.permission("notes:write")},
		InputSchema: `{"type":"object","properties":{"text":{"type":"string","minLength":1,"maxLength":2000,"description":"Text of the note."}},"required":["text"],"additionalProperties":false}`,
		Handler: xmcp.HandleTool(func(ctx context.Context, in note) (string, error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.notes[owner(ctx)] = append(a.notes[owner(ctx)], in.Text)
			return "Saved.", nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "list_notes", Description: "Lists the notes of whoever is signed in.", Metadata: xmcp.ToolMetadata{ReadOnly: xmcp.Yes, Permissions: a.permission("notes:read")},
		OutputSchema: `{"type":"array","items":{"type":"string"}}`,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) ([]string, error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			return slices.Clone(append([]string{}, a.notes[owner(ctx)]...)), nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "clear_notes", Description: "Deletes all notes, after asking.", Metadata: xmcp.ToolMetadata{Destructive: xmcp.Yes},
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			answer, err := xmcp.Elicit[sureness](ctx, "sure", "Delete all notes?")
			if err != nil {
				return "", err
			}
			if !answer.Sure {
				return "Nothing was deleted.", nil
			}
			a.mu.Lock()
			defer a.mu.Unlock()
			delete(a.notes, owner(ctx))
			return "Deleted, because " + answer.Reason + ": " + strings.Join(answer.Kinds, " and ") + ".", nil
		}),
	})
	if !a.signsIn {
		return
	}
	r.AddTool(xmcp.ToolItem{
		Name: "export", Description: "Needs a scope that nobody asks for at first.", Metadata: xmcp.ToolMetadata{Scopes: []string{"export"}},
		Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return "Exported.", nil }),
	})
}
