package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is one folder below src that holds Go files: a package, or what would be one on another platform.
type Folder struct {
	Dir        string // relative to the module: "src/tools/users"
	ImportPath string
	Files      []File // without the generated one, sorted by name
	Generated  *Generated
}

// File is a Go file that the go command looks at.
type File struct {
	Name       string // "greet.go"
	Path       string // absolute
	Test       bool
	Package    string // the name in the package clause; "" when it cannot be read
	Constraint string // why the file is not part of every build: "//go:build linux", "the name ends in _linux", `import "C"`; else ""
}

// Generated is a file that has the name of our own output.
type Generated struct {
	Ours    bool // it begins with [Header]
	Content []byte
}

// hasSource reports whether the folder has a file other than tests and our own output.
func (f *Folder) hasSource() bool {
	return slices.ContainsFunc(f.Files, func(file File) bool { return !file.Test })
}

// unconstrained reports whether the folder is a package in every build.
func (f *Folder) unconstrained() bool {
	return slices.ContainsFunc(f.Files, func(file File) bool { return !file.Test && file.Constraint == "" })
}

// Constraint of the file with that absolute path.
func (f *Folder) Constraint(file string) string {
	for i := range f.Files {
		if f.Files[i].Path == file {
			return f.Files[i].Constraint
		}
	}
	return ""
}

// folders walks src as the go command does: names that begin with "_" or ".", testdata, vendor and nested modules are left out.
func folders(app App) ([]*Folder, error) {
	src := filepath.Join(app.Root, "src")
	if _, err := os.Stat(src); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []*Folder
	err := filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		name := d.Name()
		if p != src && (name[0] == '_' || name[0] == '.' || name == "testdata" || name == "vendor" || isFile(filepath.Join(p, "go.mod"))) {
			return filepath.SkipDir
		}
		f, err := folder(app, p)
		if err != nil {
			return err
		}
		if len(f.Files) > 0 || f.Generated != nil {
			list = append(list, f)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read src: %w", err)
	}
	return list, nil
}

func folder(app App, dir string) (*Folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	rel := app.Rel(dir)
	f := &Folder{Dir: rel, ImportPath: path.Join(app.ModulePath, rel)}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || name[0] == '_' || name[0] == '.' {
			continue
		}
		file := filepath.Join(dir, name)
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) && e.Type()&fs.ModeSymlink != 0 {
			continue // an editor's lock file, a dangling link
		}
		if err != nil {
			return nil, err
		}
		if name == GeneratedFile {
			f.Generated = &Generated{Ours: bytes.HasPrefix(content, []byte(Header)), Content: content}
			if f.Generated.Ours {
				continue
			}
		}
		f.Files = append(f.Files, describe(name, file, content))
	}
	return f, nil
}

func describe(name, file string, content []byte) File {
	d := File{Name: name, Path: file, Test: strings.HasSuffix(name, "_test.go"), Constraint: nameConstraint(name)}
	tree, err := parser.ParseFile(token.NewFileSet(), name, content, parser.ImportsOnly|parser.ParseComments)
	if tree == nil || tree.Name == nil {
		return d
	}
	d.Package = tree.Name.Name
	if err != nil {
		return d
	}
	for _, group := range tree.Comments {
		if group.Pos() > tree.Package {
			break
		}
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); constraint.IsGoBuild(c.Text) && err == nil && !holdsEverywhere(expr) {
				d.Constraint = c.Text
			}
		}
	}
	for _, imp := range tree.Imports {
		if imp.Path.Value == `"C"` && d.Constraint == "" {
			d.Constraint = `import "C"`
		}
	}
	return d
}

// SwitchedOff reports whether the file is left out of every build on purpose, by the usual "//go:build ignore".
func (f File) SwitchedOff() bool {
	expr, err := constraint.Parse(f.Constraint)
	if err != nil {
		return false
	}
	tag, ok := expr.(*constraint.TagExpr)
	return ok && tag.Tag == "ignore"
}

// holdsEverywhere reports whether the constraint names nothing but releases of Go, which go.mod decides.
func holdsEverywhere(expr constraint.Expr) bool {
	switch e := expr.(type) {
	case *constraint.TagExpr:
		return strings.HasPrefix(e.Tag, "go1.")
	case *constraint.AndExpr:
		return holdsEverywhere(e.X) && holdsEverywhere(e.Y)
	}
	return false
}

// nameConstraint finds the constraint in a file's name: *_GOOS, *_GOARCH or *_GOOS_GOARCH (go help buildconstraint).
func nameConstraint(name string) string {
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ".go"), "_test")
	parts := strings.Split(stem, "_")[1:]
	if len(parts) == 0 {
		return ""
	}
	last := parts[len(parts)-1]
	if len(parts) >= 2 && slices.Contains(knownArch, last) && slices.Contains(knownOS, parts[len(parts)-2]) {
		return "the name ends in _" + parts[len(parts)-2] + "_" + last
	}
	if slices.Contains(knownOS, last) || slices.Contains(knownArch, last) {
		return "the name ends in _" + last
	}
	return ""
}

// The names that constrain a file by its name alone; Go 1 keeps the past ones in the list forever.
var (
	knownOS = []string{"aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
		"openbsd", "plan9", "solaris", "wasip1", "windows", "zos"}
	knownArch = []string{"386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le",
		"mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm"}
)
