package gotypes_test

import (
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/xmcpgo/xmcpgo/codegen/internal/gotypes"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// app is a loaded module: its package tools with syntax, the others through export data.
type app struct {
	conv *gotypes.Converter
	pkg  *packages.Package
	fset *token.FileSet
}

func loadApp(t *testing.T) app {
	t.Helper()
	a, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var loadOnce = sync.OnceValues(func() (app, error) {
	dir, err := os.MkdirTemp("", "gotypes")
	if err != nil {
		return app{}, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return app{}, err
	}
	ar, err := txtar.ParseFile("testdata/app.txtar")
	if err != nil {
		return app{}, err
	}
	for _, f := range ar.Files {
		file := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return app{}, err
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			return app{}, err
		}
	}
	cfg := &packages.Config{
		Dir: dir, Fset: token.NewFileSet(), Env: append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod"),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo,
	}
	pkgs, err := packages.Load(cfg, "./tools")
	if err != nil {
		return app{}, err
	}
	for _, e := range pkgs[0].Errors {
		return app{}, e
	}
	conv := gotypes.New(gotypes.Config{Fset: cfg.Fset, ModulePath: "example.com/app", Dir: dir, Packages: pkgs})
	a := app{conv, pkgs[0], cfg.Fset}
	// Files of other packages are read when they are first asked for, so that has to be before the folder goes.
	for _, n := range a.pkg.Types.Scope().Names() {
		a.conv.Type(a.pkg.Types.Scope().Lookup(n).Type())
	}
	return a, nil
})

func (a app) typ(t *testing.T, name string) *model.Type {
	t.Helper()
	obj := a.pkg.Types.Scope().Lookup(name)
	if obj == nil {
		t.Fatalf("no %s", name)
	}
	return a.conv.Type(obj.Type())
}

func field(t *testing.T, typ *model.Type, name string) *model.Field {
	t.Helper()
	for _, f := range typ.Fields {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%s has no field %s", typ, name)
	return nil
}

func TestDeclaredTypesAreOneValue(t *testing.T) {
	a := loadApp(t)
	node := a.typ(t, "Node")
	if a.typ(t, "Node") != node || field(t, node, "Kids").Type.Elem.Elem != node {
		t.Error("a type and what refers to it differ")
	}
	all := a.typ(t, "All")
	if field(t, all, "Box1").Type != field(t, all, "Box2").Type {
		t.Error("one instance of a generic type is two values")
	}
	if got, want := field(t, all, "Box1").Type.ID, "example.com/app/tools.Box[example.com/app/geo.Point]"; got != want {
		t.Errorf("ID %s, want %s", got, want)
	}
	if field(t, all, "Alias").Type != field(t, all, "Point").Type {
		t.Error("an alias is not what it stands for")
	}
}

func TestWhereTypesComeFrom(t *testing.T) {
	a := loadApp(t)
	all := a.typ(t, "All")
	tests := []struct {
		field                     string
		inModule, std, exported   bool
		pos, doc, fieldDoc, tagAt string
	}{
		{"Point", true, false, true, "geo/geo.go:8:2", "Point is a place.", "above", "tools/tools.go:19:20"},
		{"Lib", false, false, true, "", "T is foreign.", "behind", ""},
		{"Time", false, true, true, "-", "", "", ""},
		{"hidden", true, false, false, "tools/tools.go:44:6", "", "", ""},
		{"Nested", false, false, true, "", "N lives in a module below.", "", ""},
	}
	for _, tt := range tests {
		f := field(t, all, tt.field)
		typ := f.Type
		if typ.InModule != tt.inModule || typ.Std != tt.std || typ.Exported != tt.exported || typ.Doc != tt.doc || f.Doc != tt.fieldDoc {
			t.Errorf("%s: in module %v, std %v, exported %v, doc %q, field doc %q", tt.field, typ.InModule, typ.Std, typ.Exported, typ.Doc, f.Doc)
		}
		if tt.pos != "" && typ.Pos.String() != tt.pos {
			t.Errorf("%s is at %v, want %s", tt.field, typ.Pos, tt.pos)
		}
		if tt.tagAt != "" && f.TagPos.String() != tt.tagAt {
			t.Errorf("tag of %s is at %v, want %s", tt.field, f.TagPos, tt.tagAt)
		}
	}
}

// Export data has no columns, yet tags of other packages must be reported at theirs.
func TestPositionsInOtherPackages(t *testing.T) {
	a := loadApp(t)
	x := field(t, field(t, a.typ(t, "All"), "Point").Type, "X")
	if got, want := x.Pos.String(), "geo/geo.go:9:2"; got != want {
		t.Errorf("field at %s, want %s", got, want)
	}
	if got, want := x.TagPosAt(len(`json:"`)).String(), "geo/geo.go:9:22"; got != want {
		t.Errorf("name in the tag at %s, want %s", got, want)
	}
	if x.Doc != "X goes right." {
		t.Errorf("doc %q", x.Doc)
	}
}

func TestConstants(t *testing.T) {
	a := loadApp(t)
	all := a.typ(t, "All")
	type short struct {
		Name, Value, Doc   string
		Exported, Computed bool
	}
	tests := []struct {
		field string
		want  []short
	}{
		{"Mode", []short{{"Fast", "fast", "Fast is quick.", true, false}, {"Slow", "slow", "in its own line", true, false}}},
		{"Flag", []short{{"F1", "1", "", true, true}, {"F2", "2", "", true, true}, {"F3", "4", "", true, true}}},
		{"Step", []short{{"S1", "10", "", true, false}, {"S2", "20", "", true, false}, {"S3", "21", "", true, false}}},
		{"Unit", []short{{"Meter", "1", "", true, false}, {"Kilometer", "1000", "", true, true}}},
		{"Kind", []short{{"A", "-1", "A comes first.", true, false}, {"B", "9223372036854775807", "", true, false}}},
	}
	for _, tt := range tests {
		var got []short
		for _, c := range field(t, all, tt.field).Type.Consts {
			got = append(got, short{c.Name, c.Value, c.Doc, c.Exported, c.Computed})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.field, diff)
		}
	}
	if n := len(field(t, all, "Month").Type.Consts); n != 0 {
		t.Errorf("time.Month has %d constants, of other modules none are wanted", n)
	}
}

func TestMethods(t *testing.T) {
	a := loadApp(t)
	all := a.typ(t, "All")
	value, pointer := model.MethodFact{Receiver: model.ValueReceiver}, model.MethodFact{Receiver: model.PointerReceiver}
	tests := []struct {
		field string
		want  model.Methods
	}{
		{"Time", model.Methods{MarshalJSON: value, UnmarshalJSON: pointer, MarshalText: value, UnmarshalText: pointer, IsZero: value}},
		{"Own", model.Methods{MarshalJSON: pointer, JSONSchema: value, Hooks: []string{"JSONSchemaExtend"}}},
		{"Promoted", model.Methods{MarshalJSON: model.MethodFact{Receiver: model.PointerReceiver, Via: "Own"}, JSONSchema: model.MethodFact{Receiver: model.ValueReceiver, Via: "Own"}, Hooks: []string{"JSONSchemaExtend"}}},
		{"ByPointer", model.Methods{MarshalJSON: model.MethodFact{Receiver: model.ValueReceiver, Via: "Own"}, JSONSchema: model.MethodFact{Receiver: model.ValueReceiver, Via: "Own"}, Hooks: []string{"JSONSchemaExtend"}}},
		{"Wrong", model.Methods{}},
		{"Point", model.Methods{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, field(t, all, tt.field).Type.Methods); diff != "" {
			t.Errorf("%s: %s", tt.field, diff)
		}
	}
	anon := field(t, all, "Anon").Type
	if anon.Methods.IsZero.Via != "Time" {
		t.Errorf("a struct without a name promotes too: %+v", anon.Methods)
	}
}

// What no JSON shows is not followed: a struct may hold a database handle.
func TestUnexportedFieldsAreShallow(t *testing.T) {
	a := loadApp(t)
	all := a.typ(t, "All")
	if typ := field(t, all, "client").Type.Elem; !typ.Shallow || len(typ.Fields) > 0 {
		t.Errorf("*http.Client has %d fields", len(typ.Fields))
	}
	if typ := field(t, all, "Ignored").Type.Elem; !typ.Shallow {
		t.Error("a field that encoding/json leaves out leads into the standard library")
	}
	if typ := field(t, all, "both").Type; typ.Shallow || len(typ.Fields) != 1 {
		t.Error("a type that is exported elsewhere stays shallow")
	}
	if slices.ContainsFunc(field(t, all, "Lib").Type.Fields, func(f *model.Field) bool { return f.Name == "secret" }) {
		t.Error("an unexported field of another module is kept")
	}
}

// TestSpellingsMeanTheSameType writes the underlying type of everything in the package as Go source and has go/types read it.
func TestSpellingsMeanTheSameType(t *testing.T) {
	a := loadApp(t)
	scope := a.pkg.Types.Scope()
	end := a.pkg.Syntax[0].End() - 1 // inside of the file's scope, so that imports resolve
	spelled := 0
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		if named, ok := obj.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
			continue
		}
		text, ok := a.conv.Type(obj.Type()).SpellUnderlying(func(_, name string) string { return name }, a.pkg.PkgPath)
		if !ok {
			if !strings.HasPrefix(name, "Unspeakable") {
				t.Errorf("%s can't be spelled: %s", name, text)
			}
			continue
		}
		spelled++
		tv, err := types.Eval(a.fset, a.pkg.Types, end, text)
		if err != nil {
			t.Errorf("%s: %v in %s", name, err, text)
			continue
		}
		if !types.Identical(tv.Type, obj.Type().Underlying()) {
			t.Errorf("%s is not %s", name, text)
		}
	}
	if spelled < 10 {
		t.Errorf("only %d types", spelled)
	}
}

func TestPos(t *testing.T) {
	a := loadApp(t)
	obj := a.pkg.Types.Scope().Lookup("Node")
	if got, want := a.conv.Pos(obj.Pos()).String(), "tools/tools.go:53:6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	span := a.conv.Span(obj.Pos(), obj.Pos()+4)
	if span.EndLine != 53 || span.EndColumn != 10 {
		t.Errorf("span %+v", span)
	}
	if a.conv.Pos(token.NoPos).IsValid() {
		t.Error("no position is one")
	}
}
