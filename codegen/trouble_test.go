package codegen

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestTrouble runs where nothing can be loaded. Section dir is the folder to start from, env what is added to the
// environment, and want/error the text of the error and its hint.
func TestTrouble(t *testing.T) {
	files, err := filepath.Glob("testdata/trouble/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			g := &golden{file: file, archive: a}
			env := append(os.Environ(), "GOWORK=") // the caller may have turned workspaces off
			for _, f := range a.Files {
				switch f.Name {
				case "dir", "want/error":
				case "env":
					for line := range strings.Lines(string(f.Data)) {
						name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
						env = append(env, name+"="+value)
						if name == "PATH" { // the process's own decides which program runs
							t.Setenv(name, value)
						}
					}
				default:
					writeFile(t, filepath.Join(dir, f.Name), f.Data)
				}
			}
			from, _ := g.section("dir")
			_, err = Generate(t.Context(), Config{Dir: filepath.Join(dir, strings.TrimSpace(from)), Env: env})
			var trouble *TroubleError
			if !errors.As(err, &trouble) {
				t.Fatalf("got %v, want a TroubleError", err)
			}
			got := strings.ReplaceAll(err.Error()+"\nhint: "+trouble.Hint+"\n", dir, "$DIR")
			if *update {
				a.Files = append(withoutSection(a.Files, "want/error"), txtar.File{Name: "want/error", Data: []byte(got)})
				g.save(t)
				return
			}
			want, _ := g.section("want/error")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func withoutSection(files []txtar.File, name string) []txtar.File {
	var kept []txtar.File
	for _, f := range files {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	return kept
}
