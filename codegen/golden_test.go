package codegen

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/scan"
)

var update = flag.Bool("update", false, "write what the tests got into the golden files")

// The sections of a golden that hold what is expected. All other sections are files of the app, except those below
// changed/, which replace files after generating.
const (
	wantPrefix      = "want/"
	wantDiagnostics = "want/diagnostics"
	wantCompiler    = "want/compiler"
	changedPrefix   = "changed/"
)

type golden struct {
	name    string // of the file and of the app's folder in the module
	file    string
	archive *txtar.Archive
	result  *Result
}

func (g *golden) section(name string) (string, bool) {
	for _, f := range g.archive.Files {
		if f.Name == name {
			return string(f.Data), true
		}
	}
	return "", false
}

// goldens writes all golden apps into one module, so that one run of the go command loads them, and generates for each.
func goldens(t *testing.T) (module string, list []*golden) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	module = newModule(t, "example.com")
	var apps []load.App
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g := &golden{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), file: file, archive: a}
		list = append(list, g)
		for _, f := range a.Files {
			if !strings.HasPrefix(f.Name, wantPrefix) && !strings.HasPrefix(f.Name, changedPrefix) {
				writeFile(t, filepath.Join(module, g.name, f.Name), f.Data)
			}
		}
		root := filepath.Join(module, g.name)
		apps = append(apps, load.App{Root: root, ImportPath: "example.com/" + g.name, ModuleDir: module, ModulePath: "example.com"})
	}
	loaded, err := load.Load(t.Context(), nil, apps...)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range list {
		for _, e := range loaded[i].Errors {
			if strings.Contains(e.Message, scan.Runtime+" does not compile") { // -update would write nonsense
				t.Fatal(e.Message)
			}
		}
		if g.result, err = generate(loaded[i]); err != nil {
			t.Fatalf("%s: %v", g.name, err)
		}
	}
	return module, list
}

// newModule makes an empty module that uses this checkout of xmcpgo.
func newModule(t testing.TB, path string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	repo, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(repo, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(string(mod), "module "+path)
	text += fmt.Sprintf("\nrequire github.com/xmcpgo/xmcpgo v0.0.0\n\nreplace github.com/xmcpgo/xmcpgo => %s\n", repo)
	writeFile(t, filepath.Join(dir, "go.mod"), []byte(text))
	writeFile(t, filepath.Join(dir, "go.sum"), sum)
	return dir
}

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// goCommand runs the go command in dir and returns what it printed.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestGoldens(t *testing.T) {
	module, list := goldens(t)
	var build, changed []string
	for _, g := range list {
		t.Run(g.name, func(t *testing.T) { g.compare(t, module) })
		if g.result.HasErrors() {
			continue
		}
		for _, f := range g.result.Files {
			if f.Content != nil {
				writeFile(t, filepath.Join(module, f.Path), f.Content)
			} else if err := os.Remove(filepath.Join(module, f.Path)); err != nil {
				t.Error(err)
			}
		}
		if _, drifts := g.section(wantCompiler); drifts {
			changed = append(changed, "./"+g.name+"/...")
		}
		build = append(build, "./"+g.name+"/...")
	}
	writeFile(t, filepath.Join(module, "check", "main.go"), []byte(checkProgram(list)))
	build = append(build, "./check")

	if out, err := goCommand(t.Context(), module, append([]string{"vet"}, build...)...); err != nil {
		t.Errorf("the generated code does not pass go vet:\n%s", out)
	}
	if out, err := goCommand(t.Context(), module, "run", "./check"); err != nil {
		t.Errorf("the runtime refuses what was generated:\n%s", out)
	}
	leavesNoTrace(t, module)
	driftErrors(t, module, list, changed)
}

// leavesNoTrace checks that nothing of the guards reaches the compiled package.
func leavesNoTrace(t *testing.T, module string) {
	archive := filepath.Join(module, "guards.a")
	if out, err := goCommand(t.Context(), module, "build", "-o", archive, "./guards/src/tools"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("changed_run_go_generate")) {
		t.Error("a guard is part of the compiled package")
	}
}

