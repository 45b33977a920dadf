package signin

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
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
	for name, c := range clients(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Tokens that end soon are renewed before each call by some.
			p := protected.Open(t, func(c *scalekitdev.Config) { c.TokenLifetime = time.Hour })
			h := newHome(t)
			c.signIn(h, b, p.Endpoint, "usr_alice@org_globex")
			for _, state := range []string{"good", "ended"} {
				if state == "ended" {
					h.endTokens(c.onRefusal)
				}
				if out := c.call(h, p.Endpoint, "whoami"); !strings.Contains(out, "usr_alice") {
					t.Errorf("whoami, with a token that is %s: %s", state, out)
				}
			}
			if len(h.pages) > 0 {
				t.Errorf("it opens %s", <-h.pages)
			}
			if signIns, tokens := p.Count(); signIns != 1 || tokens != 2 {
				t.Errorf("%d sign-ins and %d tokens, want one and two", signIns, tokens)
			}
		})
	}
}

var (
	keptEnd   = regexp.MustCompile(`("expires_?[aA]t": ?)\d{13}\b`)
	keptToken = regexp.MustCompile(`(access_token\\*": ?\\*")eyJ`)
)

// endTokens makes a client's tokens end, in the place where it keeps them: it believes that they have, or the server refuses
// them.
func (h *home) endTokens(refused bool) {
	h.t.Helper()
	ended := 0
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kept, with := keptEnd, fmt.Sprintf("${1}%d", time.Now().Add(-time.Minute).UnixMilli())
		if refused {
			kept, with = keptToken, "${1}e30"
		}
		if !kept.Match(data) || !strings.Contains(string(data), "refresh") {
			return nil
		}
		ended++
		return os.WriteFile(path, kept.ReplaceAll(data, []byte(with)), 0o600)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if ended == 0 {
		h.t.Fatal("the client keeps no token")
	}
}
