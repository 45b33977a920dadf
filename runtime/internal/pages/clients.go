package pages

import (
	"encoding/json"
	"strings"
)

// snippet is one thing to do in a client, and the text that it takes.
type snippet struct{ how, text string }

// connection is how one client is connected.
type connection struct {
	client string
	steps  []snippet
}

// connections tells for each client that people use how it is connected to the endpoint.
func connections(name, endpoint string) []connection {
	name = spell(name, "_-")
	servers := func(key string, server map[string]any) string {
		text, err := json.MarshalIndent(map[string]any{key: map[string]any{name: server}}, "", "  ")
		if err != nil {
			return "" // strings always marshal
		}
		return string(text)
	}
	quoted := quote(endpoint)
	return []connection{
		{"Claude Code", []snippet{{"Run", "claude mcp add --transport http " + name + " " + quoted}}},
		{"Cursor", []snippet{{"Add to ~/.cursor/mcp.json, or to .cursor/mcp.json of a project", servers("mcpServers", map[string]any{"url": endpoint})}}},
		{"VS Code", []snippet{{"Add to .vscode/mcp.json", servers("servers", map[string]any{"type": "http", "url": endpoint})}}},
		{"Claude Desktop", []snippet{
			{"A server on the internet: Settings, Connectors, Add custom connector, with this URL", endpoint},
			{"A server on this machine: add to claude_desktop_config.json", servers("mcpServers", map[string]any{"command": "npx", "args": []string{"-y", "mcp-remote", endpoint}})},
		}},
		{"Codex", []snippet{{"Run", "codex mcp add " + name + " --url " + quoted}}},
		{"Gemini CLI", []snippet{{"Run", "gemini mcp add --transport http " + name + " " + quoted}}},
		{"Windsurf", []snippet{{"Add to ~/.codeium/windsurf/mcp_config.json", servers("mcpServers", map[string]any{"serverUrl": endpoint})}}},
		{"Any client that starts programs", []snippet{{"Use this command", "npx -y mcp-remote " + quoted}}},
	}
}

// quote quotes a word for a shell where it has to be.
func quote(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
