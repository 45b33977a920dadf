package signin

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestCodex adds the server to Codex, which signs in at once.
func TestCodex(t *testing.T) {
	b := browser.Start(t)
	codex := codexProgram(t)
	for name, c := range map[string]struct {
		change func(*scalekitdev.Config)
		client string
	}{
		"by its document": {protected.Published(t, "https://chatgpt.com/oauth/codex/client.json", "Codex", "http://127.0.0.1/callback", "http://localhost/callback"), "https://chatgpt.com/oauth/codex/client.json"},
		"registered":      {func(c *scalekitdev.Config) { c.NoClientDocuments = true }, "dcr_"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, c.change)
			h := newHome(t)
			add := h.start(codex, "mcp", "add", "notes", "--url", p.Endpoint)
			h.signIn(b, add, "usr_bob@org_acme")
			if out := add.done(t); !strings.Contains(out, "Successfully logged in") {
				t.Errorf("after signing in: %s", out)
			}
			if out := h.run(codex, "mcp", "list"); !regexp.MustCompile(`notes +` + p.Endpoint + ` .*enabled +OAuth`).MatchString(out) {
				t.Errorf("list: %s", out)
			}
			if out := callByCodex(h, codex, "whoami"); !strings.Contains(out, `"user":"usr_bob"`) {
				t.Errorf("whoami: %s", out)
			}
			p.Heard(t, "usr_bob@org_acme", c.client)
		})
	}
}

// callByCodex has Codex connect and call a tool, in the way editors ask it to, which needs no account.
func callByCodex(h *home, codex, tool string) string {
	h.t.Helper()
	app := h.converse(codex, "app-server")
	defer app.close()
	app.call("initialize", `{"clientInfo":{"name":"test","version":"1"}}`)
	app.send(`{"method":"initialized"}`)
	status := app.call("mcpServerStatus/list", `{}`)
	if !strings.Contains(status, `"name":"notes"`) || !strings.Contains(status, `"whoami":{`) {
		h.t.Errorf("status: %s", status)
	}
	var started struct{ Thread struct{ ID string } }
	if err := json.Unmarshal([]byte(app.call("thread/start", `{"ephemeral":true}`)), &started); err != nil {
		h.t.Error(err)
	}
	result, err := app.try("mcpServer/tool/call", `{"threadId":"`+started.Thread.ID+`","server":"notes","tool":"`+tool+`","arguments":{}}`)
	if err != nil {
		return err.Error()
	}
	return result
}

// codexProgram is Codex itself; the package's script only starts it.
func codexProgram(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(program.Script(t, "@openai", "codex-"+platform(), "vendor"), "*", "bin", "codex*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if name := filepath.Base(path); strings.TrimSuffix(name, ".exe") == "codex" {
			return path
		}
	}
	t.Fatalf("no Codex for %s in %v", runtime.GOOS, found)
	return ""
}
