package house

import (
	"slices"
	"strings"
	"testing"
)

// TestImportDirection holds the layers: generator and runtime know nothing of each other, and
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

// TestPluginsUseWhatIsPublic: plugins stand on packages that anybody can import, so a stranger could have written them.
func TestPluginsUseWhatIsPublic(t *testing.T) {
	out, err := command(t, ".", nil, "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./plugins/...")
	if err != nil {
		t.Fatal(err)
	}
	plugins := 0
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		for _, imported := range fields[1:] {
			switch {
			case imported == modulePath+"/runtime":
				plugins++
			case within(imported, modulePath) && (!within(imported, modulePath+"/plugins") || slices.Contains(strings.Split(imported, "/"), "internal")):
				t.Errorf("%s imports %s", fields[0], imported)
			}
		}
	}
	if plugins < 3 {
		t.Errorf("%d plugins use the runtime, want all of them", plugins)
	}
}

// TestServerBinary keeps the generator's libraries out of what users deploy.
func TestServerBinary(t *testing.T) {
	forbidden := []string{
		modulePath + "/codegen", modulePath + "/cmd",
		"golang.org/x/tools", "github.com/invopop/jsonschema", "github.com/spf13/cobra",
		"testing", // xmcptest is for tests only
		modulePath + "/plugins/scalekit/scalekitdev", // signs in whoever is chosen
		// Only apps with Config.MCP pay for what it needs when they start.
		modulePath + "/runtime/mcpgo", "github.com/mark3labs/mcp-go/server", "github.com/mark3labs/mcp-go/client",
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

// TestGeneratorCommand: the first go generate of an app compiles this command, so it links nothing that a generator has no use for.
// It gets net itself by way of invopop, which has a schema for net.IP.
func TestGeneratorCommand(t *testing.T) {
	out, err := command(t, ".", nil, "go", "list", "-deps", "./cmd/xmcpgo-generate")
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(out)
	for _, dep := range deps {
		for _, prefix := range []string{"net/http", "crypto/tls", "html/template", "testing", modulePath + "/runtime", modulePath + "/plugins", modulePath + "/cmd/xmcpgo"} {
			if within(dep, prefix) {
				t.Errorf("the generator command links %s", dep)
			}
		}
	}
	const most = 200
	t.Logf("%d packages", len(deps))
	if len(deps) > most {
		t.Errorf("the generator command links %d packages, more than %d", len(deps), most)
	}
}

// within reports whether a package is the given one or lies below it.
func within(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}
