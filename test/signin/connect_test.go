package signin

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// TestConnect: Claude Code and Codex take what xmcpgo connect writes and prints, for a server at a URL and for one that they start, and
// connect.
func TestConnect(t *testing.T) {
	claude, codex := claudeProgram(t), codexProgram(t)
	command := program.Build(t, filepath.Join(program.Repository(t), "cmd", "xmcpgo"))
	app := program.Build(t, filepath.Join(program.Repository(t), "examples", "hello"))
	url := program.Serve(t, app)

	t.Run("Claude Code", func(t *testing.T) {
		t.Parallel()
		h := newHome(t)
		// A person answers once whether to trust the servers of a project.
		trust := filepath.Join(h.dir, ".claude", "settings.local.json")
		if err := os.MkdirAll(filepath.Dir(trust), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(trust, []byte(`{"enableAllProjectMcpServers": true}`), 0o644); err != nil {
			t.Fatal(err)
		}
		h.run(command, "connect", "claude-code", "--write", "--name", "by-url", url)
		h.run(command, "connect", "claude-code", "--write", "--name", "by-program", "--", app, "--stdio")
		out := h.run(claude, "mcp", "list")
		for _, want := range []string{`(?m)^by-url: ` + regexp.QuoteMeta(url) + ` .*Connected$`, `(?m)^by-program: ` + regexp.QuoteMeta(app) + ` --stdio .*Connected$`} {
			if !regexp.MustCompile(want).MatchString(out) {
				t.Errorf("Claude Code does not say %s:\n%s", want, out)
			}
		}
		if out := h.run(claude, "mcp", "get", "by-url"); !strings.Contains(out, "Type: http") {
			t.Errorf("get: %s", out)
		}
	})
	t.Run("Codex", func(t *testing.T) {
		t.Parallel()
		h := newHome(t)
		config := h.run("sh", "-c", `"$0" connect codex --name by-url "$1" 2>/dev/null; "$0" connect codex --name by-program -- "$2" --stdio 2>/dev/null`, command, url, app)
		file := filepath.Join(h.dir, ".codex", "config.toml")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("model = \"none\"\n\n"+config), 0o600); err != nil {
			t.Fatal(err)
		}
		out := h.run(codex, "mcp", "list")
		for _, want := range []string{`by-url +` + regexp.QuoteMeta(url) + ` .*enabled`, `by-program +` + regexp.QuoteMeta(app) + ` +--stdio .*enabled`} {
			if !regexp.MustCompile(want).MatchString(out) {
				t.Errorf("Codex does not say %s:\n%s", want, out)
			}
		}
		server := h.converse(codex, "app-server")
		server.call("initialize", `{"clientInfo":{"name":"test","version":"1"}}`)
		server.send(`{"method":"initialized"}`)
		status := server.call("mcpServerStatus/list", `{}`)
		if n := strings.Count(status, `"greet":{`); n != 2 {
			t.Errorf("Codex finds the tool greet %d times: %s", n, status)
		}
		server.close()
	})
}
