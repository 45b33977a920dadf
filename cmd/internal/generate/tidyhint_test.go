package generate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen"
)

func TestTidyHint(t *testing.T) {
	uses := codegen.File{Path: "src/tools/xmcp_gen.go", Content: []byte("import " + rawschemaImport)}
	for _, tt := range []struct {
		name, sum string
		file      codegen.File
		want      bool
	}{
		{"new module", "golang.org/x/tools v1 h1:x\n", uses, true},
		{"known module", rawschemaModule + "v6.0.3 h1:x\n", uses, false},
		{"no schema of its own", "", codegen.File{Path: "src/tools/xmcp_gen.go", Content: []byte("package tools")}, false},
		{"deleted file", "", codegen.File{Path: "src/tools/xmcp_gen.go"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "go.sum"), []byte(tt.sum), 0o600); err != nil {
				t.Fatal(err)
			}
			got := tidyHint(&codegen.Result{Root: dir, Files: []codegen.File{tt.file}})
			if strings.Contains(got, "go mod tidy") != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
	if got := tidyHint(&codegen.Result{Root: t.TempDir(), Files: []codegen.File{uses}}); got != "" {
		t.Errorf("without go.sum: %q", got)
	}
}
