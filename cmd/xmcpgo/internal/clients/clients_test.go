package clients

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfigs(t *testing.T) {
	remote := Server{Name: "notes", URL: "https://mcp.example.com/mcp?team=a&x=1"}
	program := Server{Name: "notes", Program: []string{"/opt/my app/notes", "--stdio", `say "hi"`}}
	want := map[string][2]string{
		"cursor":         {`{"mcpServers":{"notes":{"url":"https://mcp.example.com/mcp?team=a&x=1"}}}`, `{"mcpServers":{"notes":{"command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"claude-code":    {`{"mcpServers":{"notes":{"type":"http","url":"https://mcp.example.com/mcp?team=a&x=1"}}}`, `{"mcpServers":{"notes":{"type":"stdio","command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"claude-desktop": {`{"mcpServers":{"notes":{"command":"npx","args":["-y","mcp-remote","https://mcp.example.com/mcp?team=a&x=1"]}}}`, `{"mcpServers":{"notes":{"command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"vscode":         {`{"servers":{"notes":{"type":"http","url":"https://mcp.example.com/mcp?team=a&x=1"}}}`, `{"servers":{"notes":{"type":"stdio","command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"windsurf":       {`{"mcpServers":{"notes":{"serverUrl":"https://mcp.example.com/mcp?team=a&x=1"}}}`, `{"mcpServers":{"notes":{"command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"gemini":         {`{"mcpServers":{"notes":{"httpUrl":"https://mcp.example.com/mcp?team=a&x=1"}}}`, `{"mcpServers":{"notes":{"command":"/opt/my app/notes","args":["--stdio","say \"hi\""]}}}`},
		"codex":          {"[mcp_servers.notes]\nurl = \"https://mcp.example.com/mcp?team=a&x=1\"\n", "[mcp_servers.notes]\ncommand = \"/opt/my app/notes\"\nargs = [\"--stdio\",\"say \\\"hi\\\"\"]\n"},
	}
	for _, c := range All() {
		for i, s := range []Server{remote, program} {
			got, err := c.Config(s)
			if err != nil {
				t.Fatal(err)
			}
			if !c.toml {
				if !strings.Contains(got, "\n  \"") || !strings.HasSuffix(got, "}\n") {
					t.Errorf("%s is not laid out for people:\n%s", c.ID, got)
				}
				got = compact(t, got)
			}
			if diff := cmp.Diff(want[c.ID][i], got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.ID, diff)
			}
		}
		if found, ok := Find(c.ID); !ok || found.Title != c.Title {
			t.Errorf("%s is not found", c.ID)
		}
		if _, err := c.Config(Server{Name: "a", URL: "https://user:pass@example.com/"}); !errors.Is(err, ErrSecret) {
			t.Errorf("%s writes a password: %v", c.ID, err)
		}
	}
	if _, ok := Find("emacs"); ok {
		t.Error("a client that is not known is found")
	}
}

// compact keeps the order of the entries, which is part of the form.
func compact(t *testing.T, text string) string {
	t.Helper()
	var v json.RawMessage
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestValidate(t *testing.T) {
	token := "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"
	for _, tt := range []struct {
		in   Server
		want string // "" is fine
	}{
		{Server{Name: "a", URL: "http://127.0.0.1:3001/mcp"}, ""},
		{Server{Name: "a", URL: "https://mcp.example.com/team/7f3d9c1e-0b1a-4c55-9d3e-5a1f0c2b3d4e/mcp?region=eu-west-1"}, ""},
		{Server{Name: "a", URL: "https://a-very-long-name-of-a-host.example.com/some-long-segment-of-a-path/mcp"}, ""},
		{Server{Name: "", URL: "https://example.com"}, "1 to 64 letters"},
		{Server{Name: "a.b", URL: "https://example.com"}, "1 to 64 letters"},
		{Server{Name: strings.Repeat("a", 65), URL: "https://example.com"}, "1 to 64 letters"},
		{Server{Name: "a"}, "https:// or http://"},
		{Server{Name: "a", URL: "example.com/mcp"}, "https:// or http://"},
		{Server{Name: "a", URL: "file:///etc/passwd"}, "https:// or http://"},
		{Server{Name: "a", URL: "https:///mcp"}, "https:// or http://"},
		{Server{Name: "a", URL: "https://example.com/%zz"}, "cannot be read"},
		{Server{Name: "a", URL: "https://example.com/a b"}, "spaces"},
		{Server{Name: "a", URL: "https://example.com/#x"}, "fragment"},
		{Server{Name: "a", URL: "https://example.com/?a;b"}, "query"},
		{Server{Name: "a", URL: "https://user@example.com/mcp"}, "secret"},
		{Server{Name: "a", URL: "https://example.com/mcp?access_token=x"}, "secret"},
		{Server{Name: "a", URL: "https://example.com/mcp?apiKey=x"}, "secret"},
		{Server{Name: "a", URL: "https://example.com/mcp?KEY=x"}, "secret"},
		{Server{Name: "a", URL: "https://example.com/mcp?x=" + token}, "secret"},
		{Server{Name: "a", URL: "https://example.com/s/" + token + "/mcp"}, "secret"},
		{Server{Name: "a", Program: []string{"npx", "-y", "@modelcontextprotocol/server-everything"}}, ""},
		{Server{Name: "a", Program: []string{"./TheProgramWithAVeryLongCamelCaseName2", "--max-tokens=5", "--author", "me", "--url", "http://127.0.0.1:3001/mcp"}}, ""},
		{Server{Name: "a", Program: []string{""}}, "no name"},
		{Server{Name: "a", Program: []string{"a", "b\n"}}, "control characters"},
		{Server{Name: "a", Program: []string{"a", "--token", "x"}}, "secret"},
		{Server{Name: "a", Program: []string{"a", "--api-key=x"}}, "secret"},
		{Server{Name: "a", Program: []string{"env", "GITHUB_TOKEN=x", "a"}}, "secret"},
		{Server{Name: "a", Program: []string{"a", "--header", "Authorization: x"}}, "secret"},
		{Server{Name: "a", Program: []string{"a", "ghp_abcdefghijklmnopqrst"}}, "secret"},
		{Server{Name: "a", Program: []string{"a", token}}, "secret"},
		{Server{Name: "a", Program: []string{"a", "postgres://u:p@db/x"}}, "password"},
		{Server{Name: "a", Program: []string{"npx", "mcp-remote", "https://example.com/mcp?token=x"}}, "secret"},
	} {
		err := tt.in.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.in, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("the message repeats the secret: %v", err)
		}
	}
}

func TestDefaultName(t *testing.T) {
	for _, tt := range []struct {
		in   Server
		want string
	}{
		{Server{URL: "http://127.0.0.1:3001/mcp"}, "my-app"},
		{Server{URL: "http://[::1]:3001/mcp"}, "my-app"},
		{Server{URL: "http://localhost/mcp"}, "my-app"},
		{Server{URL: "https://mcp.example.com/mcp"}, "example-com"},
		{Server{URL: "https://notes.example.com"}, "notes-example-com"},
		{Server{Program: []string{"/opt/bin/notes", "--stdio"}}, "notes"},
		{Server{Program: []string{`C:\bin\notes.exe`}}, "notes"},
		{Server{Program: []string{"..."}}, "server"},
	} {
		if got := DefaultName(tt.in, IsLocal(tt.in.URL), "my-app"); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.in, got, tt.want)
		}
	}
}