// compare holds the result against the golden's want sections, or writes them with -update.
func (g *golden) compare(t *testing.T, module string) {
	got := map[string]string{}
	var diags strings.Builder
	for _, d := range g.result.Diagnostics {
		diags.WriteString(strings.ReplaceAll(d.String(), module, "$MODULE") + "\n")
	}
	if diags.Len() > 0 {
		got[wantDiagnostics] = diags.String()
	}
	for _, f := range g.result.Files {
		name := wantPrefix + strings.TrimPrefix(f.Path, g.name+"/")
		got[name] = string(f.Content)
		if f.Content == nil {
			got[name] = "(deleted)\n"
		}
	}
	want := map[string]string{}
	for _, f := range g.archive.Files {
		if strings.HasPrefix(f.Name, wantPrefix) && f.Name != wantCompiler {
			want[f.Name] = string(f.Data)
		}
	}
	if *update {
		g.write(t, got)
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got; go test ./codegen -run TestGoldens -update rewrites it):\n%s", g.file, diff)
	}
}

// write replaces the want sections of the golden.
func (g *golden) write(t *testing.T, got map[string]string) {
	files := slices.DeleteFunc(slices.Clone(g.archive.Files), func(f txtar.File) bool {
		return strings.HasPrefix(f.Name, wantPrefix) && f.Name != wantCompiler
	})
	names := make([]string, 0, len(got))
	for name := range got {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		files = append(files, txtar.File{Name: name, Data: []byte(got[name])})
	}
	g.archive.Files = files
	g.save(t)
}

func (g *golden) save(t *testing.T) {
	if err := os.WriteFile(g.file, txtar.Format(g.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkProgram is a program that starts a server with the registry of each golden, since the runtime checks what was
// generated: schemas, names, and the fingerprints that it computes by reflection.
func checkProgram(list []*golden) string {
	var imports, calls bytes.Buffer
	for i, g := range list {
		if g.result.HasErrors() {
			continue
		}
		fmt.Fprintf(&imports, "\tapp%d %q\n", i, "example.com/"+g.name+"/src")
		fmt.Fprintf(&calls, "\tcheck(%q, app%d.Registry)\n", g.name, i)
	}
	return `package main

import (
	"fmt"
	"net/http"
	"os"
	"reflect"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
` + imports.String() + `)

var failed bool

func check(name string, registry any) {
	f := reflect.ValueOf(registry)
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		args = append(args, reflect.New(f.Type().In(i).Elem()))
	}
	r := f.Call(args)[0].Interface().(*xmcp.Registry)
	r.Use(func() []xmcp.Plugin { // scopes and permissions need one
		return []xmcp.Plugin{xmcp.PluginFunc("nobody", func(h *xmcp.Host) error {
			h.Authenticate(xmcp.AuthenticatorFunc(func(*http.Request) (*xmcp.Principal, error) { return nil, nil }))
			return nil
		})}
	})
	if _, err := xmcp.New(r, xmcp.Config{Name: name}); err != nil {
		fmt.Printf("%s: %v\n", name, err)
		failed = true
	}
}

func main() {
` + calls.String() + `	if failed {
		os.Exit(1)
	}
}
`
}

// driftErrors changes files after generating and expects the compiler to say so.
func driftErrors(t *testing.T, module string, list []*golden, patterns []string) {
	if len(patterns) == 0 {
		return
	}
	for _, g := range list {
		for _, f := range g.archive.Files {
			if name, ok := strings.CutPrefix(f.Name, changedPrefix); ok {
				writeFile(t, filepath.Join(module, g.name, name), f.Data)
			}
		}
	}
	out, err := goCommand(t.Context(), module, append([]string{"build", "-gcflags=-e"}, patterns...)...)
	if err == nil {
		t.Error("code that changed after generating still compiles")
	}
	for _, g := range list {
		want, ok := g.section(wantCompiler)
		if !ok {
			continue
		}
		t.Run(g.name+"/compiler", func(t *testing.T) {
			var got strings.Builder
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, g.name+"/") {
					got.WriteString(line)
				}
			}
			if *update {
				for i := range g.archive.Files {
					if g.archive.Files[i].Name == wantCompiler {
						g.archive.Files[i].Data = []byte(got.String())
					}
				}
				g.save(t)
				return
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, out)
			}
		})
	}
}
