package scaffold

import (
	"bytes"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestEveryTemplateRenders(t *testing.T) {
	p := Params{Name: "my-app", Module: "zebra.example/team/my-app", Command: "my-app", Version: "v0.1.0"}
	for _, tmpl := range Templates() {
		t.Run(tmpl.Name, func(t *testing.T) {
			files, err := Files(tmpl.Name, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"main.go", "go.mod", ".gitignore", ".env.example", "README.md", "AGENTS.md", "app_test.go", "Dockerfile", ".dockerignore", ".github/workflows/ci.yml", ".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", "src/xmcp_gen.go", "src/tools/xmcp_gen.go"} {
				if files[name] == nil {
					t.Errorf("%s is missing", name)
				}
			}
			for name, content := range files {
				if strings.HasSuffix(name, ".tmpl") || bytes.Contains(content, []byte("[[.")) {
					t.Errorf("%s is not rendered", name)
				}
				if !bytes.HasSuffix(content, []byte("\n")) || bytes.HasSuffix(content, []byte("\n\n")) {
					t.Errorf("%s does not end in one newline", name)
				}
				if path.Ext(name) != ".go" {
					continue
				}
				if formatted, err := format.Source(content); err != nil || !bytes.Equal(formatted, content) {
					t.Errorf("%s is not formatted (%v)", name, err)
				}
			}
		})
	}
}

// An app can be built by whatever builds xmcpgo, and by nothing older.
func TestGoVersion(t *testing.T) {
	goVersion := func(name string, content []byte) string {
		mod, err := modfile.Parse(name, content, nil)
		if err != nil {
			t.Fatal(err)
		}
		return mod.Go.Version
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile(filepath.Join(Checkout(wd), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tmpl := range Templates() {
		files, err := Files(tmpl.Name, Params{Name: "a", Module: "example.com/a", Command: "a", Version: "v0.1.0"})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := goVersion(tmpl.Name, files["go.mod"]), goVersion("root", root); got != want {
			t.Errorf("%s: go %s, want go %s", tmpl.Name, got, want)
		}
	}
}

func TestUnknownTemplate(t *testing.T) {
	for _, name := range []string{"", "nope", "..", "default/src"} {
		if _, err := Files(name, Params{}); err == nil {
			t.Errorf("%q is a template", name)
		}
	}
}

func TestGoMod(t *testing.T) {
	for _, tt := range []struct{ name, version, replace, wantPath string }{
		{"published", "v0.1.0", "", ""},
		{"checkout", ReplacedVersion, "../..", "../.."},
		{"checkout in a folder with a space", ReplacedVersion, "/home/me/my code/xmcpgo", "/home/me/my code/xmcpgo"},
		{"checkout in a folder like a comment", ReplacedVersion, "/srv//x", "/srv//x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := Files(Default, Params{Name: "a", Module: "example.com/a", Command: "a", Version: tt.version, Replace: tt.replace})
			if err != nil {
				t.Fatal(err)
			}
			mod, err := modfile.Parse("go.mod", files["go.mod"], nil)
			if err != nil {
				t.Fatal(err)
			}
			if formatted, err := mod.Format(); err != nil || !bytes.Equal(formatted, files["go.mod"]) {
				t.Errorf("not formatted:\n%s", files["go.mod"])
			}
			if got := mod.Module.Mod.Path; got != "example.com/a" {
				t.Errorf("module %s", got)
			}
			if len(mod.Tool) != 2 || mod.Tool[0].Path != modulePath+"/cmd/xmcpgo" || mod.Tool[1].Path != modulePath+"/cmd/xmcpgo-generate" {
				t.Errorf("tools %v", mod.Tool)
			}
			if len(mod.Require) != 1 || mod.Require[0].Mod.Path != modulePath || mod.Require[0].Mod.Version != tt.version {
				t.Errorf("require %v", mod.Require)
			}
			got := ""
			for _, r := range mod.Replace {
				got += r.New.Path
			}
			if got != tt.wantPath {
				t.Errorf("replaced by %q, want %q", got, tt.wantPath)
			}
		})
	}
}
