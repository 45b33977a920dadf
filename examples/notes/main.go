// Command notes is an MCP server behind Scalekit sign-in. Each person keeps notes of their own, apart in each organization they
// belong to.
package main

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
	"github.com/xmcpgo/xmcpgo/examples/notes/src"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/prompts"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/resources"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/tools"
)

//go:generate go tool xmcpgo-generate

func main() {
	database := &notes.Database{}
	r := registry(database)
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{database.Plugin()} }) // opens it at the start, closes it at the end
	xmcp.Main(r, xmcp.Config{Name: "notes"})
}

// registry serves the notes of one store, so that each test has its own.
func registry(store notes.Store) *xmcp.Registry {
	return src.Registry(&prompts.Notes{Store: store}, &resources.Notes{Store: store}, &tools.Notes{Store: store})
}
