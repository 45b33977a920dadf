package xmcp_test

import (
	"context"
	"errors"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// A handler goes on without an answer that the client cannot give, in both eras over both transports.
func TestHandlersGoOnWithoutWhatIsNotSupported(t *testing.T) {
	r := xmcp.NewRegistry()
	for name, ask := range map[string]func(ctx context.Context) error{
		"form": func(ctx context.Context) error { _, err := xmcp.Elicit[order](ctx, "q", "?"); return err },
		"page": func(ctx context.Context) error { return xmcp.ElicitURL(ctx, "q", "?", "https://example.com") },
		"model": func(ctx context.Context) error {
			_, err := xmcp.Sample(ctx, "q", xmcp.SampleRequest{MaxTokens: 1})
			return err
		},
		"model_with_tools": func(ctx context.Context) error {
			_, err := xmcp.Sample(ctx, "q", xmcp.SampleRequest{MaxTokens: 1, Tools: []mcp.Tool{{Name: "t"}}})
			return err
		},
		"roots": func(ctx context.Context) error { _, err := xmcp.Roots(ctx, "q"); return err },
	} {
		r.AddTool(xmcp.ToolItem{Name: name, Description: "Asks.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			if err := ask(ctx); !errors.Is(err, xmcp.ErrNotSupported) || errors.Is(err, xmcp.ErrInputRequired) {
				return "", err
			}
			return "without", nil
		})})
	}
	for transport, opts := range map[string][]xmcptest.Option{"http": nil, "stdio": {xmcptest.OverStdio()}} {
		t.Run(transport, func(t *testing.T) {
			c := xmcptest.New(t, r, append(opts, quietly())...)
			for _, tool := range []string{"form", "page", "model", "model_with_tools", "roots"} {
				if got := c.Call(tool, nil).Text(); got != "without" {
					t.Errorf("%s: got %q", tool, got)
				}
			}
		})
	}
}
