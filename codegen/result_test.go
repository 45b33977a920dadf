package codegen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
)

func generated(text string) []byte { return []byte(load.Header + "\n" + text) }

func TestCommitWritesOnlyWhatDiffers(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	writeFile(t, path("src/same.go"), generated("same"))
	writeFile(t, path("src/stale.go"), generated("old"))
	writeFile(t, path("src/gone.go"), generated("gone"))
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(path("src/same.go"), past, past); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path("src/stale.go"), 0o600); err != nil {
		t.Fatal(err)
	}
	res := &Result{Root: dir, Files: []File{
		{Path: "src/same.go", Content: generated("same")},
		{Path: "src/stale.go", Content: generated("new")},
		{Path: "src/gone.go"},
		{Path: "src/never.go"},
		{Path: "src/deep/new.go", Content: generated("new")},
	}}
	want := []string{"src/stale.go", "src/gone.go", "src/deep/new.go"}

	stale, err := res.Stale()
	if diff := cmp.Diff(want, stale); diff != "" || err != nil {
		t.Errorf("Stale (-want +got, %v):\n%s", err, diff)
	}
	if data, _ := os.ReadFile(path("src/stale.go")); string(data) != string(generated("old")) {
		t.Error("Stale has written a file")
	}
	written, err := res.Commit()
	if diff := cmp.Diff(want, written); diff != "" || err != nil {
		t.Errorf("Commit (-want +got, %v):\n%s", err, diff)
	}
	if info, err := os.Stat(path("src/same.go")); err != nil || !info.ModTime().Equal(past) {
		t.Errorf("a file that had the right bytes was touched (%v)", err)
	}
	if info, err := os.Stat(path("src/stale.go")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions of a rewritten file changed (%v)", err)
	}
	if _, err := os.Stat(path("src/gone.go")); !os.IsNotExist(err) {
		t.Errorf("a file that is no longer needed is still there (%v)", err)
	}
	again, err := res.Commit()
	if len(again) != 0 || err != nil {
		t.Errorf("the second Commit wrote %q (%v)", again, err)
	}
	entries, err := os.ReadDir(path("src"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("Commit left %s behind", e.Name())
		}
	}
}

func TestCommitLeavesForeignFilesAlone(t *testing.T) {
	for _, f := range []File{{"xmcp_gen.go", generated("new")}, {"xmcp_gen.go", nil}, {"app/xmcp.lock.json", generated("new")}} {
		dir := t.TempDir()
		file := filepath.Join(dir, filepath.FromSlash(f.Path))
		writeFile(t, file, []byte("package mine\n"))
		res := &Result{Root: dir, Files: []File{f}}
		if _, err := res.Commit(); err == nil || !strings.Contains(err.Error(), f.Path) {
			t.Errorf("Commit returned %v, want an error that names the file", err)
		}
		if data, _ := os.ReadFile(file); string(data) != "package mine\n" {
			t.Errorf("Commit overwrote somebody else's file with %q", data)
		}
	}
}

// A contract that a merge has broken is written anew.
func TestCommitMendsTheContract(t *testing.T) {
	content, err := contract.Encode(&contract.Contract{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, contract.FileName)
	res := &Result{Root: dir, Files: []File{{contract.FileName, content}}}
	for _, there := range []string{string(content[:100]) + "\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", string(content) + "\n"} {
		writeFile(t, file, []byte(there))
		if written, err := res.Commit(); err != nil || len(written) != 1 {
			t.Errorf("wrote %q: %v", written, err)
		}
		if got, _ := os.ReadFile(file); string(got) != string(content) {
			t.Errorf("got %s", got)
		}
	}
}

func TestCommitRefusesErrors(t *testing.T) {
	dir := t.TempDir()
	res := &Result{Root: dir, Files: []File{{Path: "a.go", Content: generated("")}},
		Diagnostics: []Diagnostic{diag.Errorf(diag.Pos{File: "b.go"}, "XG023", "no")}}
	if _, err := res.Commit(); err == nil {
		t.Error("Commit wrote although there are errors")
	}
	if _, err := os.Stat(filepath.Join(dir, "a.go")); !os.IsNotExist(err) {
		t.Errorf("a file was written (%v)", err)
	}
	res.Diagnostics[0].Severity = SeverityWarning
	if _, err := res.Commit(); err != nil {
		t.Errorf("a warning kept Commit from writing: %v", err)
	}
}

func TestCommitFailsWhole(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "src"), []byte("a file where a folder should be"))
	res := &Result{Root: dir, Files: []File{{Path: "src/a.go", Content: generated("")}}}
	if _, err := res.Commit(); err == nil || !strings.Contains(err.Error(), "src/a.go") {
		t.Errorf("Commit returned %v, want an error that names the file", err)
	}
}

