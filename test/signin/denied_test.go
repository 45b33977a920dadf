package signin

import (
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestDenied: a person who says no is believed. The client ends, says why, and has got nowhere.
func TestDenied(t *testing.T) {
	b := browser.Start(t)
	node, codex, claude := program.Node(t), codexProgram(t), claudeProgram(t)
	for name, c := range map[string]struct {
		start func(h *home, endpoint string) *process
		waits string // what it says when it is ready for a no, if that is later than it is for a yes
		says  string
		asks  int
	}{
		"mcp-remote": {
			func(h *home, endpoint string) *process {
				return h.start(node, program.Script(t, "mcp-remote", "dist", "proxy.js"), endpoint)
			},
			// It forgets a no that comes while it still opens the page, and waits for ever.
			"Waiting for authorization...",
			"access_denied", 1,
		},
		"Codex": {
			func(h *home, endpoint string) *process {
				return h.start(codex, "mcp", "add", "notes", "--url", endpoint)
			},
			"",
			"access_denied", 2, // it takes any error for one about scopes, and asks again without
		},
		"Claude Code": {
			func(h *home, endpoint string) *process {
				h.run(claude, "mcp", "add", "--transport", "http", "notes", endpoint)
				return h.onTerminal(claude, "mcp", "login", "notes")
			},
			"",
			"access_denied", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := protected.Open(t, nil)
			h := newHome(t)
			client := c.start(h, p.Endpoint)
			for range c.asks {
				page := h.asked(client)
				client.says(t, c.waits)
				answer(t, b, page, "deny")
			}
			<-client.ended
			if err := client.ctx.Err(); err != nil {
				t.Errorf("it does not end by itself: %v", err)
			}
			if !strings.Contains(client.out.String(), c.says) {
				t.Errorf("it says: %s", &client.out)
			}
			if len(h.pages) > 0 {
				t.Errorf("it opens %s", <-h.pages)
			}
			p.Quiet(t)
		})
	}
}
