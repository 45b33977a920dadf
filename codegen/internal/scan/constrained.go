package scan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

func constrained(pos diag.Pos, name, constraint string) diag.Diagnostic {
	return diag.Errorf(pos, diag.Constrained, "%s is in a file that is not part of every build (%s), but the registry must compile everywhere", name, constraint).
		WithHint("keep the metadata and the handler in a file without constraints, and only what the platform needs in this one")
}

// constrainedFiles looks for items in the files that this build leaves out. They are only parsed: their types may not exist here.
func (s *scanner) constrainedFiles() {
	loaded := map[string]bool{}
	if s.pkg != nil {
		for _, f := range s.pkg.GoFiles {
			loaded[f] = true
		}
	}
	for _, f := range s.folder.Files {
		if f.Test || f.Constraint == "" || loaded[f.Path] || f.SwitchedOff() {
			continue
		}
		for _, v := range s.parsedMetadata(f) {
			s.diags.Add(constrained(v.pos, v.name, f.Constraint))
		}
	}
}

// testMetadata reports metadata that was written in a test file for a handler outside of it.
func (s *scanner) testMetadata(metadata map[string]*variable, paired map[*function]bool) {
	for _, f := range s.folder.Files {
		if !f.Test || f.Package != s.pkg.Name {
			continue
		}
		for _, v := range s.parsedMetadata(f) {
			if metadata[v.name] != nil || s.kind == 0 {
				continue
			}
			for _, fn := range s.funcs {
				if fn.name() == handlerName(v.name) {
					paired[fn] = true
					s.diags.Add(diag.Errorf(v.pos, diag.NotALiteral, "%s is in a test file, so %s is not served", v.name, fn).
						WithHint("move it beside %s", fn))
				}
			}
		}
	}
}

type parsedVariable struct {
	name string
	pos  diag.Pos
}

// parsedMetadata finds the variables of a file that are given a literal of a metadata type, by the look of the source alone.
func (s *scanner) parsedMetadata(f load.File) []parsedVariable {
	content, err := os.ReadFile(f.Path)
	if err != nil || !strings.Contains(string(content), Runtime) {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, f.Path, content, parser.SkipObjectResolution)
	if file == nil || err != nil && len(file.Decls) == 0 {
		return nil
	}
	xmcp := runtimeName(file)
	var found []parsedVariable
	for _, d := range file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				typ := v.Type
				if i < len(v.Values) {
					if lit, ok := v.Values[i].(*ast.CompositeLit); ok {
						typ = lit.Type
					}
				}
				if isMetadataType(typ, xmcp) {
					p := fset.PositionFor(name.Pos(), false)
					found = append(found, parsedVariable{name.Name, diag.Pos{File: s.loaded.App.Rel(f.Path), Line: p.Line, Column: p.Column,
						EndLine: p.Line, EndColumn: p.Column + len(name.Name)}})
				}
			}
		}
	}
	return found
}

// runtimeName is the name under which the file imports package xmcp.
func runtimeName(file *ast.File) string {
	for _, imp := range file.Imports {
		if path, err := strconv.Unquote(imp.Path.Value); err == nil && path == Runtime {
			if imp.Name != nil {
				return imp.Name.Name
			}
			return "xmcp"
		}
	}
	return ""
}

func isMetadataType(typ ast.Expr, xmcp string) bool {
	name := ""
	switch t := typ.(type) {
	case *ast.SelectorExpr:
		if id, ok := t.X.(*ast.Ident); ok && id.Name == xmcp {
			name = t.Sel.Name
		}
	case *ast.Ident:
		if xmcp == "." {
			name = t.Name
		}
	}
	for _, k := range [...]model.ItemKind{model.Tool, model.Prompt, model.Resource} {
		if name == k.MetadataType() {
			return true
		}
	}
	return false
}
