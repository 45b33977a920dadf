package signin

import (
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestRefresh: a client whose token has ended gets a new one by itself, in the same sign-in, and nobody is asked.
func TestRefresh(t *testing.T) {
	b := browser.Start(t)
	const lifetime = 8 * time.Second // what a program does with one token takes less, also on a busy machine
	for name, c := range clients(t) {
		if c.onRefusal {
			continue // which is after the server's leeway, longer than a test should last
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, func(c *scalekitdev.Config) { c.TokenLifetime = lifetime })
			h := newHome(t)
			c.signIn(h, b, p.Endpoint, "usr_alice@org_globex")
			if out := c.call(h, p.Endpoint, "whoami"); !strings.Contains(out, "usr_alice") {
				t.Errorf("whoami: %s", out)
			}
			time.Sleep(lifetime)
			if out := c.call(h, p.Endpoint, "whoami"); !strings.Contains(out, "usr_alice") {
				t.Errorf("whoami, later: %s", out)
			}
			if len(h.pages) > 0 {
				t.Errorf("it opens %s", <-h.pages)
			}
			if signIns, tokens := p.Count(); signIns != 1 || tokens < 2 {
				t.Errorf("%d sign-ins and %d tokens, want one and several", signIns, tokens)
			}
		})
	}
}
