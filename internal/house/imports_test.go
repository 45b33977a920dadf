package house

import (
	"slices"
	"strings"
	"testing"
)

// TestImportDirection holds the layers: generator and runtime share nothing, and
// the runtime knows no plugin, so an app links only what serves it. Tests are
// bound by it too, as far as their own imports go.
func TestImportDirection(t *testing.T) {
	rules := []struct {
		tree      string
		forbidden []string
	}{
		{"codegen", []string{modulePath + "/runtime", modulePath + "/plugins", modulePath + "/cmd"}},
		{"runtime", []string{modulePath + "/codegen", modulePath + "/plugins", modulePath + "/cmd", "golang.org/x/tools/go"}},
		{"plugins", []string{modulePath + "/codegen", modulePath + "/cmd"}},
	}
	out, err := command(t, ".", nil, "go", "list", "-f",
		`{{.ImportPath}} {{join .Deps " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./...")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		for _, rule := range rules {
			if !within(fields[0], modulePath+"/"+rule.tree) {
				continue
			}
			seen[rule.tree] = true
			for _, dep := range fields[1:] {
				for _, prefix := range rule.forbidden {
					if within(dep, prefix) {
						t.Errorf("%s depends on %s", fields[0], dep)
					}
				}
			}
		}
	}
	for _, tree := range []string{"codegen", "runtime"} {
		if !seen[tree] {
			t.Errorf("the rule for %s matches no package", tree)
		}
	}
}

// TestServerBinary keeps the generator's libraries out of what users deploy.
func TestServerBinary(t *testing.T) {
	forbidden := []string{
		modulePath + "/codegen", modulePath + "/cmd",
		"golang.org/x/tools", "github.com/invopop/jsonschema", "github.com/spf13/cobra",
		"testing", // xmcptest is for tests only
	}
	for _, dir := range examples(t) {
		t.Run(dir, func(t *testing.T) {
			out, err := command(t, dir, nil, "go", "list", "-deps", ".")
			if err != nil {
				t.Fatal(err)
			}
			deps := strings.Fields(out)
			if !slices.Contains(deps, modulePath+"/runtime") {
				t.Errorf("%s does not serve anything", dir)
			}
			for _, dep := range deps {
				for _, prefix := range forbidden {
					if within(dep, prefix) {
						t.Errorf("the binary of %s links %s", dir, dep)
					}
				}
			}
		})
	}
}

// within reports whether a package is the given one or lies below it.
func within(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}
