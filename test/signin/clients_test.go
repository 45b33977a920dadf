package signin

import (
	"slices"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// client is a program that signs in once and calls tools then, each time as a new process.
type client struct {
	// signIn adds the server and signs a person in.
	signIn func(h *home, b *browser.Browser, endpoint, person string)
	// call calls a tool and returns what the program says of it.
	call func(h *home, endpoint, tool string) string
	// more gets the consent to notes:write, which a call has lacked; nil means that the call itself has.
	more func(h *home, b *browser.Browser, person string)
	// lacks is what the program says of such a call.
	lacks string
	// stuck tells that the program does not get out of a call that lacks a scope: the Inspector takes a refreshed token for consent.
	stuck bool
	// onRefusal tells that the program gets a new token when the old one is refused, and pays no heed to when it ends.
	onRefusal bool
}

// clients are those that can be driven to the call of a tool.
func clients(t testing.TB) map[string]client {
	t.Helper()
	node, claude, codex := program.Node(t), claudeProgram(t), codexProgram(t)
	remote := program.Script(t, "mcp-remote", "dist", "proxy.js")
	inspect := []string{node, program.Script(t, "@modelcontextprotocol", "inspector", "clients", "launcher", "build", "index.js"), "--cli", "--connect-timeout", "60000"}
	return map[string]client{
		"Claude Code": {
			signIn: func(h *home, b *browser.Browser, endpoint, person string) {
				h.run(claude, "mcp", "add", "--transport", "http", "notes", endpoint)
				h.signedIn(b, h.onTerminal(claude, "mcp", "login", "notes"), person)
			},
			call: func(h *home, _, tool string) string {
				model := []string{"ANTHROPIC_BASE_URL=" + toolCallingModel(h.t, "mcp__notes__"+tool), "ANTHROPIC_API_KEY=none"}
				with := &home{t: h.t, dir: h.dir, env: append(slices.Clip(h.env), model...), pages: h.pages}
				return with.run(claude, "-p", "Call it.", "--allowedTools", "mcp__notes__"+tool)
			},
			lacks: `needs additional permissions (scope: \"notes:write\")`,
			more: func(h *home, b *browser.Browser, person string) {
				h.signedIn(b, h.onTerminal(claude, "mcp", "login", "notes"), person)
			},
		},
		"Codex": {
			signIn: func(h *home, b *browser.Browser, endpoint, person string) {
				h.signedIn(b, h.start(codex, "mcp", "add", "notes", "--url", endpoint), person)
			},
			call:  func(h *home, _, tool string) string { return callByCodex(h, codex, tool) },
			lacks: "Insufficient scope",
			more: func(h *home, b *browser.Browser, person string) {
				h.signedIn(b, h.start(codex, "mcp", "login", "notes", "--scopes", "notes:read,notes:write"), person)
			},
		},
		"mcp-remote": {
			signIn: func(h *home, b *browser.Browser, endpoint, person string) {
				c := h.converse(node, remote, endpoint)
				h.signIn(b, c.process, person)
				c.initialize()
				c.close()
			},
			call: func(h *home, endpoint, tool string) string {
				c := h.converse(node, remote, endpoint)
				defer c.close()
				c.initialize()
				return c.call("tools/call", `{"name":"`+tool+`","arguments":{}}`)
			},
		},
		"Inspector": {
			onRefusal: true, stuck: true,
			signIn: func(h *home, b *browser.Browser, endpoint, person string) {
				h.signedIn(b, h.start(append(slices.Clip(inspect), "--server-url", endpoint, "--transport", "http", "--method", "tools/list",
					"--callback-url", "http://"+program.Address(h.t)+"/oauth/callback")...), person)
			},
			call: func(h *home, endpoint, tool string) string {
				return h.run(append(slices.Clip(inspect), "--server-url", endpoint, "--transport", "http", "--method", "tools/call", "--tool-name", tool,
					"--callback-url", "http://"+program.Address(h.t)+"/oauth/callback")...)
			},
		},
	}
}
