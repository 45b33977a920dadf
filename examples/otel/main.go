// Command otel is an MCP server whose tool calls are spans of OpenTelemetry.
package main

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/otel/src"
)

//go:generate go tool xmcpgo-generate

func main() {
	xmcp.Main(src.Registry(), xmcp.Config{Name: "otel"})
}
