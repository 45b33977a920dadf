package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/gotypes"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// TestGoldens derives the schemas of each archive's types, one rule an archive. Types named In… are inputs, Out… outputs,
// Flat… are read as prompt arguments and Vars… as URI variables. Each archive is a package of one module, so that the go
// command runs once; its sub-folders are packages too, which are seen through export data alone. Files of example.com/lib
// belong to another module.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	archives := map[string]*txtar.Archive{}
	dir := newModule(t)
	var patterns []string
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		archives[name] = ar
		patterns = append(patterns, "./"+name)
		for _, f := range ar.Files {
			if lib, ok := strings.CutPrefix(f.Name, "example.com/lib/"); ok {
				write(t, filepath.Join(dir, "lib", lib), f.Data)
			} else if strings.HasSuffix(f.Name, ".go") {
				write(t, filepath.Join(dir, name, f.Name), f.Data)
			}
		}
	}
	conv, pkgs := load(t, dir, "example.com/app", patterns...)
	for name, ar := range archives {
		t.Run(name, func(t *testing.T) {
			pkg := pkgs["example.com/app/"+name]
			if pkg == nil {
				t.Fatal("package not loaded")
			}
			got := &txtar.Archive{Comment: ar.Comment}
			for _, f := range ar.Files {
				if strings.HasSuffix(f.Name, ".go") {
					got.Files = append(got.Files, f)
				}
			}
			got.Files = append(got.Files, results(t, conv, pkg, name)...)
			if *update {
				if err := os.WriteFile(filepath.Join("testdata", name+".txtar"), txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(ar)), string(txtar.Format(got))); diff != "" {
				t.Errorf("run go test -update after looking at this:\n%s", diff)
			}
		})
	}
}

// results derives everything in pkg.
func results(t *testing.T, conv *gotypes.Converter, pkg *packages.Package, name string) []txtar.File {
	t.Helper()
	var files []txtar.File
	var diags diag.List
	scope := pkg.Types.Scope()
	for _, obj := range sortedByPos(scope) {
		typ := conv.Type(obj.Type())
		opts := schema.Options{Package: pkg.PkgPath, Pos: conv.Pos(obj.Pos())}
		var ds []diag.Diagnostic
		var text string
		switch n := obj.Name(); {
		case strings.HasPrefix(n, "In"):
			var r *schema.Result
			r, ds = schema.Input(typ, opts)
			text = pretty(t, r)
		case strings.HasPrefix(n, "Out"):
			var r *schema.Result
			r, ds = schema.Output(typ, opts)
			text = pretty(t, r)
		case strings.HasPrefix(n, "Flat"), strings.HasPrefix(n, "Vars"):
			var fields []schema.FlatField
			fields, ds = schema.Flat(typ, strings.HasPrefix(n, "Vars"), opts)
			for _, f := range fields {
				text += fmt.Sprintf("%s kind=%d required=%v title=%q description=%q\n", f.Name, f.Kind, f.Required, f.Title, f.Description)
			}
		default:
			continue
		}
		diags.Add(ds...)
		if !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }) {
			files = append(files, txtar.File{Name: obj.Name(), Data: []byte(text)})
		}
	}
	var b strings.Builder
	for _, d := range diags.Sorted() {
		fmt.Fprintln(&b, strings.ReplaceAll(d.String(), name+"/", ""))
	}
	if b.Len() > 0 {
		files = append(files, txtar.File{Name: "diagnostics", Data: []byte(b.String())})
	}
	return files
}

func sortedByPos(scope *types.Scope) []types.Object {
	var objs []types.Object
	for _, n := range scope.Names() {
		if obj, ok := scope.Lookup(n).(*types.TypeName); ok {
			objs = append(objs, obj)
		}
	}
	slices.SortFunc(objs, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	return objs
}

// pretty indents a schema, with a word in the place of what the server fills in.
func pretty(t *testing.T, r *schema.Result) string {
	t.Helper()
	var text string
	for _, p := range r.Parts {
		if p.Custom != nil {
			text += fmt.Sprintf("%q", "JSONSchema of "+p.Custom.String())
		}
		text += p.Text
	}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return b.String() + "\n"
}

// newModule writes an empty module that may import what the repository may.
func newModule(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	const root = "../../.."
	mod, err := os.ReadFile(root + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(root + "/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	mod = bytes.Replace(mod, []byte("module github.com/xmcpgo/xmcpgo\n"), []byte("module example.com/app\n"), 1)
	mod = append(mod, "\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ./lib\n"...)
	write(t, filepath.Join(dir, "go.mod"), mod)
	write(t, filepath.Join(dir, "lib", "go.mod"), []byte("module example.com/lib\n\ngo 1.26.0\n"))
	write(t, filepath.Join(dir, "go.sum"), sum)
	return dir
}

func write(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// load loads packages as the generator does: with syntax, dependencies from export data.
func load(t testing.TB, dir, module string, patterns ...string) (*gotypes.Converter, map[string]*packages.Package) {
	t.Helper()
	cfg := &packages.Config{
		Dir:  dir,
		Fset: token.NewFileSet(),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedModule,
		Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"),
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]*packages.Package{}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Errorf("%s does not compile: %v", p.PkgPath, e)
		}
		byPath[p.PkgPath] = p
	}
	if t.Failed() {
		t.FailNow()
	}
	root, err := filepath.Abs(dir)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		t.Fatal(err)
	}
	return gotypes.New(gotypes.Config{Fset: cfg.Fset, ModulePath: module, Dir: root, Packages: pkgs}), byPath
}
