package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name           string
		files          string
		passed, failed int
		code           int
		want, wantNot  []string
	}{
		{
			name: "all pass",
			files: `
-- go.mod --
module example.com/a
-- a_test.go --
package a
import "testing"
func TestA(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Log("quiet") }) }
-- inner/go.mod --
module example.com/inner
-- inner/b_test.go --
package b
import "testing"
func TestB(t *testing.T) {}
-- testdata/go.mod --
not a module
`,
			passed: 3,
			want:   []string{"ok  \texample.com/a\t", "(2 tests)", "ok  \texample.com/inner\t", "\n3 passed, 0 failed\n"},
			// What passed is not printed.
			wantNot: []string{"quiet", "--- PASS"},
		},
		{
			name: "a failure, a skip and a package without tests",
			files: `
-- go.mod --
module example.com/a
-- a_test.go --
package a
import "testing"
func TestOne(t *testing.T) { t.Fatal("one is wrong") }
func TestTwo(t *testing.T) { t.Skip("not today") }
func TestThree(t *testing.T) {}
-- none/none.go --
package none
`,
			passed: 1, failed: 2, code: 1,
			want: []string{
				"one is wrong", "not today", "FAIL\texample.com/a\t", "?   \texample.com/a/none\t",
				"failed:\n    example.com/a TestOne\n    example.com/a TestTwo\n1 of them were skipped", "\n1 passed, 2 failed\n",
			},
		},
		{
			name: "a package that does not build",
			files: `
-- go.mod --
module example.com/a
-- a_test.go --
package a
import "testing"
func TestOne(t *testing.T) { undefinedName() }
`,
			failed: 1, code: 1,
			want: []string{"undefinedName", "failed:\n    example.com/a\n", "\n0 passed, 1 failed\n"},
		},
		{
			name: "a panic ends the package",
			files: `
-- go.mod --
module example.com/a
-- a_test.go --
package a
import "testing"
func TestOne(t *testing.T) { panic("boom") }
func TestTwo(t *testing.T) {}
`,
			failed: 1, code: 1,
			want: []string{"panic: boom", "example.com/a TestOne\n", "\n0 passed, 1 failed\n"},
		},
		{
			name: "a broken go.mod",
			files: `
-- go.mod --
module example.com/a
nonsense
-- a.go --
package a
`,
			failed: 1, code: 1,
			want: []string{"\n0 passed, 1 failed\n"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range txtar.Parse([]byte(tt.files)).Files {
				path := filepath.Join(dir, f.Name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(dir)
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), nil, &stdout, &stderr)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("the output lacks %q", want)
				}
			}
			for _, not := range tt.wantNot {
				if strings.Contains(stdout.String(), not) {
					t.Errorf("the output has %q", not)
				}
			}
			if t.Failed() {
				t.Logf("stdout:\n%s\nstderr:\n%s", &stdout, &stderr)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"-nonsense"}, &stdout, &stderr); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
	if !strings.Contains(stderr.String(), "-dir") {
		t.Errorf("usage lacks -dir: %s", &stderr)
	}
}

func TestModules(t *testing.T) {
	got, err := modules("../..")
	if err != nil {
		t.Fatal(err)
	}
	// The tools' module pins programs and has no package of its own.
	for _, dir := range got {
		if filepath.Base(dir) == "tools" {
			t.Errorf("%s is listed although it has no Go files", dir)
		}
	}
	if diff := cmp.Diff(filepath.Join("..", ".."), got[0]); diff != "" {
		t.Errorf("the root comes first (-want +got):\n%s", diff)
	}
}
