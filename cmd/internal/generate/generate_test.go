package generate

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// appIn is a result for an app in the folder app of the working directory.
func appIn(t *testing.T) *codegen.Result {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return &codegen.Result{Root: filepath.Join(dir, "app")}
}

func TestSummary(t *testing.T) {
	r := appIn(t)
	r.Files = []codegen.File{{Path: "src/xmcp_gen.go", Content: []byte("x")}, {Path: "src/tools/xmcp_gen.go", Content: []byte("x")}, {Path: "src/prompts/xmcp_gen.go"}}
	for _, tt := range []struct {
		counts  codegen.Counts
		written []string
		want    string
	}{
		{codegen.Counts{Tools: 3, Prompts: 1, Resources: 2}, nil, "3 tools, 1 prompt, 2 resources; up to date"},
		{codegen.Counts{}, []string{"src/xmcp_gen.go"}, "no tools, no prompts, no resources; wrote app/src/xmcp_gen.go"},
		{codegen.Counts{Tools: 1}, []string{"src/prompts/xmcp_gen.go"}, "1 tool, no prompts, no resources; removed app/src/prompts/xmcp_gen.go"},
		{
			codegen.Counts{Tools: 1, Resources: 1},
			[]string{"src/xmcp_gen.go", "src/tools/xmcp_gen.go", "src/prompts/xmcp_gen.go"},
			"1 tool, no prompts, 1 resource; wrote app/src/xmcp_gen.go, app/src/tools/xmcp_gen.go; removed app/src/prompts/xmcp_gen.go",
		},
	} {
		r.Counts = tt.counts
		if diff := cmp.Diff(filepath.FromSlash(tt.want), Summary(r, tt.written)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestWriteDiagnostics(t *testing.T) {
	r := appIn(t)
	d := codegen.Diagnostic{Code: "XG001", Severity: codegen.SeverityError, Message: "something is wrong", Hint: "mend it:\n\tlike this"}
	d.File, d.Line, d.Column = "src/tools/a.go", 3, 5
	d.Related = slices.Grow(d.Related, 1)[:1]
	other := &d.Related[0]
	other.File, other.Line, other.Column, other.Message = "src/tools/b.go", 7, 1, "the other one"
	w := codegen.Diagnostic{Code: "XG002", Severity: codegen.SeverityWarning, Message: "something is odd"}
	w.File, w.Line = "src/tools/c.go", 9
	nowhere := codegen.Diagnostic{Code: "XG003", Severity: codegen.SeverityError, Message: "everything is wrong"}
	r.Diagnostics = []codegen.Diagnostic{d, w, nowhere}

	var stderr bytes.Buffer
	WriteDiagnostics(&terminal.Terminal{Stderr: &stderr}, r)
	want := `app/src/tools/a.go:3:5: something is wrong (XG001)
	app/src/tools/b.go:7:1: the other one
	mend it:
		like this
app/src/tools/c.go:9: warning: something is odd (XG002)
xmcpgo: everything is wrong (XG003)
`
	if diff := cmp.Diff(filepath.FromSlash(want), stderr.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	stderr.Reset()
	r.Diagnostics = r.Diagnostics[1:2]
	WriteDiagnostics(&terminal.Terminal{Stderr: &stderr, ErrColour: true}, r)
	wantColour := "\x1b[1m" + filepath.FromSlash("app/src/tools/c.go") + ":9:\x1b[0m \x1b[33mwarning:\x1b[0m something is odd \x1b[2m(XG002)\x1b[0m\n"
	if diff := cmp.Diff(wantColour, stderr.String()); diff != "" {
		t.Errorf("in colour (-want +got):\n%s", diff)
	}
}

// A file far from the working directory is named by its whole path, which is shorter than the way there.
func TestRelative(t *testing.T) {
	r := appIn(t)
	deep := filepath.Join(r.Root, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(deep)
	if got, want := Relative(r.Root, "a/b/main.go"), filepath.Join(r.Root, "a", "b", "main.go"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	t.Chdir(filepath.Join(r.Root, "a"))
	if got, want := Relative(r.Root, "main.go"), filepath.Join("..", "main.go"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWithHint(t *testing.T) {
	trouble := &codegen.TroubleError{Code: "XG001", Message: "no module", Hint: "run go mod init"}
	if got, want := WithHint("build", fmt.Errorf("app: %w", trouble)).Error(), "build: app: no module (XG001)\n\trun go mod init"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := WithHint("dev", errors.New("disk is gone")).Error(), "dev: disk is gone"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
