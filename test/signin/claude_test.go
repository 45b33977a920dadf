package signin

import (
	"runtime"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestClaudeCode adds the server to Claude Code, signs in, and is told that it is connected. It names itself by a document
// where the environment takes those, and registers itself where not.
func TestClaudeCode(t *testing.T) {
	b := browser.Start(t)
	claude := claudeProgram(t)
	for name, c := range map[string]struct {
		change func(*scalekitdev.Config)
		client string
	}{
		"by its document":         {protected.Published(t, "https://claude.ai/oauth/claude-code-client-metadata", "Claude Code", "http://localhost/callback", "http://127.0.0.1/callback"), "https://claude.ai/oauth/claude-code-client-metadata"},
		"by its document, unread": {protected.Unreachable, "https://claude.ai/oauth/claude-code-client-metadata"},
		"registered":              {func(c *scalekitdev.Config) { c.NoClientDocuments = true }, "dcr_"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, c.change)
			h := newHome(t)
			h.run(claude, "mcp", "add", "--transport", "http", "notes", p.Endpoint)
			if out := h.run(claude, "mcp", "list"); !strings.Contains(out, "Needs authentication") {
				t.Errorf("before signing in: %s", out)
			}
			login := h.onTerminal(claude, "mcp", "login", "notes")
			h.signIn(b, login, "usr_alice@org_globex")
			login.done(t)
			if out := h.run(claude, "mcp", "list"); !strings.Contains(out, "notes: "+p.Endpoint) || !strings.Contains(out, "Connected") {
				t.Errorf("after signing in: %s", out)
			}
			p.Heard(t, "usr_alice@org_globex", c.client)
		})
	}
}

// claudeProgram is Claude Code itself; the package's script only starts it.
func claudeProgram(t testing.TB) string {
	t.Helper()
	return program.Script(t, "@anthropic-ai", "claude-code-"+platform(), "claude")
}

// platform is how npm packages with programs call this system.
func platform() string {
	return runtime.GOOS + "-" + strings.Replace(runtime.GOARCH, "amd64", "x64", 1)
}
