package house

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/xmcpgo/xmcpgo"

// root is the repository's root, seen from this package's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("%s is not the repository's root: %v", dir, err)
	}
	return dir
}

// command runs a command in dir (relative to the root) and returns what it wrote to stdout.
func command(t *testing.T, dir string, env []string, name string, args ...string) (string, error) {
	t.Helper()
	return commandIn(t, filepath.Join(root(t), dir), env, name, args...)
}

func commandIn(t *testing.T, dir string, env []string, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return stdout.String(), errors.New(strings.TrimSpace(stdout.String() + "\n" + stderr.String()))
	}
	return stdout.String(), err
}

// files lists the files of the repository, slash-separated and relative to its
// root, whose path keep accepts. What git and the setup keep is not part of it.
func files(t *testing.T, keep func(path string) bool) []string {
	t.Helper()
	var out []string
	base := root(t)
	err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case ".git", ".cache", "node_modules", "bin":
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(base, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if entry.Type().IsRegular() && keep(rel) {
			out = append(out, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// isText tells text from pictures and sounds the way git does.
func isText(content string) bool {
	return !strings.Contains(content[:min(len(content), 8000)], "\x00")
}

// modules lists the folders of the repository's modules; the root is ".".
func modules(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, path := range files(t, func(path string) bool {
		return (path == "go.mod" || strings.HasSuffix(path, "/go.mod")) && !strings.Contains(path, "testdata/")
	}) {
		out = append(out, strings.TrimSuffix(strings.TrimSuffix(path, "go.mod"), "/"))
	}
	for i, dir := range out {
		if dir == "" {
			out[i] = "."
		}
	}
	return out
}

// examples lists the folders of the example apps.
func examples(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, dir := range modules(t) {
		if strings.HasPrefix(dir, "examples/") {
			out = append(out, dir)
		}
	}
	if len(out) == 0 {
		t.Fatal("the repository has no example")
	}
	return out
}
