package signin

import (
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestMCPRemote: mcp-remote signs in for programs that know nothing but stdio, and keeps the sign-in for the next start.
func TestMCPRemote(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	p := protected.Open(t, nil)
	h := newHome(t)
	for i := range 2 {
		c := h.converse(program.Node(t), program.Script(t, "mcp-remote", "dist", "proxy.js"), p.Endpoint)
		if i == 0 {
			h.signIn(b, c.process, "usr_alice@org_acme")
		}
		c.initialize()
		if got := c.call("tools/call", `{"name":"whoami","arguments":{}}`); !strings.Contains(got, `"user":"usr_alice"`) || !strings.Contains(got, `"organization":"org_acme"`) {
			t.Errorf("whoami: %s", got)
		}
		c.close()
	}
	if len(h.pages) > 0 {
		t.Errorf("the second start opens %s", <-h.pages)
	}
	p.Heard(t, "usr_alice@org_acme", "dcr_")
}
