package deploy

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// publicHost is the name in the files.
const publicHost = "mcp.example.com"

// app is a server behind a proxy, whose tools wait for the test: what a client has seen before the test lets go cannot have come
// with the end of the answer.
type app struct {
	server  *xmcp.Server
	web     *httptest.Server
	release chan struct{} // lets one call of step end
	gone    chan struct{} // gets one element for each call whose client went away
}

type sizeInput struct {
	Text string `json:"text"`
}

type confirmation struct {
	Sure bool `json:"sure"`
}

func newApp(t *testing.T) *app {
	t.Helper()
	a := &app{release: make(chan struct{}), gone: make(chan struct{}, 1)}
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{
		Name: "step", Description: "Tells of its progress, and ends when the test lets it.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			xmcp.Progress(ctx, 1, 2, "half way")
			select {
			case <-a.release:
				return "done", nil
			case <-ctx.Done():
				a.gone <- struct{}{}
				return "", ctx.Err()
			}
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "size", Description: "Counts the bytes of a text.",
		InputSchema: `{"type":"object","properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}`,
		Handler: xmcp.HandleTool(func(_ context.Context, in sizeInput) (*xmcp.Result, error) {
			return &xmcp.Result{Content: []xmcp.Content{xmcp.Text(in.Text[max(0, len(in.Text)-9):])}}, nil
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "ask", Description: "Asks whether the person is sure.",
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			answer, err := xmcp.Elicit[confirmation](ctx, "sure", "Sure?")
			if err != nil || !answer.Sure {
				return "", err
			}
			return "sure", nil
		}),
	})
	var err error
	a.server, err = xmcp.New(r, xmcp.Config{
		Name: "behind-a-proxy", BaseURL: "https://" + publicHost, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	a.web = httptest.NewServer(overhear.Handler(t, "/mcp", a.server.Handler()))
	t.Cleanup(a.web.Close)
	t.Cleanup(func() { // streams end before the listener waits for them
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = a.server.Shutdown(ctx)
	})
	return a
}

func (a *app) address() string { return strings.TrimPrefix(a.web.URL, "http://") }
