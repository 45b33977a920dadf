// Command gosdk serves the tool greet with go-sdk as its documentation advises, with input validation, stateless and with
// JSON answers.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xmcpgo/xmcpgo/bench/internal/side"
)

type input struct {
	Name string `json:"name" jsonschema:"Name of who is greeted."`
}

func main() {
	addr := flag.String("addr", "", "`host:port` to listen on")
	flag.Parse()
	s := mcp.NewServer(&mcp.Implementation{Name: "bench", Version: "1.0.0"}, nil)
	mcp.AddTool(s, &mcp.Tool{Name: "greet", Description: "Greets somebody."},
		func(_ context.Context, _ *mcp.CallToolRequest, in input) (*mcp.CallToolResult, any, error) {
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "Hello, " + in.Name + "!"}}}, nil, nil
		})
	h := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
	err := side.Serve()
	if err == nil {
		mux := http.NewServeMux()
		mux.Handle("/mcp", h)
		err = http.ListenAndServe(*addr, mux)
	}
	fmt.Fprintln(os.Stderr, "gosdk:", err)
	os.Exit(1)
}
