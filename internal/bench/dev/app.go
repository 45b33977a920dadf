package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// toolGo has what tools of real apps have: constraints, nested and repeated structs, a structured result. The verbs are the number of
// the tool, the edition of its code and that of its description.
const toolGo = `package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Order%[1]dMetadata makes Order%[1]d a tool.
var Order%[1]dMetadata = xmcp.ToolMetadata{Title: "Place order %[1]d", Idempotent: xmcp.Yes}

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
	Lines []Line%[1]d ` + "`json:\"lines,omitempty\" jsonschema:\"maxItems=50\"`" + `
	// Before is when the goods are needed.
	Before *time.Time ` + "`json:\"before,omitempty\"`" + `
}

// Placed%[1]d is the result.
type Placed%[1]d struct {
	// ID of the order.
	ID string ` + "`json:\"id\"`" + `
	// Lines as they were understood.
	Lines []Line%[1]d ` + "`json:\"lines\"`" + `
}

// Order%[1]d places an order with warehouse %[1]d, as of revision %[3]d.
func Order%[1]d(ctx context.Context, in Order%[1]dInput) (Placed%[1]d, error) {
	return Placed%[1]d{ID: "edition %[2]d.", Lines: in.Lines}, nil
}
`

// writeTool writes tool i as an editor does: a new file takes the place of the old one.
func writeTool(dir string, i, edition, description int) error {
	file := filepath.Join(dir, "src", "tools", fmt.Sprintf("order%d.go", i))
	if err := os.WriteFile(file+"~", fmt.Appendf(nil, toolGo, i, edition, description), 0o644); err != nil {
		return err
	}
	return os.Rename(file+"~", file)
}
