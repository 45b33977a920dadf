package upstream

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

const mcpGo = "github.com/mark3labs/mcp-go"

// behind is added to an example: the server that it is given is served by us, until the process ends.
const behind = `package main

import (
	"os"

	"github.com/mark3labs/mcp-go/server"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/mcpgo"
)

var given, stdout = os.Args, os.Stdout

// The example's own flags keep their defaults, and what it prints on its way is no part of the protocol.
func init() { os.Args, os.Stdout = os.Args[:1], os.Stderr }

func behind(s *server.MCPServer) *server.MCPServer {
	os.Args, os.Stdout = given, stdout
	xmcp.Main(xmcp.NewRegistry(), xmcp.Config{Name: "behind", MCP: mcpgo.Upstream(s)})
	os.Exit(0)
	return nil
}
`

// servings are the functions that put a server behind a transport of mcp-go.
var servings = []string{
	"ServeStdio", "NewStdioServer", "NewStreamableHTTPServer", "NewSSEServer",
	"NewInProcessTransport", "NewInProcessClient", "NewInProcessClientWithSamplingHandler",
}

// build compiles an example with its server behind our transports.
func build(t *testing.T, example string) string {
	t.Helper()
	root := program.Repository(t)
	module := strings.TrimSpace(program.Run(t, root, "go", "list", "-m", "-f", "{{.Dir}}", mcpGo))
	out := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(out, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sources, err := filepath.Glob(filepath.Join(module, "examples", example, "*.go"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("mcp-go has no example %s: %v", example, err)
	}
	// The package exists in the overlay only, as one of this module; files of the module cache cannot be replaced.
	pkg := "test/upstream/" + example
	place := func(name string) string { return filepath.Join(root, filepath.FromSlash(pkg), name) }
	replace := map[string]string{place("behind.go"): write("behind.go", []byte(behind))}
	served := 0
	for _, path := range sources {
		source, n := redirect(t, path)
		served += n
		replace[place(filepath.Base(path))] = write(filepath.Base(path), source)
	}
	if served == 0 {
		t.Fatalf("%s puts its server behind no transport that is known here", example)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(out, "example")
	program.Run(t, root, "go", "build", "-overlay", write("overlay.json", overlay), "-o", bin, "./"+pkg)
	return bin
}

// redirect returns a file of a program in which each server passes through behind on its way to a transport, and how often one
// does.
func redirect(t *testing.T, path string) (edited []byte, served int) {
	t.Helper()
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	type insert struct {
		at   int
		text string
	}
	var inserts []insert
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		if name, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(servings, name.Sel.Name) {
			server := call.Args[0]
			inserts = append(inserts,
				insert{files.Position(server.Pos()).Offset, "behind("}, insert{files.Position(server.End()).Offset, ")"})
		}
		return true
	})
	slices.SortStableFunc(inserts, func(a, b insert) int { return a.at - b.at })
	last := 0
	for _, i := range inserts {
		edited = fmt.Appendf(edited, "%s%s", source[last:i.at], i.text)
		last = i.at
	}
	return append(edited, source[last:]...), len(inserts) / 2
}
