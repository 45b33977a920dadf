package house

import (
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func parseModule(t *testing.T, dir string) *modfile.File {
	t.Helper()
	name := path.Join(dir, "go.mod")
	file, err := modfile.Parse(name, []byte(read(t, name)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRootModule: `go get` and `go install` of the module ignore or refuse replace and exclude.
func TestRootModule(t *testing.T) {
	file := parseModule(t, ".")
	if file.Module.Mod.Path != modulePath {
		t.Errorf("the module is called %s", file.Module.Mod.Path)
	}
	for _, replace := range file.Replace {
		t.Errorf("go.mod replaces %s", replace.Old.Path)
	}
	for _, exclude := range file.Exclude {
		t.Errorf("go.mod excludes %s", exclude.Mod.Path)
	}
	if file.Toolchain != nil {
		t.Errorf("go.mod pins a toolchain, which every user's build would have to fetch: %s", file.Toolchain.Name)
	}
}

// TestExampleModules: an example is an app as a user has it; the replacement of
// this module by the checkout is the only difference.
func TestExampleModules(t *testing.T) {
	for _, dir := range examples(t) {
		t.Run(dir, func(t *testing.T) {
			file := parseModule(t, dir)
			up := strings.Repeat("../", strings.Count(dir, "/")+1)
			for _, replace := range file.Replace {
				if replace.Old.Path != modulePath || replace.New.Path+"/" != up {
					t.Errorf("replaces %s by %s; only %s by %s is expected", replace.Old.Path, replace.New.Path, modulePath, up)
				}
			}
			var tools []string
			for _, tool := range file.Tool {
				tools = append(tools, strings.TrimPrefix(tool.Path, modulePath+"/cmd/"))
			}
			if want := []string{"xmcpgo", "xmcpgo-generate"}; !slices.Equal(tools, want) {
				t.Errorf("go.mod has the tools %q, want %q", tools, want)
			}
			if got, want := file.Go.Version, parseModule(t, ".").Go.Version; got != want {
				t.Errorf("go %s, and the root has go %s", got, want)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	for _, dir := range modules(t) {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			if _, err := command(t, dir, nil, "go", "mod", "tidy", "-diff"); err != nil {
				t.Errorf("run `make tidy`:\n%v", err)
			}
		})
	}
}

// TestNoWorkspace: a committed go.work would hide what each module lacks.
func TestNoWorkspace(t *testing.T) {
	for _, path := range files(t, func(p string) bool { return path.Base(p) == "go.work" }) {
		t.Errorf("%s is part of the repository", path)
	}
}

// TestDependencyReasons: each module that we ask for by ourselves earns its
// place, with its reason in docs/dependencies.md; nothing else is listed there.
func TestDependencyReasons(t *testing.T) {
	const page = "docs/dependencies.md"
	reasons := map[string]bool{}
	for line := range strings.Lines(read(t, page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		name := strings.Trim(strings.TrimSpace(cells[1]), "`")
		if !strings.Contains(name, ".") {
			continue
		}
		reasons[name] = true
		if len(strings.TrimSpace(cells[2])) < 20 || strings.TrimSpace(cells[3]) == "" {
			t.Errorf("%s: %s has no reason or no user", page, name)
		}
	}
	wanted := map[string]bool{}
	for _, dir := range []string{".", "tools"} {
		for _, require := range parseModule(t, dir).Require {
			if !require.Indirect {
				wanted[require.Mod.Path] = true
			}
		}
	}
	// Tools are indirect in the file that pins them.
	for _, tool := range parseModule(t, "tools").Tool {
		for _, require := range parseModule(t, "tools").Require {
			if within(tool.Path, require.Mod.Path) {
				wanted[require.Mod.Path] = true
			}
		}
	}
	for name := range wanted {
		if !reasons[name] {
			t.Errorf("%s gives no reason for %s", page, name)
		}
	}
	for name := range reasons {
		if !wanted[name] {
			t.Errorf("%s lists %s, which no go.mod asks for", page, name)
		}
	}
}
