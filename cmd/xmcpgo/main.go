// Command xmcpgo makes MCP servers out of Go files.
//
//	xmcpgo create my-app      # a new app: tools, prompts, resources, a test
//	cd my-app
//	go generate ./...         # runs xmcpgo generate: the registry and its JSON schemas
//	go run .                  # serves http://127.0.0.1:3001/mcp
//
// An app adds a tool by adding a file to src/tools and generating again. In an app the command is pinned by the tool line of
// its go.mod and runs as "go tool xmcpgo".
//
// Commands write what they were asked for to stdout and everything else to stderr. They exit with 0 when all is well, 1 when
// the app has errors or its generated files are stale, and 2 when they could not do their work: wrong usage, no module, a file
// that cannot be written.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
