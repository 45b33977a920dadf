package load

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// With an empty build cache the types are there without the compiler having made them.
func TestColdCache(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":           "module m\n\ngo 1.26.0\n",
		"src/tools/a.go":   "package tools\n\nimport (\n\t\"net/http\"\n\n\t\"m/store\"\n)\n\nvar Client http.Client\n\nvar Store store.Store\n",
		"store/store.go":   "package store\n\n// Store keeps things.\ntype Store struct{ Name string }\n",
		"store/s_test.go":  "package store_test\n\nimport _ \"m/nowhere\"\n",
		"src/xmcp_gen.go":  Header + "\n\npackage src\n\nimport _ \"m/src/gone\"\n",
		"other/package.go": "package other\n\nimport _ \"m/nowhere\"\n",
	})
	env := append(os.Environ(), "GOCACHE="+t.TempDir(), "GOWORK=off", "GOFLAGS=")
	app, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRequest(env, []App{app})
	if err != nil {
		t.Fatal(err)
	}
	defer r.cleanup()
	s, err := r.survey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.stale < manyStale {
		t.Errorf("only %d packages are stale", s.stale)
	}
	if diff := cmp.Diff([]string{"m/store"}, s.own); diff != "" {
		t.Errorf("own packages (-want +got):\n%s", diff)
	}
	loaded, err := Load(t.Context(), env, app)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded[0].Errors) > 0 {
		t.Errorf("errors %v", loaded[0].Errors)
	}
	scope := loaded[0].Packages["m/src/tools"].Types.Scope()
	for name, want := range map[string]string{"Client": "net/http.Client", "Store": "m/store.Store"} {
		if got := scope.Lookup(name).Type().String(); got != want {
			t.Errorf("%s is a %s, want %s", name, got, want)
		}
	}
	if again, err := r.survey(t.Context()); err != nil || again.stale < s.stale/2 { // the compiler was stopped soon, but not at once
		t.Errorf("%d of %d packages are still stale (%v): the rest was compiled", again.stale, s.stale, err)
	}
}

// A warm cache, an edit in the app's own packages included, is no reason to read all dependencies from source.
func TestWarmCache(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":         "module m\n\ngo 1.26.0\n",
		"src/tools/a.go": "package tools\n\nimport (\n\t\"encoding/json\"\n\n\t\"m/store\"\n)\n\nvar Raw json.RawMessage\n\nvar Store store.Store\n",
		"store/store.go": "package store\n\nimport _ \"encoding/json\"\n\n// Store was never compiled.\ntype Store struct{ Name string }\n",
	})
	env := append(os.Environ(), "GOWORK=off")
	build := exec.Command("go", "build", "encoding/json")
	build.Dir, build.Env = dir, env
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	app, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRequest(env, []App{app})
	if err != nil {
		t.Fatal(err)
	}
	defer r.cleanup()
	if s, err := r.survey(t.Context()); err != nil || s.stale != 0 {
		t.Errorf("%d packages are stale (%v)", s.stale, err)
	}
}

// Errors in packages that src imports are the same either way: one line each for packages of others, all of them for the module's.
func TestErrorsOfImports(t *testing.T) {
	dir := tree(t, map[string]string{
		"go.mod":                  "module m\n\ngo 1.26.0\n\nrequire example.com/other v1.0.0\n\nreplace example.com/other => ./vendored\n",
		"src/tools/a.go":          "package tools\n\nimport (\n\t\"example.com/other\"\n\n\t\"m/store\"\n\t\"m/types\"\n)\n\nvar Store store.Store\n\nvar Other other.Other\n\nvar T types.T\n",
		"store/store.go":          "package store\n\nimport \"os\"\n\ntype Store struct{}\n\nfunc (s Store) Get() int {\n\tunused := 1\n\treturn missing\n}\n",
		"types/types.go":          "package types\n\ntype T struct{ F Unknown }\n",
		"vendored/go.mod":         "module example.com/other\n\ngo 1.26.0\n",
		"vendored/other.go":       "package other\n\nimport \"fmt\"\n\ntype Other struct{ F Nothing }\n\nfunc F() { fmt.Println(Nowhere) }\n",
		"vendored/sub/ignored.go": "package sub\n",
	})
	app, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "GOWORK=off")
	compiled, err := Load(t.Context(), env, app)
	if err != nil {
		t.Fatal(err)
	}
	source, err := LoadSource(t.Context(), env, app)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(compiled[0].Errors, source[0].Errors); diff != "" {
		t.Errorf("errors (-from export data +from source):\n%s", diff)
	}
	var got strings.Builder
	for _, e := range source[0].Errors {
		got.WriteString(filepath.Base(e.File) + ": " + e.Message + "\n")
	}
	want := `.: package example.com/other does not compile: undefined: Nothing
store.go: "os" imported and not used
store.go: declared and not used: unused
store.go: undefined: missing
types.go: undefined: Unknown
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
