// Command mcpgo serves the tool greet with mcp-go as its documentation advises, with input validation, stateless.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"github.com/xmcpgo/xmcpgo/bench/internal/side"
)

type input struct {
	Name string `json:"name"`
}

func main() {
	addr := flag.String("addr", "", "`host:port` to listen on")
	flag.Parse()
	s := server.NewMCPServer("bench", "1.0.0",
		server.WithToolCapabilities(false), server.WithRecovery(),
		server.WithStrictInputSchemaDefault(), server.WithInputSchemaValidation())
	s.AddTool(
		mcp.NewTool("greet", mcp.WithDescription("Greets somebody."),
			mcp.WithString("name", mcp.Required(), mcp.MinLength(1), mcp.MaxLength(100), mcp.Description("Name of who is greeted."))),
		mcp.NewTypedToolHandler(func(_ context.Context, _ mcp.CallToolRequest, in input) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText("Hello, " + in.Name + "!"), nil
		}))
	err := side.Serve()
	if err == nil {
		err = server.NewStreamableHTTPServer(s, server.WithStateLess(true)).Start(*addr)
	}
	fmt.Fprintln(os.Stderr, "mcpgo:", err)
	os.Exit(1)
}
