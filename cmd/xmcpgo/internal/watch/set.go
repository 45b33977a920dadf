package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Set is what is watched. The zero value is nothing.
type Set struct {
	Trees []Tree
	// Files are single ones, which may come and go.
	Files []string
	// Skip are names of files that are never looked at, in any folder.
	Skip []string

	most    int               // how many files; 0 means maxFiles
	looking func(path string) // is told of each file before its time is asked for, in tests
}

// Tree is a folder whose files are watched: those that a build of Go takes, tests excepted.
type Tree struct {
	Dir string
	// Deep watches the folders below too, as far as the go command would look: no hidden ones, no other modules, no testdata.
	Deep bool
	// Any watches every file and every folder below, but for what editors and version control leave there.
	Any bool
}

// maxFiles bounds the work of one look.
const maxFiles = 20_000

// sources are the ends of the names of files that a build takes (go help packages, cmd/go on cgo).
var sources = [...]string{".go", ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".s", ".S", ".syso", ".swig", ".swigcxx"}

// each calls f for every file of the set, until it has been called often enough; then full is true.
func (s Set) each(f func(path string, info fs.FileInfo)) (full bool) {
	n, most := 0, s.most
	if most == 0 {
		most = maxFiles
	}
	visit := func(path string, info fs.FileInfo) bool {
		if !info.Mode().IsRegular() || slices.Contains(s.Skip, filepath.Base(path)) {
			return true
		}
		if n++; n > most {
			full = true
			return false
		}
		f(path, info)
		return true
	}
	looking := s.looking
	if looking == nil {
		looking = func(string) {}
	}
	for _, path := range s.Files {
		if info, err := os.Stat(path); err == nil {
			visit(path, info)
		}
	}
	for _, t := range s.Trees {
		t.each(looking, visit)
	}
	return full
}

// each visits the files until visit returns false. What cannot be read is as good as gone.
func (t Tree) each(looking func(path string), visit func(path string, info fs.FileInfo) bool) {
	_ = filepath.WalkDir(t.Dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if path != t.Dir && !t.enters(path) {
				return fs.SkipDir
			}
			return nil
		case !t.takes(d.Name()):
			return nil
		}
		looking(path)
		info, err := d.Info()
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			info, err = os.Stat(path)
		}
		if err == nil && !visit(path, info) {
			return fs.SkipAll
		}
		return nil
	})
}

// enters tells whether a folder below is watched.
func (t Tree) enters(dir string) bool {
	name := filepath.Base(dir)
	switch {
	case t.Any:
		return name != ".git" && name != ".hg" && name != ".jj" && name != ".svn"
	case !t.Deep, name[0] == '.', name[0] == '_', name == "testdata", name == "vendor", name == "node_modules":
		return false
	}
	_, err := os.Lstat(filepath.Join(dir, "go.mod"))
	return err != nil
}

// takes tells whether a file is watched, by its name.
func (t Tree) takes(name string) bool {
	if t.Any {
		return !temporary(name)
	}
	return name[0] != '.' && name[0] != '_' && !strings.HasSuffix(name, "_test.go") && slices.Contains(sources[:], filepath.Ext(name))
}

// temporary tells whether an editor has made a file for itself: backups, swap and lock files, probes.
func temporary(name string) bool {
	ext := filepath.Ext(name)
	return strings.HasSuffix(name, "~") || strings.HasPrefix(name, ".#") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") ||
		name[0] == '.' && (strings.HasPrefix(ext, ".sw") || ext == ".un~") ||
		ext == ".tmp" || strings.HasSuffix(name, "___jb_tmp___") || strings.HasSuffix(name, "___jb_old___") || name == "4913" || name == ".DS_Store"
}
