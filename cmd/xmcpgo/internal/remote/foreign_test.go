package remote

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// A server that shares no code with this client is listed and called.
func TestForeignServer(t *testing.T) {
	foreign := server.NewMCPServer("foreign", "4.5.6", server.WithToolCapabilities(true))
	foreign.AddTool(mcp.NewTool("greet", mcp.WithDescription("Greets."), mcp.WithString("name", mcp.Required())),
		func(_ context.Context, req mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			name, err := req.RequireString("name")
			if err != nil {
				return mcp.NewToolResultError(err.Error()), nil
			}
			return mcp.NewToolResultText("Hello, " + name + "!"), nil
		})
	web := httptest.NewServer(server.NewStreamableHTTPServer(foreign))
	defer web.Close()
	for name, legacy := range map[string]bool{"as it likes": false, "by initialize": true} {
		t.Run(name, func(t *testing.T) {
			c, err := HTTP(web.URL+"/mcp", "9", web.Client())
			if err != nil {
				t.Fatal(err)
			}
			if legacy {
				err = c.initialize(t.Context())
			} else {
				err = c.Open(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Server.Name != "foreign" || c.Server.Version != "4.5.6" {
				t.Errorf("server %+v", c.Server)
			}
			tools, err := c.Tools(t.Context())
			i := slices.IndexFunc(tools, func(t Tool) bool { return t.Name == "greet" })
			if err != nil || i < 0 {
				t.Fatalf("tools %v: %v", tools, err)
			}
			r, err := c.Call(t.Context(), &tools[i], map[string]any{"name": "Ada"})
			if err != nil || r.IsError || len(r.Content) != 1 || r.Content[0].Text != "Hello, Ada!" {
				t.Errorf("greet: %+v (%v)", r, err)
			}
			if r, err := c.Call(t.Context(), &tools[i], nil); err == nil && !r.IsError {
				t.Errorf("greet without a name: %+v", r)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
