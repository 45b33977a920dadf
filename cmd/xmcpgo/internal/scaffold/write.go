package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Conflicts lists what already stands in dir and would be overwritten by files or be compiled with them: the files themselves,
// what go mod tidy writes, other Go files beside main.go, and anything below src. A folder that does not exist has none.
func Conflicts(dir string, files map[string][]byte) ([]string, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file, not a folder", dir)
	}
	found := map[string][]byte{}
	for _, name := range append(Paths(files), "go.mod", "go.sum") {
		top, _, nested := strings.Cut(name, "/")
		if top == "src" {
			continue // looked through as a whole below
		}
		_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case err == nil:
			found[name] = nil
		case nested && errors.Is(err, syscall.ENOTDIR):
			found[top] = nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	if err := addExisting(found, dir, "src"); err != nil {
		return nil, err
	}
	goFiles, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, f := range goFiles {
		found[filepath.Base(f)] = nil
	}
	return Paths(found), nil
}

// addExisting adds the files below the folder top of dir, or top itself where it is a file.
func addExisting(found map[string][]byte, dir, top string) error {
	root := filepath.Join(dir, top)
	return filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if at == root && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(rel)] = nil
		return nil
	})
}

// escapeGlob makes a folder's name match only itself. Windows has no escape in patterns, and no file name of it a "*" or "?".
func escapeGlob(dir string) string {
	if filepath.Separator == '\\' {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// Write creates the files in dir and the folders they need. It never overwrites: a file that exists is an error. After an error
// everything it created is gone again.
func Write(dir string, files map[string][]byte) (err error) {
	var created []string
	defer func() {
		if err == nil {
			return
		}
		for i := len(created) - 1; i >= 0; i-- {
			_ = os.Remove(created[i]) // the first error is the one to report
		}
	}()
	for _, name := range Paths(files) {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := makeFolder(filepath.Dir(target), &created); err != nil {
			return err
		}
		if err := writeNew(target, files[name], &created); err != nil {
			return err
		}
	}
	return nil
}

func makeFolder(dir string, created *[]string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := makeFolder(parent, created); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	*created = append(*created, dir)
	return nil
}

func writeNew(target string, content []byte, created *[]string) error {
	f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	*created = append(*created, target)
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
