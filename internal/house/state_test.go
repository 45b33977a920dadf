package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strings"
	"testing"
)

// TestExamplesHaveNoState: what an example keeps is a field of a value that main makes, so that two servers with different
// stores live in one process. Its package-level variables are metadata, embedded files, errors and tables, and nothing
// assigns to them.
func TestExamplesHaveNoState(t *testing.T) {
	fset := token.NewFileSet()
	packages := map[string][]*ast.File{}
	for _, name := range files(t, func(p string) bool {
		return goFile(p) && strings.HasPrefix(p, "examples/") && !strings.HasSuffix(p, "_test.go")
	}) {
		f, err := parser.ParseFile(fset, name, read(t, name), parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		packages[path.Dir(name)] = append(packages[path.Dir(name)], f)
	}
	if len(packages) == 0 {
		t.Fatal("there are no examples")
	}
	for dir, parsed := range packages {
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
		// What is imported does not matter here, so that it is not found is no error.
		conf := types.Config{Error: func(error) {}}
		pkg, _ := conf.Check(dir, fset, parsed, info)
		for _, f := range parsed {
			for _, d := range f.Decls {
				if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.VAR {
					for _, name := range mutable(gen) {
						t.Errorf("%s: %s can hold state", fset.Position(name.Pos()), name.Name)
					}
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				for _, target := range changed(n) {
					if id := operand(target); id != nil && info.Uses[id] != nil && info.Uses[id].Parent() == pkg.Scope() {
						t.Errorf("%s: %s is changed", fset.Position(id.Pos()), id.Name)
					}
				}
				return true
			})
		}
	}
}

// mutable names the variables of a declaration that are neither embedded nor a literal.
func mutable(gen *ast.GenDecl) []*ast.Ident {
	var names []*ast.Ident
	for _, spec := range gen.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || strings.Contains(comments(gen.Doc, v.Doc), "//go:embed ") {
			continue
		}
		for i, name := range v.Names {
			if i >= len(v.Values) || !constantLike(v.Values[i]) {
				names = append(names, name)
			}
		}
	}
	return names
}

func comments(groups ...*ast.CommentGroup) string {
	var b strings.Builder
	for _, g := range groups {
		if g == nil {
			continue
		}
		for _, c := range g.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

// constantLike admits literals, and calls that make errors and patterns of them.
func constantLike(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.CompositeLit:
		_, isMap := e.Type.(*ast.MapType)
		return !isMap
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		pkg, ok := sel.X.(*ast.Ident)
		return ok && map[string]bool{"errors.New": true, "fmt.Errorf": true, "xmcp.UserError": true, "regexp.MustCompile": true}[pkg.Name+"."+sel.Sel.Name]
	}
	return false
}

// changed are the operands that a node assigns to, or whose address it takes.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	}
	return nil
}

// operand is the variable that a chain of fields and indexes begins with.
func operand(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}
