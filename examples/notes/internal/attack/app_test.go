package attack

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
	"github.com/xmcpgo/xmcpgo/examples/notes/src"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/prompts"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/resources"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/tools"
)

// app is the notes app, served over HTTP, with some tools more.
type app struct {
	url        string // without the endpoint
	addr       string
	env        *environment
	log, audit *buffer
}

// start runs the app as it is until the test ends.
func start(t *testing.T, env *environment) *app {
	t.Helper()
	return startWith(t, env, nil)
}

// startWith runs it with a plugin in place of its own, if one is given.
func startWith(t *testing.T, env *environment, plugin func(url string) xmcp.Plugin) *app {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{url: "http://" + l.Addr().String(), addr: l.Addr().String(), env: env, log: &buffer{}, audit: &buffer{}}
	env.serve(t, a.url+"/mcp")
	for name, value := range env.standIn.Environment() {
		t.Setenv(name, value)
	}
	t.Setenv(notes.EnvURL, "sqlite:"+filepath.Join(t.TempDir(), "notes.db"))
	database := &notes.Database{}
	var r *xmcp.Registry
	if plugin == nil {
		r = src.Registry(&prompts.Notes{Store: database}, &resources.Notes{Store: database}, &tools.Notes{Store: database})
	} else {
		r = xmcp.NewRegistry()
		tools.RegisterXMCP(r, &tools.Notes{Store: database})
		r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{plugin(a.url)} })
	}
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{database.Plugin()} })
	addTools(r)
	server, err := xmcp.New(r, xmcp.Config{Name: "notes", BaseURL: a.url,
		Logger: slog.New(slog.NewTextHandler(a.log, nil)), Audit: slog.New(slog.NewJSONHandler(a.audit, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	a.ready(t)
	return a
}

// ready waits until the server has started.
func (a *app) ready(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(a.url + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatal("the server is not ready")
}

// addTools adds what the app has no use for: a tool with scopes, one that asks its client, one whose events are resumed, and one for
// people only.
func addTools(r *xmcp.Registry) {
	r.AddTool(xmcp.ToolItem{
		Name: "export", Description: "Exports.", Metadata: xmcp.ToolMetadata{Scopes: []string{"notes:export", "files"}},
		Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return "Exported.", nil }),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "ask", Description: "Asks.", InputSchema: `{"type":"object","properties":{"about":{"type":"string"}}}`,
		Handler: xmcp.HandleTool(func(ctx context.Context, _ struct {
			About string `json:"about,omitempty"`
		}) (string, error) {
			type form struct {
				Name string `json:"name"`
			}
			answer, err := xmcp.Elicit[form](ctx, "who", "Who are you?")
			if err != nil {
				return "", err
			}
			return "Hello, " + answer.Name + ".", nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "parts", Description: "Lets go of the connection in the midst of its work.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			xmcp.Progress(ctx, 1, 2, "begun")
			xmcp.CloseStream(ctx, time.Millisecond)
			return "The rest.", nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "profile", Description: "Shows the person.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			user, err := scalekit.GetUser(ctx)
			if err != nil {
				return "", err
			}
			return user.Email, nil
		}),
	})
}

// buffer keeps what is logged, and passes it on to the output of the tests, where secrets are looked for.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Write(p)
	return os.Stderr.Write(p)
}

// take returns what has been logged since the last call.
func (b *buffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.buf.Reset()
	return b.buf.String()
}

// record is what the tests ask of an audit record.
type record struct {
	Msg, Outcome, Subject, Organization, Tool, Reason string
	Status                                            int
}

// records returns the audit records since the last call.
func (a *app) records(t *testing.T) []record {
	t.Helper()
	var list []record
	for line := range strings.Lines(a.audit.take()) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, r)
	}
	return list
}
