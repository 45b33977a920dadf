package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devpage"
)

// commands prints what to paste: a call, and the app's entry in two clients.
func (d *dev) commands(t *terminal.Terminal) {
	endpoint, name := d.settings.clientURL(d.addr), clientName(d.root)
	try := "list " + endpoint
	if slices.Contains(readNeeds(filepath.Join(d.root, "src")).tools, "whoami") {
		try = "call " + endpoint + " whoami"
	}
	fmt.Fprintf(t.Stdout, "\n%s\n  %s %s\n  http://%s%s in the browser\n%s\n  claude mcp add --transport http %s %s\n%s\n  {\"mcpServers\":{%q:{\"url\":%q}}}\n",
		t.OutColour.Bold("Try it:"), d.self(), try, d.addr, devpage.Path, t.OutColour.Bold("Claude Code:"), name, endpoint, t.OutColour.Bold("Cursor, in .cursor/mcp.json:"), name, endpoint)
}

// self is how this command can be run again from the working directory.
func (d *dev) self() string {
	if _, err := exec.LookPath("xmcpgo"); err == nil {
		return "xmcpgo"
	}
	if dir := generate.Relative(d.root, d.root); dir != "." {
		if strings.ContainsAny(dir, " \t'\"$&;()") {
			dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
		}
		return "go -C " + dir + " tool xmcpgo"
	}
	return "go tool xmcpgo"
}

// clientName is the app's name among the servers of a client: its folder, in letters that all of them take.
func clientName(root string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, filepath.Base(root)), "-")
	return orElse(name, "my-app")
}
