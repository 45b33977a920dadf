// Package clients writes the configuration by which MCP clients find a server.
//
// Each [Client] has a file and a form of its own. A configuration holds the URL of the server, or the command line that starts it, and nothing
// that is secret: signing in is the client's work, and files like these are committed, synchronized and pasted into chats. What looks like a
// secret is refused ([Server.Validate]).
//
// [Set] adds a server to a file that is there already and leaves every other byte as it is; [Write] keeps a copy of what was there.
package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Server is what a client connects to: a URL, or the program that is the server.
type Server struct {
	// Name by which the client knows it: 1 to 64 letters, digits, "_" and "-".
	Name string
	URL  string
	// Program and its arguments, for a server on standard streams.
	Program []string
}

// Client is a program that speaks MCP.
type Client struct {
	ID    string // what the command line names it
	Title string
	// File is where its configuration lives: relative to a project, or in the home folder of the user, by its beginning "~/".
	File string
	// Note says what else there is to do or to know; empty for nothing.
	Note string
	// Comments says that the file may have comments and commas behind the last entry.
	Comments bool

	key   string // the object that holds the servers
	entry func(Server) any
	toml  bool
}

// Writable reports whether [Write] may change the client's file. Files in home folders hold much more than this and are the user's to change.
func (c *Client) Writable() bool { return !strings.HasPrefix(c.File, "~/") }

// All lists the clients that are known.
func All() []Client {
	return []Client{
		{ID: "cursor", Title: "Cursor", File: ".cursor/mcp.json", Comments: true, key: "mcpServers", entry: plain("url", "")},
		{ID: "claude-code", Title: "Claude Code", File: ".mcp.json", key: "mcpServers", entry: plain("url", "http"),
			Note: "Claude Code asks once whether to trust the servers of a project."},
		{ID: "claude-desktop", Title: "Claude Desktop", File: "~/Library/Application Support/Claude/claude_desktop_config.json", key: "mcpServers", entry: bridged,
			Note: "On Windows the file is %APPDATA%\\Claude\\claude_desktop_config.json. A server with a public https URL can be added without a file: Settings, Connectors."},
		{ID: "vscode", Title: "VS Code", File: ".vscode/mcp.json", Comments: true, key: "servers", entry: plain("url", "http")},
		{ID: "windsurf", Title: "Windsurf", File: "~/.codeium/windsurf/mcp_config.json", key: "mcpServers", entry: plain("serverUrl", "")},
		{ID: "gemini", Title: "Gemini CLI", File: "~/.gemini/settings.json", key: "mcpServers", entry: plain("httpUrl", ""),
			Note: "The file .gemini/settings.json of a project takes the same."},
		{ID: "codex", Title: "Codex", File: "~/.codex/config.toml", key: "mcp_servers", toml: true,
			Note: "Then sign in, where the server asks for it: codex mcp login NAME."},
	}
}

// Find looks a client up; false when there is none of that name.
func Find(id string) (Client, bool) {
	all := All()
	i := slices.IndexFunc(all, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return Client{}, false
	}
	return all[i], true
}

// field is one entry of an object, in the order in which people write them.
type field struct {
	name  string
	value any
}

type object []field

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := encode(f.value)
		if err != nil {
			return nil, err
		}
		name, err := encode(f.name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", name, v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is JSON as people write it, with & and < as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// plain is an entry with the URL under a name, and the kind of transport where the client wants it.
func plain(urlField, kind string) func(Server) any {
	return func(s Server) any {
		if len(s.Program) > 0 {
			entry := command(s.Program)
			if kind != "" {
				entry = append(object{{"type", "stdio"}}, entry...)
			}
			return entry
		}
		if kind != "" {
			return object{{"type", kind}, {urlField, s.URL}}
		}
		return object{{urlField, s.URL}}
	}
}

// bridged is for a client whose file takes programs only: mcp-remote speaks to the URL for it.
func bridged(s Server) any {
	if len(s.Program) > 0 {
		return command(s.Program)
	}
	return command([]string{"npx", "-y", "mcp-remote", s.URL})
}

func command(program []string) object {
	return object{{"command", program[0]}, {"args", append([]string{}, program[1:]...)}}
}

// Config is the whole configuration with this one server, as the client's file has it.
func (c *Client) Config(s Server) (string, error) {
	if err := s.Validate(); err != nil {
		return "", err
	}
	if c.toml {
		return c.tomlConfig(s)
	}
	entry, err := c.Entry(s)
	if err != nil {
		return "", err
	}
	raw, err := encode(object{{c.key, object{{s.Name, json.RawMessage(entry)}}}})
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return "", err
	}
	return b.String() + "\n", nil
}

// Entry is the JSON of the server alone.
func (c *Client) Entry(s Server) ([]byte, error) {
	if c.toml {
		return nil, fmt.Errorf("the configuration of %s is no JSON", c.Title)
	}
	return encode(c.entry(s))
}

// tomlConfig is a table of TOML 1.0. JSON's strings are among its basic strings, except for the slash, which encode leaves alone.
func (c *Client) tomlConfig(s Server) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s.%s]\n", c.key, s.Name)
	line := func(name string, value any) error {
		raw, err := encode(value)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s = %s\n", name, strings.ReplaceAll(string(raw), "\x7f", `\u007F`))
		return nil
	}
	if len(s.Program) == 0 {
		err := line("url", s.URL)
		return b.String(), err
	}
	err := errors.Join(line("command", s.Program[0]), line("args", append([]string{}, s.Program[1:]...)))
	return b.String(), err
}

// DefaultName names a server after its program, the folder of a local app, or its host.
func DefaultName(s Server, local bool, folder string) string {
	name := folder
	switch {
	case len(s.Program) > 0:
		name = strings.TrimSuffix(path.Base(strings.ReplaceAll(s.Program[0], `\`, "/")), ".exe")
	case !local:
		name = strings.TrimPrefix(hostOf(s.URL), "mcp.")
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		if nameRune(r) {
			return r
		}
		return '-'
	}, name), "-")
	if name == "" {
		return "server"
	}
	return name[:min(len(name), maxName)]
}
