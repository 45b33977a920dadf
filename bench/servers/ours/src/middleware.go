// Package src is what the measured app serves.
package src

import (
	"os"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugins protects the app when the harness names an environment of Scalekit, which it plays itself.
func Plugins() []xmcp.Plugin {
	environment := os.Getenv("BENCH_SCALEKIT")
	if environment == "" {
		return nil
	}
	return []xmcp.Plugin{scalekit.New(scalekit.Config{EnvironmentURL: environment, ResourceID: "res_bench"})}
}
