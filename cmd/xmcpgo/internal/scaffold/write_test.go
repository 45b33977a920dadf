package scaffold

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(at string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, at)
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(at)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var twoFiles = map[string][]byte{"main.go": []byte("package main\n"), "src/tools/greet.go": []byte("package tools\n")}

func TestConflicts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		there map[string]string
		want  []string
	}{
		{"nothing there", nil, nil},
		{"files the app does not have", map[string]string{"LICENSE": "", ".git/config": "", "docs/a.md": ""}, nil},
		{"a file of the app", map[string]string{"main.go": "mine"}, []string{"main.go"}},
		{"what go mod tidy writes", map[string]string{"go.sum": "", "go.mod": ""}, []string{"go.mod", "go.sum"}},
		{"another Go file of package main", map[string]string{"server.go": ""}, []string{"server.go"}},
		{"anything below src", map[string]string{"src/index.ts": "", "src/tools/greet.go": ""}, []string{"src/index.ts", "src/tools/greet.go"}},
		{"a file where a folder is needed", map[string]string{"src": ""}, []string{"src"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a[b]*") // what a pattern would read as its own
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			writeTree(t, dir, tt.there)
			got, err := Conflicts(dir, twoFiles)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConflictsOfWhatIsNoFolder(t *testing.T) {
	dir := t.TempDir()
	if got, err := Conflicts(filepath.Join(dir, "new", "app"), twoFiles); got != nil || err != nil {
		t.Errorf("a new folder: %v, %v", got, err)
	}
	writeTree(t, dir, map[string]string{"app": "a file"})
	if _, err := Conflicts(filepath.Join(dir, "app"), twoFiles); err == nil {
		t.Error("a file is taken for a folder")
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "main.go")); err != nil {
		t.Fatal(err)
	}
	got, err := Conflicts(dir, twoFiles)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"main.go"}, got); diff != "" {
		t.Errorf("a dangling link is overlooked (-want +got):\n%s", diff)
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "app")
	if err := Write(dir, twoFiles); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"main.go": "package main\n", "src/tools/greet.go": "package tools\n"}
	if diff := cmp.Diff(want, readTree(t, dir)); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestWriteLeavesNothingBehind(t *testing.T) {
	parent := t.TempDir()
	there := map[string]string{"app/src/tools/greet.go": "mine", "app/LICENSE": "mine"}
	writeTree(t, parent, there)
	if err := Write(filepath.Join(parent, "app"), twoFiles); err == nil {
		t.Fatal("a file was overwritten")
	}
	if diff := cmp.Diff(there, readTree(t, parent)); diff != "" {
		t.Errorf("what is left (-want +got):\n%s", diff)
	}

	writeTree(t, parent, map[string]string{"other/src": "a file where a folder is needed"})
	if err := Write(filepath.Join(parent, "other"), twoFiles); err == nil {
		t.Fatal("a file was taken for a folder")
	}
	if _, err := os.Stat(filepath.Join(parent, "other", "main.go")); err == nil {
		t.Error("main.go was left behind")
	}
	blocked := filepath.Join(parent, "other", "src", "new")
	if err := Write(blocked, twoFiles); err == nil {
		t.Error("a folder was made below a file")
	}
}
