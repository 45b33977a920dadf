// Package git reads files of other revisions, by the git command.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What can be missing. Errors of [Show] wrap them.
var (
	ErrNoGit        = errors.New("there is no git command")
	ErrNoRepository = errors.New("the folder is in no git repository")
	ErrNoRevision   = errors.New("there is no such revision")
	ErrNoFile       = errors.New("the file is not in that revision")
)

// Show returns the content of a file, named relative to the folder dir, as of a revision: a commit, a branch, a tag, or anything else that git
// rev-parse understands. The working tree is not looked at.
func Show(ctx context.Context, dir, revision, file string) ([]byte, error) {
	if _, err := Root(ctx, dir); err != nil {
		return nil, err
	}
	// What begins with a dash would be an option, here or there.
	if revision == "" || strings.HasPrefix(revision, "-") {
		return nil, fmt.Errorf("%w: %q", ErrNoRevision, revision)
	}
	commit, err := run(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNoRevision, revision)
	}
	object := strings.TrimSpace(string(commit)) + ":./" + filepath.ToSlash(file)
	if _, err := run(ctx, dir, "cat-file", "-e", object); err != nil {
		return nil, fmt.Errorf("%w: %s at %s", ErrNoFile, file, revision)
	}
	return run(ctx, dir, "cat-file", "blob", object)
}

// Root is the folder of the repository that dir lies in.
func Root(ctx context.Context, dir string) (string, error) {
	out, err := run(ctx, dir, "rev-parse", "--show-toplevel")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", ErrNoGit
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return "", fmt.Errorf("%w: %s", ErrNoRepository, dir)
	case err != nil: // such as a repository of another user, which git does not trust
		return "", err
	}
	return filepath.FromSlash(strings.TrimRight(string(out), "\r\n")), nil
}

func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
