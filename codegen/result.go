package codegen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
)

// Diagnostic is one problem in the source. Its String is "file:line:col: message (XG012)", with related places and a hint on lines
// of their own.
type Diagnostic = diag.Diagnostic

// Severities of a [Diagnostic].
const (
	SeverityError   = diag.Error   // nothing is written
	SeverityWarning = diag.Warning // shown; the exit code does not change
)

// Result is what [Generate] found and made. It is data: nothing is written until [Result.Commit].
type Result struct {
	// Root is the folder of the module, absolute. Paths of files and diagnostics are relative to it.
	Root string
	// Files to write, sorted by path; none when there are errors.
	Files       []File
	Diagnostics []Diagnostic
	Counts      Counts
	Version     string
	// Contract is what the app offers; nil when there are errors. The file of it is LockPath, one of Files.
	Contract *contract.Contract
	LockPath string
}

// File is a generated file. Nil content means that the file is no longer needed and is to be deleted.
type File struct {
	Path    string // relative to the result's Root, with slashes
	Content []byte
}

// Counts are the numbers of items that were found.
type Counts struct {
	Tools     int `json:"tools"`
	Prompts   int `json:"prompts"`
	Resources int `json:"resources"`
}

// HasErrors reports whether any diagnostic is an error.
func (r *Result) HasErrors() bool {
	return slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Severity == diag.Error })
}

// Stale returns the paths of the files that [Result.Commit] would write or delete.
func (r *Result) Stale() ([]string, error) {
	var paths []string
	err := r.changes(func(f File, _ []byte) error {
		paths = append(paths, f.Path)
		return nil
	})
	return paths, err
}

// Commit writes the files whose bytes differ from what is on disk and deletes those that are no longer needed. It returns their
// paths. Each file is replaced as a whole, so a reader never sees half of one, and keeps its permissions.
// With errors among the diagnostics it writes nothing.
func (r *Result) Commit() (written []string, err error) {
	if r.HasErrors() {
		return nil, errors.New("write generated files: the source has errors")
	}
	err = r.changes(func(f File, _ []byte) error {
		target := r.abs(f.Path)
		if f.Content == nil {
			if err := os.Remove(target); err != nil {
				return err
			}
		} else if err := replace(target, f.Content); err != nil {
			return err
		}
		written = append(written, f.Path)
		return nil
	})
	return written, err
}

// changes visits the files that differ from those on disk.
func (r *Result) changes(visit func(f File, old []byte) error) error {
	for _, f := range r.Files {
		old, err := os.ReadFile(r.abs(f.Path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("compare %s: %w", f.Path, err)
		}
		exists := err == nil
		switch {
		case exists && !ours(f.Path, old):
			return fmt.Errorf("compare %s: it was not written by the generator", f.Path)
		case f.Content == nil && !exists, f.Content != nil && exists && bytes.Equal(old, f.Content):
			continue
		}
		if err := visit(f, old); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
	}
	return nil
}

// ours reports whether what is there may be replaced.
func ours(file string, content []byte) bool {
	if path.Base(file) == contract.FileName {
		return contract.Ours(content)
	}
	return bytes.HasPrefix(content, []byte(load.Header))
}

func (r *Result) abs(path string) string { return filepath.Join(r.Root, filepath.FromSlash(path)) }

// replace writes a new file beside the old one and renames it.
func replace(path string, content []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	// The name begins with a dot, so that no go command that runs meanwhile takes it for a source file.
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// docsURL is where the page of a code is.
const docsURL = "https://github.com/xmcpgo/xmcpgo/blob/main/docs/diagnostics.md#"

// JSON is the result for editors and other programs: {"diagnostics": […], "files": […], "counts": {…}}. Files are those that
// are stale.
func (r *Result) JSON() ([]byte, error) {
	type diagnostic struct {
		Diagnostic
		URL string `json:"url"`
	}
	stale, err := r.Stale()
	if err != nil {
		return nil, err
	}
	out := struct {
		Root        string       `json:"root"`
		Version     string       `json:"version,omitempty"`
		Diagnostics []diagnostic `json:"diagnostics"`
		Files       []string     `json:"files"`
		Counts      Counts       `json:"counts"`
	}{r.Root, r.Version, []diagnostic{}, append([]string{}, stale...), r.Counts}
	for _, d := range r.Diagnostics {
		out.Diagnostics = append(out.Diagnostics, diagnostic{d, docsURL + strings.ToLower(d.Code)})
	}
	return json.MarshalIndent(out, "", "  ")
}
