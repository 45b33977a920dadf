package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const hundredMain = `// Command hundred is an app with 100 tools.
package main

import (
	"fmt"
	"os"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/bench/build/hundred/src"
	"github.com/xmcpgo/xmcpgo/bench/internal/side"
)

func main() {
	if err := side.Serve(); err != nil {
		fmt.Fprintln(os.Stderr, "hundred:", err)
		os.Exit(1)
	}
	xmcp.Main(src.Registry(), xmcp.Config{Name: "bench", Version: "1.0.0"})
}
`

// hundredTool has what tools of real apps have; its verb is the number of the tool.
const hundredTool = `package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Find%[1]dMetadata makes Find%[1]d a tool.
var Find%[1]dMetadata = xmcp.ToolMetadata{Title: "Find %[1]d", ReadOnly: xmcp.Yes}

// Order%[1]d is how results are sorted.
type Order%[1]d string

const (
	Newest%[1]d Order%[1]d = "newest" // the latest first
	Best%[1]d   Order%[1]d = "best"   // the closest first
)

// Find%[1]dInput is what the model sends.
type Find%[1]dInput struct {
	// Query to look for.
	Query string ` + "`json:\"query\" jsonschema:\"minLength=1,maxLength=200\"`" + `
	// Limit on the number of results.
	Limit int ` + "`json:\"limit,omitempty\" jsonschema:\"minimum=1,maximum=100,default=10\"`" + `
	// Order of the results.
	Order Order%[1]d ` + "`json:\"order,omitempty\"`" + `
	// Tags that all results have.
	Tags []string ` + "`json:\"tags,omitempty\"`" + `
}

// Found%[1]d is one result.
type Found%[1]d struct {
	// Title of the document.
	Title string ` + "`json:\"title\"`" + `
	// Score of the document.
	Score float64 ` + "`json:\"score\"`" + `
}

// Find%[1]d searches collection %[1]d.
func Find%[1]d(_ context.Context, in Find%[1]dInput) (Found%[1]d, error) {
	return Found%[1]d{Title: in.Query, Score: 1}, nil
}
`

// build makes the programs that are measured, the way a user would.
func (h *harness) build(ctx context.Context) error {
	app := filepath.Join(h.dir, "build", "hundred")
	if err := writeHundred(app); err != nil {
		return err
	}
	for _, dir := range []string{app, filepath.Join(h.dir, "servers", "ours")} {
		if err := goCommand(ctx, dir, "tool", "xmcpgo", "generate"); err != nil {
			return err
		}
	}
	return goCommand(ctx, h.dir, "build", "-trimpath", "-o", h.bin+string(filepath.Separator), "./servers/...", "./build/hundred")
}

func writeHundred(app string) error {
	tools := filepath.Join(app, "src", "tools")
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{filepath.Join(app, "main.go"): []byte(hundredMain)}
	for i := range 100 {
		files[filepath.Join(tools, fmt.Sprintf("find%d.go", i))] = fmt.Appendf(nil, hundredTool, i)
	}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func goCommand(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %v in %s: %w\n%s", args, dir, err, out)
	}
	return nil
}
