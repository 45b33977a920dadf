// Command hello is an MCP server that shows each thing a server can offer: one file below src is one of them.
package main

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/hello/internal/notes"
	"github.com/xmcpgo/xmcpgo/examples/hello/src"
	"github.com/xmcpgo/xmcpgo/examples/hello/src/resources"
	"github.com/xmcpgo/xmcpgo/examples/hello/src/tools"
)

//go:generate go tool xmcpgo-generate

func main() {
	xmcp.Main(registry(notes.NewMemory()), xmcp.Config{Name: "hello"})
}

// registry serves the notes of one store, so that each test has its own.
func registry(store *notes.Memory) *xmcp.Registry {
	return src.Registry(resources.NewNotebook(store), tools.NewNotes(store))
}
