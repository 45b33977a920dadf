package scaffold

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen"
)

var update = flag.Bool("update", false, "rewrite the generated files of the templates")

// The generated files of a template are what the generator writes for it. With -update they become so.
func TestGeneratedFilesAreFresh(t *testing.T) {
	for _, tmpl := range Templates() {
		t.Run(tmpl.Name, func(t *testing.T) {
			wd, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			// The module path is found nowhere else in the files, so that it can be put back.
			p := Params{Name: "template-app", Module: "template.example/app", Command: "app", Version: ReplacedVersion, Replace: Checkout(wd)}
			rendered, err := Files(tmpl.Name, p)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := Write(dir, rendered); err != nil {
				t.Fatal(err)
			}
			tidy := exec.Command("go", "mod", "tidy", fmt.Sprintf("-e=%v", *update)) // a new template has no package src yet
			tidy.Dir = dir
			tidy.Env = append(os.Environ(), "GOWORK=off")
			if out, err := tidy.CombinedOutput(); err != nil {
				t.Fatalf("go mod tidy: %v\n%s", err, out)
			}
			result, err := codegen.Generate(t.Context(), codegen.Config{Dir: dir, Env: tidy.Env})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range result.Diagnostics {
				t.Error(d)
			}
			if t.Failed() {
				return
			}
			fresh := map[string]bool{}
			for _, f := range result.Files {
				fresh[f.Path] = f.Content != nil
				if *update {
					updateTemplate(t, tmpl.Name, f, p)
				} else if diff := cmp.Diff(string(f.Content), string(rendered[f.Path])); diff != "" {
					t.Errorf("%s is stale; run this test with -update (-fresh +template):\n%s", f.Path, diff)
				}
			}
			checkReadme(t, dir, string(rendered["README.md"]), result.Counts.Tools)
			for name := range rendered {
				if path.Base(name) == "xmcp_gen.go" && !fresh[name] {
					t.Errorf("%s is generated no longer", name)
				}
			}
		})
	}
}

func updateTemplate(t *testing.T, name string, f codegen.File, p Params) {
	t.Helper()
	source := strings.ReplaceAll(string(f.Content), p.Module, "[[.Module]]")
	if again, err := render(f.Path, source, p); err != nil || string(again) != string(f.Content) {
		t.Fatalf("%s cannot be made a template (%v)", f.Path, err)
	}
	file := filepath.Join("templates", name, filepath.FromSlash(f.Path)+".tmpl")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkReadme does what the README says: each Go file in it becomes a tool.
func checkReadme(t *testing.T, dir, readme string, before int) {
	t.Helper()
	added := 0
	for i, block := range strings.Split(readme, "```go\n")[1:] {
		source, _, _ := strings.Cut(block, "```")
		file := filepath.Join(dir, "src", "tools", fmt.Sprintf("readme%d.go", i))
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		added++
	}
	result, err := codegen.Generate(t.Context(), codegen.Config{Dir: dir, Env: append(os.Environ(), "GOWORK=off")})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Errorf("README.md: %v", d)
	}
	if added == 0 || result.Counts.Tools != before+added {
		t.Errorf("README.md adds %d tools to %d, and then there are %d", added, before, result.Counts.Tools)
	}
}
