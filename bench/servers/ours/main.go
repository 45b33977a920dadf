// Command ours is an app as a user has it, with a port beside it for the harness to look in.
package main

import (
	"fmt"
	"os"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/bench/internal/side"
	"github.com/xmcpgo/xmcpgo/bench/servers/ours/src"
)

//go:generate go tool xmcpgo-generate

func main() {
	if err := side.Serve(); err != nil {
		fmt.Fprintln(os.Stderr, "ours:", err)
		os.Exit(1)
	}
	xmcp.Main(src.Registry(), xmcp.Config{Name: "bench", Version: "1.0.0"})
}