func TestResultJSON(t *testing.T) {
	d := diag.Errorf(diag.Pos{File: "src/tools/a.go", Line: 3, Column: 5, EndLine: 3, EndColumn: 9}, "XG012", "wrong").
		WithHint("do this").WithRelated(diag.Pos{File: "src/tools/b.go", Line: 1, Column: 1}, "here")
	res := &Result{Root: t.TempDir(), Version: "v1.2.3", Counts: Counts{Tools: 2}, Diagnostics: []Diagnostic{d}}
	data, err := res.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "root")
	want := map[string]any{
		"version": "v1.2.3",
		"files":   []any{},
		"counts":  map[string]any{"tools": 2.0, "prompts": 0.0, "resources": 0.0},
		"diagnostics": []any{map[string]any{
			"code": "XG012", "severity": "error", "file": "src/tools/a.go", "line": 3.0, "column": 5.0, "endLine": 3.0, "endColumn": 9.0,
			"message": "wrong", "hint": "do this", "url": docsURL + "xg012",
			"related": []any{map[string]any{"file": "src/tools/b.go", "line": 1.0, "column": 1.0, "message": "here"}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The same bytes from any folder of the app, and nothing to write the second time.
func TestGenerateFromAnyFolder(t *testing.T) {
	dir := newModule(t, "example.com/app")
	writeFile(t, filepath.Join(dir, "src/tools/greet.go"), []byte(greet))
	writeFile(t, filepath.Join(dir, "internal/deep/x.go"), []byte("package deep\n"))
	var first *Result
	for _, from := range []string{dir, filepath.Join(dir, "src"), filepath.Join(dir, "src/tools"), filepath.Join(dir, "internal/deep")} {
		var said []string
		res, err := Generate(t.Context(), Config{Dir: from, Version: "v0.1.0", Progress: func(s string) { said = append(said, s) }})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(said, []string{"loading example.com/app/src", "generating"}) {
			t.Errorf("progress: %q", said)
		}
		if first == nil {
			first = res
			if res.Counts != (Counts{Tools: 1}) || len(res.Files) != 3 {
				t.Errorf("got %+v and %d files", res.Counts, len(res.Files))
			}
			continue
		}
		if diff := cmp.Diff(first, res); diff != "" {
			t.Errorf("from %s (-want +got):\n%s", from, diff)
		}
	}
	if written, err := first.Commit(); err != nil || len(written) != 3 {
		t.Fatalf("wrote %q: %v", written, err)
	}
	res, err := Generate(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if stale, err := res.Stale(); err != nil || len(stale) > 0 {
		t.Errorf("right after Commit, %q is stale (%v)", stale, err)
	}
	if err := os.Remove(filepath.Join(dir, "src/tools/greet.go")); err != nil {
		t.Fatal(err)
	}
	if res, err = Generate(t.Context(), Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	written, err := res.Commit()
	if diff := cmp.Diff([]string{"src/tools/xmcp_gen.go", "src/xmcp_gen.go", "xmcp.lock.json"}, written); diff != "" || err != nil {
		t.Errorf("after the last tool is deleted (-want +got, %v):\n%s", err, diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "src/tools/xmcp_gen.go")); !os.IsNotExist(err) {
		t.Errorf("the generated file of a package without items is still there (%v)", err)
	}
}

// Package-level variables and init functions of the user are common, and must not run while generating.
func TestGenerateRunsNoUserCode(t *testing.T) {
	dir := newModule(t, "example.com/app")
	trace := filepath.Join(dir, "trace")
	writeFile(t, filepath.Join(dir, "src/tools/greet.go"), []byte(greet))
	writeFile(t, filepath.Join(dir, "src/tools/db.go"), fmt.Appendf(nil, `package tools

import "os"

var db = mustOpen()

func mustOpen() *os.File {
	f, err := os.Create(%q)
	if err != nil {
		panic(err)
	}
	return f
}

func init() { panic(db) }
`, trace))
	res, err := Generate(t.Context(), Config{Dir: dir})
	if err != nil || res.HasErrors() || res.Counts.Tools != 1 {
		t.Fatalf("%v %+v", err, res)
	}
	if _, err := os.Stat(trace); !os.IsNotExist(err) {
		t.Errorf("code of the user has run (%v)", err)
	}
}

// Two apps of one module are generated apart, each from its own folder.
func TestGenerateTwoAppsOfOneModule(t *testing.T) {
	dir := newModule(t, "example.com/many")
	for _, app := range []string{"apps/a", "apps/b"} {
		writeFile(t, filepath.Join(dir, app, "src/tools/greet.go"), []byte(greet))
		res, err := Generate(t.Context(), Config{Dir: filepath.Join(dir, app, "src/tools")})
		if err != nil {
			t.Fatal(err)
		}
		written, err := res.Commit()
		if diff := cmp.Diff([]string{app + "/src/tools/xmcp_gen.go", app + "/src/xmcp_gen.go", app + "/xmcp.lock.json"}, written); diff != "" || err != nil {
			t.Errorf("(-want +got, %v):\n%s", err, diff)
		}
		content, err := os.ReadFile(filepath.Join(dir, app, "src/xmcp_gen.go"))
		if err != nil || !strings.Contains(string(content), `"example.com/many/`+app+`/src/tools"`) {
			t.Errorf("%s imports something else (%v):\n%s", app, err, content)
		}
	}
}

func TestGenerateStopsWithItsContext(t *testing.T) {
	dir := newModule(t, "example.com/app")
	writeFile(t, filepath.Join(dir, "src/tools/greet.go"), []byte(greet))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Generate(ctx, Config{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

const greet = `package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GreetMetadata makes Greet a tool.
var GreetMetadata = xmcp.ToolMetadata{}

// Greet greets.
func Greet(ctx context.Context) (string, error) { return "hello", nil }
`
