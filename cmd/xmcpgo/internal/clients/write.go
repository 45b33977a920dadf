package clients

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Written is what [Write] has done.
type Written struct {
	File    string
	Backup  string // the copy of what was there; empty when the file is new or unchanged
	Changed bool
}

// maxConfig bounds a file that is changed.
const maxConfig = 16 << 20

// maxBackups is how many copies are kept before something must be wrong.
const maxBackups = 1000

// Write adds the server to the client's file below dir. A file that is there is copied first, beside itself; the new one takes its place as a
// whole and keeps its permissions. A file that is no JSON, or has another server of that name, stays untouched; the latter unless it may be
// replaced.
func (c *Client) Write(dir string, s Server, replace bool) (*Written, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if !c.Writable() {
		return nil, fmt.Errorf("%s is written by you alone", c.File)
	}
	entry, err := c.Entry(s)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, filepath.FromSlash(c.File))
	// A link is followed, so that the file that it names is the one that changes.
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	mode := fs.FileMode(0o644)
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", file)
	case info.Size() > maxConfig:
		return nil, fmt.Errorf("%s: %w: it is too large", file, ErrBroken)
	default:
		mode = info.Mode().Perm()
	}
	old, err := os.ReadFile(file)
	exists := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	content, changed, err := Set(old, c.key, s.Name, entry, c.Comments, replace)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	w := &Written{File: file, Changed: changed}
	if !changed {
		return w, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	if exists {
		if w.Backup, err = backUp(file, old, mode); err != nil {
			return nil, fmt.Errorf("copy %s: %w", file, err)
		}
	}
	return w, replaceFile(file, content, mode)
}

// backUp writes a copy under a name that is free.
func backUp(file string, content []byte, mode fs.FileMode) (string, error) {
	for i := range maxBackups {
		name := file + ".bak"
		if i > 0 {
			name = fmt.Sprintf("%s.bak%d", file, i+1)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(content)
		return name, errors.Join(err, f.Close())
	}
	return "", fmt.Errorf("there are %d copies already", maxBackups)
}

func replaceFile(file string, content []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(content)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
