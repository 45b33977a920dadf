package scaffold

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

// exampleApps are templates that are made from an app in the folder examples of the repository.
var exampleApps = map[string]exampleApp{
	"scalekit": {
		folder: "notes",
		// A PostgreSQL for its tests is what the repository has, and what a new app cannot count on; attacks are on xmcpgo.
		own: []string{"postgres_test.go", "internal/notes/postgres_test.go", "internal/postgrestest/", "internal/attack/"},
		named: map[string][]string{
			"main.go":    {"// Command [[.Command]] is", `xmcp.Config{Name: "[[.Name]]"}`},
			"README.md":  {"# [[.Name]]\n", "--transport http [[.Name]] http", "*[[.Name]]*", `"[[.Name]]": { "url"`},
			".gitignore": {"/[[.Command]]\n", "/[[.Command]].exe\n", "/[[.Command]]-*-*\n"},
		},
	},
}

type exampleApp struct {
	folder string
	own    []string            // files and folders that are no part of the template
	named  map[string][]string // where files have the name of the app, which may be an ordinary word elsewhere
}

// templates makes the template of an app's files.
func (e exampleApp) templates(t *testing.T, module string) map[string]string {
	t.Helper()
	root := filepath.Join(checkoutHere(t), "examples", e.folder)
	out := map[string]string{}
	err := filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if !e.has(rel) {
			return nil
		}
		content, err := os.ReadFile(at)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(content), module, "[[.Module]]")
		for _, place := range e.named[rel] {
			there := strings.NewReplacer("[[.Name]]", e.folder, "[[.Command]]", e.folder).Replace(place)
			if !strings.Contains(text, there) {
				t.Errorf("%s has no %q", rel, there)
			}
			text = strings.ReplaceAll(text, there, place)
		}
		out[rel] = text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out["go.mod"] = e.goMod(t, root)
	return out
}

// has tells whether a file of the folder belongs to the template. What is built or written by a running app does not.
func (e exampleApp) has(file string) bool {
	for _, own := range append([]string{"go.mod", "go.sum", ".env", e.folder}, e.own...) {
		if file == own || strings.HasSuffix(own, "/") && strings.HasPrefix(file, own) {
			return false
		}
	}
	ext := path.Ext(file)
	return !strings.HasPrefix(ext, ".db") && ext != ".exe" && ext != ".test" && ext != ".out"
}

// goMod requires what the app itself asks for; go mod tidy finds the rest when an app is created.
func (e exampleApp) goMod(t *testing.T, root string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	var require strings.Builder
	for _, r := range mod.Require {
		if r.Indirect {
			continue
		}
		version := r.Mod.Version
		if r.Mod.Path == modulePath {
			version = "[[.Version]]"
		}
		require.WriteString("\t" + r.Mod.Path + " " + version + "\n")
	}
	return "module [[.Module]]\n\ngo " + mod.Go.Version + "\n\ntool (\n\t" + modulePath + "/cmd/xmcpgo\n\t" + modulePath + "/cmd/xmcpgo-generate\n)\n\nrequire (\n" + require.String() + ")\n[[.Replace]]"
}

// A template that is made from an example is the same app: only names and modules differ. With -update it becomes so.
func TestTemplatesOfExamples(t *testing.T) {
	for name, e := range exampleApps {
		t.Run(name, func(t *testing.T) {
			module := modulePath + "/examples/" + e.folder
			want := e.templates(t, module)
			if *update {
				writeTemplate(t, name, want)
				return
			}
			got := map[string]string{}
			root := path.Join("templates", name)
			for _, file := range templateFiles(t, root) {
				content, err := templates.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				got[strings.TrimSuffix(strings.TrimPrefix(file, root+"/"), ".tmpl")] = string(content)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the template is not the example; run this test with -update (-example +template):\n%s", diff)
			}
			// What is rendered under the example's own name is the example.
			rendered, err := Files(name, Params{Name: e.folder, Module: module, Command: e.folder, Version: ReplacedVersion, Replace: "../.."})
			if err != nil {
				t.Fatal(err)
			}
			for file := range want {
				if file == "go.mod" {
					continue
				}
				content, err := os.ReadFile(filepath.Join(checkoutHere(t), "examples", e.folder, filepath.FromSlash(file)))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(content), string(rendered[file])); diff != "" {
					t.Errorf("%s (-example +rendered):\n%s", file, diff)
				}
			}
		})
	}
}

func checkoutHere(t *testing.T) string {
	t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return Checkout(wd)
}

// templateFiles lists what the binary has of a template.
func templateFiles(t *testing.T, root string) (files []string) {
	t.Helper()
	err := fs.WalkDir(templates, root, func(at string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, at)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// writeTemplate replaces a template.
func writeTemplate(t *testing.T, name string, files map[string]string) {
	t.Helper()
	root := filepath.Join("templates", name)
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	for file, content := range files {
		target := filepath.Join(root, filepath.FromSlash(file)+".tmpl")
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
