package load

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// tree makes files (and folders, whose names end in a slash) below a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if folder != path {
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func TestFind(t *testing.T) {
	const mod = "module example.com/m // a comment\n\ngo 1.26\n"
	tests := []struct {
		name, from string
		files      map[string]string
		want       App // with folders relative to the tree
	}{
		{"the module", ".", map[string]string{"go.mod": mod}, App{".", "example.com/m", ".", "example.com/m"}},
		{"a folder of the app", "src/tools/deep", map[string]string{"go.mod": mod, "src/tools/deep/": ""}, App{".", "example.com/m", ".", "example.com/m"}},
		{"a folder beside src", "internal/x", map[string]string{"go.mod": mod, "src/prompts/": "", "internal/x/": ""}, App{".", "example.com/m", ".", "example.com/m"}},
		{"an app within a module", "apps/a", map[string]string{"go.mod": mod, "apps/a/src/": "", "src/tools/": ""}, App{"apps/a", "example.com/m/apps/a", ".", "example.com/m"}},
		{"below an app within a module", "apps/a/src/tools", map[string]string{"go.mod": mod, "apps/a/src/tools/": "", "src/tools/": ""}, App{"apps/a", "example.com/m/apps/a", ".", "example.com/m"}},
		{"middleware makes an app", "apps/a/x", map[string]string{"go.mod": mod, "apps/a/src/middleware.go": "", "apps/a/x/": ""}, App{"apps/a", "example.com/m/apps/a", ".", "example.com/m"}},
		{"a src without items is none", "lib/x", map[string]string{"go.mod": mod, "lib/src/": "", "lib/x/": ""}, App{".", "example.com/m", ".", "example.com/m"}},
		{"unless it is named", "lib", map[string]string{"go.mod": mod, "lib/src/": ""}, App{"lib", "example.com/m/lib", ".", "example.com/m"}},
		{"the nearest module", "inner/x", map[string]string{"go.mod": mod, "src/tools/": "", "inner/go.mod": "module inner\n", "inner/x/": ""}, App{"inner", "inner", "inner", "inner"}},
		{"a file", "main.go", map[string]string{"go.mod": mod, "main.go": ""}, App{".", "example.com/m", ".", "example.com/m"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, tt.files)
			got, err := Find(filepath.Join(dir, tt.from))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Root, tt.want.ModuleDir = filepath.Join(dir, tt.want.Root), filepath.Join(dir, tt.want.ModuleDir)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindTrouble(t *testing.T) {
	dir := tree(t, map[string]string{"empty/": "", "bad/go.mod": "go 1.26\n"})
	for _, from := range []string{"empty", "bad", "not/there"} {
		_, err := Find(filepath.Join(dir, from))
		var trouble *TroubleError
		if !errors.As(err, &trouble) || trouble.Code != diag.NoModule || trouble.Hint == "" {
			t.Errorf("%s: got %v, want trouble with code %s and a hint", from, err, diag.NoModule)
		}
	}
}

func TestFindThroughSymlink(t *testing.T) {
	dir := tree(t, map[string]string{"app/go.mod": "module m\n", "app/src/tools/": ""})
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "app"), link); err != nil {
		t.Fatal(err)
	}
	got, err := Find(link)
	if err != nil || got.Root != filepath.Join(dir, "app") {
		t.Errorf("got %q (%v), want the folder itself, which the go command will report", got.Root, err)
	}
}

func TestRel(t *testing.T) {
	app := App{ModuleDir: filepath.FromSlash("/m"), Root: filepath.FromSlash("/m/apps/a")}
	for file, want := range map[string]string{
		"/m/apps/a/src/x.go": "apps/a/src/x.go", "/m/..x/y.go": "..x/y.go", "/other/z.go": "/other/z.go", "/m": ".",
	} {
		if got := app.Rel(filepath.FromSlash(file)); got != want {
			t.Errorf("Rel(%q) = %q, want %q", file, got, want)
		}
	}
}

// What the go command downloads on its way is no part of what is wrong.
func TestDownloadsAreNoTrouble(t *testing.T) {
	got := trouble(errors.New("err: exit status 1: stderr: go: downloading example.com/a v1.0.0\ngo: downloading example.com/b v1.2.0\ngo: updates to go.mod needed\n"))
	if want := "the go command cannot load src: updates to go.mod needed"; !strings.HasPrefix(got.Error(), want) {
		t.Errorf("%q, want %q", got, want)
	}
}
