package gosdk

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// TestMigration builds the server of docs/from-go-sdk.md as it was and as an app, and a client finds the same in both.
func TestMigration(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	addresses := map[bool]string{true: program.Address(t), false: program.Address(t)} // by whether it is the app
	before, app := t.TempDir(), t.TempDir()
	page := readFile(t, filepath.Join(root, "docs", "from-go-sdk.md"))
	for _, m := range regexp.MustCompile("(?ms)^```go( gosdk)?\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		if m[1] != "" {
			writeFile(t, before, "main.go", strings.Replace(m[2], "127.0.0.1:3001", addresses[false], 1))
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(m[2], "// "), "\n")
		writeFile(t, app, name, m[2])
	}
	for dir, from := range map[string]string{before: filepath.Join(root, "test", "gosdk"), app: filepath.Join(root, "examples", "hello")} {
		writeFile(t, dir, "go.sum", readFile(t, filepath.Join(from, "go.sum")))
		module := strings.Replace(readFile(t, filepath.Join(from, "go.mod")), "=> ../..", "=> "+root, 1)
		writeFile(t, dir, "go.mod", regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(module, "module my-app"))
	}
	command(t, app, "go", "generate", "./...")
	type offer struct {
		Name, Description string
		Result            any
	}
	ask := func(dir, address string, args ...string) offer {
		command(t, dir, "go", "build", "-mod=mod", "-o", "server", ".")
		server := exec.Command(filepath.Join(dir, "server"), args...)
		server.Dir = dir
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = server.Process.Kill()
			_ = server.Wait()
		}()
		waitFor(t, address)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		session, err := mcp.NewClient(&mcp.Implementation{Name: "mover", Version: "1"}, nil).
			Connect(ctx, &mcp.StreamableClientTransport{Endpoint: "http://" + address + "/mcp"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer session.Close()
		tools, err := session.ListTools(ctx, nil)
		if err != nil || len(tools.Tools) != 1 {
			t.Fatalf("%v, %v", tools, err)
		}
		result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tools.Tools[0].Name, Arguments: map[string]any{"city": "Rome"}})
		if err != nil {
			t.Fatal(err)
		}
		return offer{tools.Tools[0].Name, tools.Tools[0].Description, result.StructuredContent}
	}
	was, is := ask(before, addresses[false]), ask(app, addresses[true], "--addr", addresses[true])
	if diff := cmp.Diff(was, is); diff != "" || is.Result == nil {
		t.Errorf("the app is another server (-before +after):\n%s", diff)
	}
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			return
		}
	}
	t.Fatalf("nobody listens on %s", address)
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func command(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
