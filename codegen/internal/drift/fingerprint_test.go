package drift

import (
	"encoding/json"
	"go/token"
	"os"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/xmcpgo/xmcpgo/codegen/internal/gotypes"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

const module = "github.com/xmcpgo/xmcpgo"

// TestFingerprints holds the table that the runtime's test holds too: what generated code carries is what the server computes
// by reflection.
func TestFingerprints(t *testing.T) {
	var table struct {
		Module, Package string
		Types           map[string]struct{ Canonical, Fingerprint string }
	}
	data, err := os.ReadFile("../../../runtime/testdata/fingerprints.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Types) < 20 {
		t.Fatalf("only %d types in the table", len(table.Types))
	}
	fset := token.NewFileSet()
	pkgs, err := packages.Load(&packages.Config{
		Fset: fset,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo,
	}, table.Package)
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) != 1 || len(pkgs[0].Errors) > 0 {
		t.Fatalf("load %s: %v", table.Package, pkgs[0].Errors)
	}
	conv := gotypes.New(gotypes.Config{Fset: fset, ModulePath: table.Module, Packages: pkgs})
	for name, want := range table.Types {
		obj := pkgs[0].Types.Scope().Lookup(name)
		if obj == nil {
			t.Errorf("%s is in the table, but not in %s", name, table.Package)
			continue
		}
		typ := conv.Type(obj.Type())
		if got := canonical(typ, table.Module); got != want.Canonical {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want.Canonical)
		}
		if got := Hash(typ, table.Module); got != want.Fingerprint {
			t.Errorf("%s: fingerprint %s, want %s", name, got, want.Fingerprint)
		}
	}
}

// A change that JSON can see changes the fingerprint; one that it cannot see does not.
func TestFingerprintTellsChanges(t *testing.T) {
	str, num := &model.Type{Kind: model.String}, &model.Type{Kind: model.Int}
	field := func(name string, typ *model.Type, tag string) *model.Field {
		return &model.Field{Name: name, Exported: name[0] < 'a', Type: typ, Tag: tag}
	}
	named := func(fields ...*model.Field) *model.Type {
		return &model.Type{Kind: model.Struct, ID: "x.T", Name: "T", PkgPath: "example.com/x", Fields: fields}
	}
	base := Hash(named(field("A", str, `json:"a"`)), module)
	for name, changed := range map[string]*model.Type{
		"name":   named(field("B", str, `json:"a"`)),
		"type":   named(field("A", num, `json:"a"`)),
		"tag":    named(field("A", str, `json:"b"`)),
		"more":   named(field("A", str, `json:"a"`), field("B", str, "")),
		"fewer":  named(),
		"a list": named(field("A", &model.Type{Kind: model.Slice, Elem: str}, `json:"a"`)),
	} {
		if Hash(changed, module) == base {
			t.Errorf("%s: the fingerprint is the same", name)
		}
	}
	if got := Hash(named(field("A", str, `json:"a"`), field("hidden", num, "")), module); got != base {
		t.Error("an unexported field changes the fingerprint")
	}
}
