package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const modulePath = "github.com/xmcpgo/xmcpgo"

const goMod = `module bench.example/app

go 1.26.0

tool (
	github.com/xmcpgo/xmcpgo/cmd/xmcpgo
	github.com/xmcpgo/xmcpgo/cmd/xmcpgo-generate
)

require github.com/xmcpgo/xmcpgo v0.0.0

replace github.com/xmcpgo/xmcpgo => %s
`

const mainGo = `package main

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"bench.example/app/src"
)

//go:generate go tool xmcpgo-generate

func main() {
	xmcp.Main(src.Registry(), xmcp.Config{Name: "bench"})
}
`

// toolGo has what tools of real apps have: constraints, an enum, nested and repeated structs, a structured result. The verbs
// are the number of the tool and the edition of its text.
const toolGo = `package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Order%[1]dMetadata makes Order%[1]d a tool.
var Order%[1]dMetadata = xmcp.ToolMetadata{
	Title:      "Place order %[1]d",
	ReadOnly:   xmcp.No,
	Idempotent: xmcp.Yes,
}

// Speed%[1]d is how fast an order travels.
type Speed%[1]d string

const (
	Slow%[1]d Speed%[1]d = "slow" // by ship
	Fast%[1]d Speed%[1]d = "fast" // by plane
)

// Line%[1]d is one line of an order.
type Line%[1]d struct {
	// Article number of the goods.
	Article string ` + "`json:\"article\" jsonschema:\"minLength=1,maxLength=40,pattern=^[A-Z0-9-]+$\"`" + `
	// Count of the goods.
	Count int ` + "`json:\"count,omitempty\" jsonschema:\"minimum=1,maximum=999,default=1\"`" + `
}

// Order%[1]dInput is what the model sends.
type Order%[1]dInput struct {
	// Lines of the order.
	Lines []Line%[1]d ` + "`json:\"lines\" jsonschema:\"minItems=1,maxItems=50\"`" + `
	// Speed of the order.
	Speed Speed%[1]d ` + "`json:\"speed,omitempty\"`" + `
	// Notes by language.
	Notes map[string]string ` + "`json:\"notes,omitempty\"`" + `
	// Before is when the goods are needed.
	Before *time.Time ` + "`json:\"before,omitempty\"`" + `
}

// Placed%[1]d is the result.
type Placed%[1]d struct {
	// ID of the order.
	ID string ` + "`json:\"id\"`" + `
	// Lines as they were understood.
	Lines []Line%[1]d ` + "`json:\"lines\"`" + `
	// Arrives is when the goods come.
	Arrives time.Time ` + "`json:\"arrives\"`" + `
}

// Order%[1]d places an order with warehouse %[1]d, edition %[2]d.
func Order%[1]d(ctx context.Context, in Order%[1]dInput) (Placed%[1]d, error) {
	return Placed%[1]d{ID: "%[1]d", Lines: in.Lines}, nil
}
`

// writeApp makes an app with n tools that uses the checkout.
func writeApp(dir, checkout string, n int) error {
	if err := os.MkdirAll(filepath.Join(dir, "src", "tools"), 0o755); err != nil {
		return err
	}
	for name, content := range map[string]string{"go.mod": fmt.Sprintf(goMod, checkout), "main.go": mainGo} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	// The go command resolves imports before the first run, so package src must be there.
	if err := os.WriteFile(filepath.Join(dir, "src", "doc.go"), []byte("// Package src is the server.\npackage src\n"), 0o644); err != nil {
		return err
	}
	for i := range n {
		if err := writeTool(dir, i, 0); err != nil {
			return err
		}
	}
	return nil
}

// writeTool writes tool i; another edition changes its description.
func writeTool(dir string, i, edition int) error {
	file := filepath.Join(dir, "src", "tools", fmt.Sprintf("order%d.go", i))
	return os.WriteFile(file, fmt.Appendf(nil, toolGo, i, edition), 0o644)
}
