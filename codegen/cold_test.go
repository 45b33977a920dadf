package codegen

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
)

// TestColdIsNoDifferent: whether the types of dependencies come from the build cache or from source, each golden app has the
// same diagnostics and the same files.
func TestColdIsNoDifferent(t *testing.T) {
	module, list := goldens(t)
	var apps []load.App
	for _, g := range list {
		apps = append(apps, load.App{Root: filepath.Join(module, g.name), ImportPath: "example.com/" + g.name, ModuleDir: module, ModulePath: "example.com"})
	}
	loaded, err := load.LoadSource(t.Context(), nil, apps...)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range list {
		cold, err := generate(loaded[i])
		if err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
		if diff := cmp.Diff(g.result, cold, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-from export data +from source):\n%s", g.name, diff)
		}
	}
}
