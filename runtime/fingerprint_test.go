package xmcp

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/runtime/testdata/fingerprints"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fingerprintTable is what generator and runtime must agree on.
type fingerprintTable struct {
	Module  string                      `json:"module"`
	Package string                      `json:"package"`
	Types   map[string]fingerprintEntry `json:"types"`
}

type fingerprintEntry struct {
	Canonical   string `json:"canonical"`
	Fingerprint string `json:"fingerprint"`
}

const fingerprintModule = "github.com/xmcpgo/xmcpgo"

func canonicalType(t reflect.Type, module string) string {
	c := canonizer{module: module, seen: map[reflect.Type]int{}}
	c.write(t)
	return c.String()
}

func TestFingerprintGolden(t *testing.T) {
	types := []reflect.Type{
		reflect.TypeFor[fingerprints.Text](), reflect.TypeFor[fingerprints.Level](), reflect.TypeFor[fingerprints.Octets](),
		reflect.TypeFor[fingerprints.Runes](), reflect.TypeFor[fingerprints.Matrix](), reflect.TypeFor[fingerprints.ByName](),
		reflect.TypeFor[fingerprints.ByLevel](), reflect.TypeFor[fingerprints.Any](), reflect.TypeFor[fingerprints.Named](),
		reflect.TypeFor[fingerprints.Chan](), reflect.TypeFor[fingerprints.Func](), reflect.TypeFor[fingerprints.Foreign](),
		reflect.TypeFor[fingerprints.Empty](), reflect.TypeFor[fingerprints.Leaf](), reflect.TypeFor[fingerprints.Kinds](),
		reflect.TypeFor[fingerprints.Standard](), reflect.TypeFor[fingerprints.Embedding](), reflect.TypeFor[fingerprints.Same](),
		reflect.TypeFor[fingerprints.Tree](), reflect.TypeFor[fingerprints.Ping](), reflect.TypeFor[fingerprints.Pong](),
		reflect.TypeFor[fingerprints.Pages](), reflect.TypeFor[fingerprints.Anonymous](), reflect.TypeFor[fingerprints.Tags](), reflect.TypeFor[fingerprints.Raw](),
	}
	got := fingerprintTable{Module: fingerprintModule, Package: fingerprintModule + "/runtime/testdata/fingerprints", Types: map[string]fingerprintEntry{}}
	for _, typ := range types {
		got.Types[typ.Name()] = fingerprintEntry{canonicalType(typ, fingerprintModule), typeFingerprint(typ, fingerprintModule)}
	}
	path := filepath.Join("testdata", "fingerprints.json")
	if *update {
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want fingerprintTable
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fingerprints (-want +got):\n%s", diff)
	}
}

func TestFingerprintSeesWhatJSONSees(t *testing.T) {
	type base struct {
		Name string `json:"name"`
		Size int
	}
	type renamed struct {
		Name string `json:"title"`
		Size int
	}
	type retyped struct {
		Name string `json:"name"`
		Size int64
	}
	type reordered struct {
		Size int
		Name string `json:"name"`
	}
	type moreHidden struct {
		Name   string `json:"name"`
		Size   int
		hidden int
	}
	want := typeFingerprint(reflect.TypeFor[base](), "m")
	for _, changed := range []reflect.Type{reflect.TypeFor[renamed](), reflect.TypeFor[retyped](), reflect.TypeFor[reordered](), reflect.TypeFor[*base]()} {
		if typeFingerprint(changed, "m") == want {
			t.Errorf("%s has the fingerprint of base", changed)
		}
	}
	if typeFingerprint(reflect.TypeFor[moreHidden](), "m") != want {
		t.Error("an unexported field changed the fingerprint")
	}
	_ = moreHidden{}.hidden
}

// A path without a dot is the standard library's, unless the app's module is called like that.
func TestFingerprintOpensTypesOfADotlessModule(t *testing.T) {
	typ := reflect.TypeFor[json.Number]()
	if got := canonicalType(typ, "my-app"); got != "encoding/json.Number" {
		t.Errorf("from another module: %s", got)
	}
	if got := canonicalType(typ, "encoding"); got != "#1=string" {
		t.Errorf("from its own module: %s", got)
	}
	if got := canonicalType(typ, "enc"); got != "encoding/json.Number" {
		t.Errorf("from a module with a common beginning: %s", got)
	}
}

func TestChangedTypeStopsTheStart(t *testing.T) {
	r := NewRegistry()
	r.Fingerprint(reflect.TypeFor[fingerprints.Leaf](), fingerprintModule, typeFingerprint(reflect.TypeFor[fingerprints.Leaf](), fingerprintModule))
	if err := r.check(); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	r.Fingerprint(reflect.TypeFor[fingerprints.Tree](), fingerprintModule, "0123456789abcdef")
	if err := r.check(); err == nil || err.Error() != "type fingerprints.Tree has changed since the code was generated: run go generate ./..." {
		t.Errorf("changed: %v", err)
	}
}
