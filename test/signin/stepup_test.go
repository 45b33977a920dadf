package signin

import (
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestStepUp: a tool that takes a scope which nobody was asked for. The client learns from the answer which one that is; the
// person agrees to it, and the call succeeds. Some clients ask in the midst of the call, others say what is to be done.
func TestStepUp(t *testing.T) {
	const person = "usr_alice@org_globex"
	b := browser.Start(t)
	for name, c := range clients(t) {
		if c.stuck {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, nil)
			h := newHome(t)
			c.signIn(h, b, p.Endpoint, person)
			if c.more == nil {
				ended, asked := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(asked)
					select {
					case page := <-h.pages:
						answer(t, b, page, person)
					case <-ended:
						t.Error("nobody was asked")
					}
				}()
				defer func() { <-asked }()
				defer close(ended)
			} else {
				if out := c.call(h, p.Endpoint, "write"); !strings.Contains(out, c.lacks) {
					t.Errorf("without the scope: %s", out)
				}
				c.more(h, b, person)
			}
			if out := c.call(h, p.Endpoint, "write"); !strings.Contains(out, "usr_alice") || !strings.Contains(out, "notes:write") {
				t.Errorf("with the scope: %s", out)
			}
		})
	}
}
