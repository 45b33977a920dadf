package xmcp_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// A registry is written by the generator; by hand it looks like this. The handler of the server goes into any HTTP server.
func ExampleNew() {
	type input struct {
		Name string `json:"name"`
	}
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{
		Name:        "greet",
		Description: "Greets a person by name.",
		InputSchema: `{"type":"object","properties":{"name":{"type":"string","minLength":1}},"required":["name"],"additionalProperties":false}`,
		Handler: xmcp.HandleTool(func(_ context.Context, in input) (string, error) {
			return "Hello, " + in.Name + "!", nil
		}),
	})
	srv, err := xmcp.New(r, xmcp.Config{Name: "my-app", Version: "1.0.0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	web := httptest.NewServer(srv.Handler())
	defer web.Close()

	for _, arguments := range []string{`{"name":"Ada"}`, `{"nmae":"Ada"}`} {
		call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":` + arguments + `}}`
		resp, err := http.Post(web.URL+"/mcp", "application/json", strings.NewReader(call))
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
		fmt.Printf("%s\n", answer)
	}
	// Output:
	// {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Hello, Ada!"}]}}
	// {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"invalid arguments:\n- $: unknown property \"nmae\", did you mean \"name\"?\n- $: missing required property \"name\""}],"isError":true}}
}

// A plugin in a few lines: it lets nobody call the tools that delete.
func ExamplePluginFunc() {
	guard := xmcp.PluginFunc("no deletes", func(h *xmcp.Host) error {
		h.UseTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
			return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
				if call.Metadata.Destructive == xmcp.Yes {
					return nil, xmcp.UserError("%s is switched off", call.Name)
				}
				return next(ctx, call)
			}
		})
		return nil
	})
	fmt.Println(guard.Name())
	// Output: no deletes
}
