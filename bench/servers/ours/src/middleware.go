// Package src is what the measured app serves.
package src

import (
	"os"

	"github.com/xmcpgo/xmcpgo/plugins/oauth"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugins protects the app when the harness names an issuer.
func Plugins() []xmcp.Plugin {
	issuer := os.Getenv("BENCH_ISSUER")
	if issuer == "" {
		return nil
	}
	return []xmcp.Plugin{oauth.New(oauth.Config{Issuer: issuer, JWKSURL: issuer + "/keys", Audiences: []string{"bench"}})}
}
