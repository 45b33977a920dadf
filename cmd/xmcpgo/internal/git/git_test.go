package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// repository makes one with two commits of app/file, the first tagged v1.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, "app"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "app", "file"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q", "-b", "main")
	write("one\n")
	git("add", ".")
	git("commit", "-q", "-m", "one")
	git("tag", "v1")
	write("two\n")
	git("commit", "-q", "-a", "-m", "two")
	write("not committed\n")
	return dir
}

func TestShow(t *testing.T) {
	dir := repository(t)
	for _, tt := range []struct{ from, revision, file, want string }{
		{dir, "HEAD", "app/file", "two\n"},
		{dir, "v1", "app/file", "one\n"},
		{dir, "main~1", "app/file", "one\n"},
		{filepath.Join(dir, "app"), "HEAD", "file", "two\n"},
	} {
		got, err := Show(t.Context(), tt.from, tt.revision, tt.file)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s at %s: %q, %v", tt.file, tt.revision, got, err)
		}
	}
	if root, err := Root(t.Context(), filepath.Join(dir, "app")); err != nil || root != dir {
		t.Errorf("the root is %s, %v", root, err)
	}
}

func TestShowFails(t *testing.T) {
	dir := repository(t)
	outside := t.TempDir()
	for _, tt := range []struct {
		from, revision, file string
		want                 error
	}{
		{outside, "HEAD", "file", ErrNoRepository},
		{dir, "v2", "app/file", ErrNoRevision},
		{dir, "", "app/file", ErrNoRevision},
		{dir, "--help", "app/file", ErrNoRevision},
		{dir, "-c core.pager=x", "app/file", ErrNoRevision},
		{dir, "HEAD:app", "app/file", ErrNoRevision},
		{dir, "HEAD", "app/other", ErrNoFile},
		{dir, "HEAD", "../file", ErrNoFile},
	} {
		if _, err := Show(t.Context(), tt.from, tt.revision, tt.file); !errors.Is(err, tt.want) {
			t.Errorf("%s at %q: %v, want %v", tt.file, tt.revision, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Show(ctx, dir, "HEAD", "app/file"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", outside)
	if _, err := Show(t.Context(), dir, "HEAD", "app/file"); !errors.Is(err, ErrNoGit) {
		t.Errorf("got %v", err)
	}
}
