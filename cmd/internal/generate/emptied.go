package generate

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"

	"github.com/xmcpgo/xmcpgo/codegen"
)

// emptyInsteadOfDelete keeps generated files that are no longer needed, with nothing but their package clause: go generate
// lists the files of all packages before it runs the first command, and fails on one that is gone when its turn comes.
func emptyInsteadOfDelete(result *codegen.Result) {
	for i, f := range result.Files {
		if f.Content != nil {
			continue
		}
		path := filepath.Join(result.Root, filepath.FromSlash(f.Path))
		old, err := os.ReadFile(path)
		if err != nil {
			continue // it is gone already, or the commit will say what is wrong
		}
		if name := packageName(path, old); name != "" {
			header, _, _ := bytes.Cut(old, []byte("\n"))
			result.Files[i].Content = append(bytes.TrimRight(header, "\r"), "\n\npackage "+name+"\n"...)
		}
	}
}

// packageName reads the package clause of a file, or of another one in its folder when the file has none.
func packageName(path string, content []byte) string {
	fset := token.NewFileSet()
	if f, err := parser.ParseFile(fset, path, content, parser.PackageClauseOnly); err == nil {
		return f.Name.Name
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" {
			continue
		}
		if f, err := parser.ParseFile(fset, filepath.Join(filepath.Dir(path), e.Name()), nil, parser.PackageClauseOnly); err == nil {
			return f.Name.Name
		}
	}
	return ""
}
