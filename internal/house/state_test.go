package house

import (
	"fmt"
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
		for _, problem := range states(fset, dir, parsed) {
			t.Error(problem)
		}
	}
}

// states says what a package keeps, or could keep.
func states(fset *token.FileSet, dir string, parsed []*ast.File) (problems []string) {
	report := func(id *ast.Ident, what string) {
		problems = append(problems, fmt.Sprintf("%s: %s %s", fset.Position(id.Pos()), id.Name, what))
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	// What is imported does not matter here, so that it is not found is no error.
	conf := types.Config{Error: func(error) {}}
	pkg, _ := conf.Check(dir, fset, parsed, info)
	for _, f := range parsed {
		for _, d := range f.Decls {
			if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.VAR {
				for _, name := range mutable(gen, pkg.Scope()) {
					report(name, "can hold state")
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, target := range changed(n) {
				if id := operand(target); id != nil && info.Uses[id] != nil && info.Uses[id].Parent() == pkg.Scope() {
					report(id, "is changed")
				}
			}
			return true
		})
	}
	return problems
}

// TestStateIsSeen: each of these can hold or holds state, and what follows them does not.
func TestStateIsSeen(t *testing.T) {
	const header = "package p\n\nimport (\n\t\"errors\"\n\t\"sync\"\n\n\txmcp \"example.com/runtime\"\n\t\"example.com/notes\"\n)\n\n"
	for _, src := range []string{
		"var mu sync.Mutex", "var mu = sync.Mutex{}", "var n int", "var n = new(int)", "var n = &counter{}\ntype counter struct{}", "var ch = make(chan int)",
		"var m = map[string]int{}", "var m = table{}\ntype table map[string]int", "var s = notes.Memory{}", "var s = notes.NewMemory()",
		"var c = counter{}\ntype counter struct{ n int }\nfunc (c *counter) Add() { c.n++ }",
		"var b = box{}\ntype box struct{ mu sync.Mutex }", "var b = box{}\ntype box struct{ m map[string]int }", "var b = list{}\ntype list []*int",
		"var n = 1\nfunc add() { n++ }", "var l = []int{1}\nfunc set() { l[0] = 2 }", "var l = []int{1}\nfunc get() *int { return &l[0] }",
		"var l = []notes.Memory{{}}", "var l = []*notes.Memory{}", "var f = func() {}",
	} {
		if len(statesOf(t, header+src)) == 0 {
			t.Errorf("nothing is said about\n%s", src)
		}
	}
	for _, src := range []string{
		"var err = errors.New(\"x\")", "var Metadata = xmcp.ToolMetadata{}", "var l = []string{\"a\"}", "var a = [2]int{}", "var n = 3",
		"var q = texts{}\ntype texts struct{ a, b string }\nfunc (t texts) Text() string { return t.a }",
		"//go:embed x\nvar page string", "func f() { n := 1; n++ }",
	} {
		if got := statesOf(t, header+src); len(got) > 0 {
			t.Errorf("%s\n%s", got, src)
		}
	}
}

func statesOf(t *testing.T, src string) []string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return states(fset, "p", []*ast.File{f})
}

// mutable names the variables of a declaration that are neither embedded nor a literal.
func mutable(gen *ast.GenDecl, scope *types.Scope) []*ast.Ident {
	var names []*ast.Ident
	for _, spec := range gen.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || strings.Contains(comments(gen.Doc, v.Doc), "//go:embed ") {
			continue
		}
		for i, name := range v.Names {
			if i >= len(v.Values) || !constantLike(v.Values[i], scope) {
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

// constantLike admits literals, and calls that make errors and patterns of them. What a literal makes may have no method
// that could change it: of types that are declared elsewhere only metadata is known to have none.
func constantLike(e ast.Expr, scope *types.Scope) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.CompositeLit:
		switch typ := e.Type.(type) {
		case *ast.ArrayType:
			elem, ok := typ.Elt.(*ast.Ident) // of another package's type nothing is known
			return ok && !changeable(typeNamed(elem.Name, scope), map[types.Type]bool{})
		case *ast.SelectorExpr:
			from, ok := typ.X.(*ast.Ident)
			return ok && from.Name == "xmcp" && strings.HasSuffix(typ.Sel.Name, "Metadata")
		case *ast.Ident:
			return !changeable(typeNamed(typ.Name, scope), map[types.Type]bool{})
		}
		return false
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

func typeNamed(name string, scope *types.Scope) types.Type {
	if _, obj := scope.LookupParent(name, token.NoPos); obj != nil {
		return obj.Type()
	}
	return types.Typ[types.Invalid]
}

// changeable reports whether a value of a type can be changed by a method, or holds what can: a map, a channel, a pointer, a
// type that is not known here.
func changeable(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if types.NewMethodSet(types.NewPointer(t)).Len() > types.NewMethodSet(t).Len() {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.Invalid
	case *types.Struct:
		for i := range u.NumFields() {
			if changeable(u.Field(i).Type(), seen) {
				return true
			}
		}
		return false
	case *types.Slice:
		return changeable(u.Elem(), seen)
	case *types.Array:
		return changeable(u.Elem(), seen)
	case *types.Signature:
		return false
	}
	return true
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
