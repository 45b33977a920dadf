package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

const secondTool = `package tools

import (
	"context"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// ShoutMetadata makes Shout a tool.
var ShoutMetadata = xmcp.ToolMetadata{}

// ShoutInput is what the model sends.
type ShoutInput struct {
	// Text to shout.
	Text string ` + "`json:\"text\"`" + `
}

// Shout repeats a text in capitals.
func Shout(_ context.Context, in ShoutInput) (string, error) {
	return strings.ToUpper(in.Text), nil
}
`

// TestCreatedApp walks the way of a new user: create, generate, build; a second
// tool file, again; the Inspector finds the tool with the description of its
// comment and calls it; without the file the tool is gone.
func TestCreatedApp(t *testing.T) {
	base := program.Repository(t)
	xmcpgo := filepath.Join(t.TempDir(), "xmcpgo")
	program.Run(t, base, "go", "build", "-o", xmcpgo, "./cmd/xmcpgo")
	app := filepath.Join(t.TempDir(), "my-app")
	program.Run(t, t.TempDir(), xmcpgo, "create", app, "-y", "--replace", base)

	rebuild := func() client {
		t.Helper()
		program.Run(t, app, "go", "generate", "./...")
		return newInspector(t, target{url: program.Serve(t, program.Build(t, app))}, legacy)
	}
	find := func(c client, name string) object {
		t.Helper()
		for _, tool := range c.list(t, "tools/list") {
			if tool["name"] == name {
				return tool
			}
		}
		return nil
	}

	c := rebuild()
	if tools := c.list(t, "tools/list"); len(tools) == 0 {
		t.Error("a new app has no tool")
	}
	if tool := find(c, "shout"); tool != nil {
		t.Errorf("a new app has the tool %v", tool)
	}

	file := filepath.Join(app, "src", "tools", "shout.go")
	if err := os.WriteFile(file, []byte(secondTool), 0o644); err != nil {
		t.Fatal(err)
	}
	c = rebuild()
	want := object{
		"description": "Repeats a text in capitals.",
		"inputSchema": object{
			"type":       "object",
			"properties": object{"text": object{"type": "string", "description": "Text to shout."}},
			"required":   []any{"text"},
		},
	}
	if err := lacking(find(c, "shout"), want, "shout"); err != nil {
		t.Error(err)
	}
	if err := lacking(c.call(t, "shout", object{"text": "hello"}), content(textBlock("HELLO")), "result"); err != nil {
		t.Error(err)
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c = rebuild()
	if tool := find(c, "shout"); tool != nil {
		t.Errorf("the tool of a deleted file is still there: %v", tool)
	}
}

// TestPageProgram runs the program of docs/clients.md, word for word but for the address.
func TestPageProgram(t *testing.T) {
	base := program.Repository(t)
	page, err := os.ReadFile(filepath.Join(base, "docs", "clients.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```js\n(.*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("docs/clients.md shows no program")
	}
	url := program.Serve(t, program.Build(t, filepath.Join(base, "examples", "hello")))
	source := strings.Replace(string(block[1]), "http://127.0.0.1:3001/mcp", url, 1)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "greet.mjs"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(program.Script(t, "@modelcontextprotocol")), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if got, want := program.Run(t, dir, program.Node(t), "greet.mjs"), "Hello, Ada!"; strings.TrimSpace(got) != want {
		t.Errorf("the program prints %q, want %q", got, want)
	}
}
