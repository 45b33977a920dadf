package signin

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestInspector: the command line of the MCP Inspector signs in by each of the ways that a client can be known, in both eras.
func TestInspector(t *testing.T) {
	b := browser.Start(t)
	const document = "https://inspector.example.com/client.json"
	for name, c := range map[string]struct {
		era    string
		change func(*scalekitdev.Config)
		args   []string
		client string
	}{
		"registered/2025": {"legacy", nil, nil, "dcr_"},
		"registered/2026": {"modern", nil, nil, "dcr_"},
		"by a document":   {"modern", protected.Published(t, document, "Inspector", "http://127.0.0.1/oauth/callback"), []string{"--client-metadata-url", document}, document},
		"known before":    {"auto", nil, []string{"--client-id", "inspector", "--client-secret", "hush"}, "inspector"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, c.change)
			p.Env.RegisterClient("inspector", "hush", "Inspector", "http://127.0.0.1/oauth/callback")
			h := newHome(t)
			args := append([]string{program.Node(t), program.Script(t, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js"), "--cli",
				"--transport", "http", "--server-url", p.Endpoint, "--protocol-era", c.era, "--connect-timeout", "60000", "--method", "tools/call", "--tool-name", "whoami"}, c.args...)
			first := h.start(slices.Concat(args, []string{"--callback-url", "http://" + program.Address(t) + "/oauth/callback"})...)
			h.signIn(b, first, "usr_carol@org_globex")
			if out := first.done(t); !strings.Contains(out, `usr_carol`) {
				t.Errorf("whoami: %s", out)
			}
			// What it keeps serves the next call.
			if out := h.run(append(args, "--stored-auth-only")...); !strings.Contains(out, `usr_carol`) {
				t.Errorf("whoami again: %s", out)
			}
			p.Heard(t, "usr_carol@org_globex", c.client)
		})
	}
}

// TestCursor replays how Cursor registers: with three redirect targets at once, one of them of a scheme of its own. One that is
// refused would refuse them all.
func TestCursor(t *testing.T) {
	b := browser.Start(t)
	v := newVisit(t, nil)
	v.register(t, `{"client_name":"Cursor","redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","https://www.cursor.com/agents/mcp/oauth/callback","http://localhost:8787/callback"],
		"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none","client_uri":"https://cursor.com","logo_uri":"https://cursor.com/logo.png"}`)
	for _, redirect := range []string{"cursor://anysphere.cursor-mcp/oauth/callback", "https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback"} {
		v.redirect = redirect
		var sent struct{ To string }
		v.read(t, b.Story(t, "testdata/cursor.mjs", v.url(nil), browser.Env{"redirect": redirect}), &sent)
		u, err := url.Parse(sent.To)
		if err != nil || !strings.HasPrefix(sent.To, redirect+"?") {
			t.Errorf("%s: sent to %q", redirect, sent.To)
			continue
		}
		if got := v.redeem(t, u.Query().Get("code")); got != "usr_alice@org_acme" {
			t.Errorf("%s: got %s", redirect, got)
		}
	}
}
