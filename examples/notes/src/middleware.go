// Package src is the server: its tools, prompts and resources are in the folders below, its plugins here.
package src

import (
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugins puts Scalekit sign-in in front of everything. .env.example names the variables that it reads.
func Plugins() []xmcp.Plugin {
	return []xmcp.Plugin{scalekit.FromEnv()}
}
