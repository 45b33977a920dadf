package codegen

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// manyTools writes an app with n tools in five packages.
func manyTools(t testing.TB, n int) string {
	dir := newModule(t, "example.com/many")
	for i := range n {
		name := fmt.Sprintf("Tool%03d", i)
		pkg := fmt.Sprintf("group%d", i%5)
		writeFile(t, filepath.Join(dir, "src/tools", pkg, fmt.Sprintf("tool%03d.go", i)), fmt.Appendf(nil, `package %[1]s

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

var %[2]sMetadata = xmcp.ToolMetadata{Title: "Tool", ReadOnly: xmcp.Yes, Scopes: []string{"a:read"}}

// %[2]sInput is what it takes.
type %[2]sInput struct {
	// Query is what to look for.
	Query string    `+"`json:\"query\" jsonschema:\"minLength=1,maxLength=200\"`"+`
	Limit int       `+"`json:\"limit,omitempty\" jsonschema:\"minimum=1,maximum=100,default=10\"`"+`
	Since time.Time `+"`json:\"since,omitzero\"`"+`
	Tags  []string  `+"`json:\"tags,omitempty\"`"+`
}

// %[2]sOutput is what it returns.
type %[2]sOutput struct {
	Items []%[2]sItem `+"`json:\"items\"`"+`
	Next  *string     `+"`json:\"next,omitempty\"`"+`
}

// %[2]sItem is one of the items.
type %[2]sItem struct {
	ID    int64          `+"`json:\"id\"`"+`
	Attrs map[string]any `+"`json:\"attrs\"`"+`
}

// %[2]s looks for items.
func %[2]s(ctx context.Context, in %[2]sInput) (%[2]sOutput, error) { return %[2]sOutput{}, nil }
`, pkg, name))
	}
	return dir
}

// TestHundredTools prints how long it takes to generate for 100 tools, the go command included, and that the time grows no faster than the
// number of tools. The absolute bound is that of make bench-generate, which runs on a quiet machine.
func TestHundredTools(t *testing.T) {
	once := func(dir string, n int) time.Duration {
		start := time.Now()
		res, err := Generate(t.Context(), Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if res.HasErrors() || res.Counts.Tools != n {
			t.Fatalf("%d tools, %v", res.Counts.Tools, res.Diagnostics)
		}
		if _, err := res.Commit(); err != nil {
			t.Fatal(err)
		}
		return time.Since(start)
	}
	few, many := manyTools(t, 20), manyTools(t, 100)
	small, large := time.Hour, time.Hour
	for range 4 { // by turns, so that both have the quiet moments of the machine
		small, large = min(small, once(few, 20)), min(large, once(many, 100))
	}
	t.Logf("20 tools: %v, 100 tools: %v", small, large)
	if large > 10*small {
		t.Errorf("5 times the tools take %.1f times as long", float64(large)/float64(small))
	}
}

func BenchmarkGenerateHundredTools(b *testing.B) {
	dir := manyTools(b, 100)
	for b.Loop() {
		if _, err := Generate(b.Context(), Config{Dir: dir}); err != nil {
			b.Fatal(err)
		}
	}
}
