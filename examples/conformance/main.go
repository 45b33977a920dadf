// Command conformance is the MCP server that the official conformance suite examines: each file below src is one of the
// tools, prompts and resources that the suite asks for.
package main

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/src"
)

//go:generate go tool xmcpgo-generate

func main() {
	xmcp.Main(src.Registry(), xmcp.Config{Name: "conformance"})
}
