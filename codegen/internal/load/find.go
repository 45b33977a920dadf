package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// App says where an app is.
type App struct {
	// Root is the folder that holds src, absolute and without symbolic links.
	Root string
	// ImportPath of Root.
	ImportPath string
	// ModuleDir and ModulePath are of the module that the app belongs to; several apps may share one.
	ModuleDir  string
	ModulePath string
}

// itemFolders are what makes a src folder that of an app.
var itemFolders = [...]string{"tools", "prompts", "resources", "middleware.go"}

// Find finds the app that dir belongs to. That is dir itself when it holds src; else the nearest folder above it, up to the
// module's own, whose src holds tools, prompts, resources or middleware.go; else the module's folder.
func Find(dir string) (App, error) {
	if dir == "" {
		dir = "."
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return App{}, fmt.Errorf("find the app of %s: %w", dir, err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return App{}, &TroubleError{Code: diag.NoModule, Message: fmt.Sprintf("cannot open %s: %v", dir, rootCause(err)), Hint: "name a folder of your app", Err: err}
	}
	if !isDir(abs) {
		abs = filepath.Dir(abs)
	}
	module, ok := ascend(abs, "", func(d string) bool { return isFile(filepath.Join(d, "go.mod")) })
	if !ok {
		return App{}, &TroubleError{
			Code:    diag.NoModule,
			Message: fmt.Sprintf("%s is not inside a Go module: no go.mod in it or above it", dir),
			Hint:    "run `go mod init example.com/my-app` in the app's folder, or `xmcpgo create DIR` for a new app",
		}
	}
	modPath, err := modulePath(filepath.Join(module, "go.mod"))
	if err != nil {
		return App{}, err
	}
	root := abs
	if !isDir(filepath.Join(abs, "src")) {
		if root, ok = ascend(abs, module, holdsItems); !ok {
			root = module
		}
	}
	rel, err := filepath.Rel(module, root)
	if err != nil {
		return App{}, fmt.Errorf("find the app of %s: %w", dir, err)
	}
	return App{Root: root, ImportPath: path.Join(modPath, filepath.ToSlash(rel)), ModuleDir: module, ModulePath: modPath}, nil
}

// SrcPath is the import path of the package in src.
func (a App) SrcPath() string { return path.Join(a.ImportPath, "src") }

// InModule reports whether a package belongs to the app's module.
func (a App) InModule(pkgPath string) bool {
	return pkgPath == a.ModulePath || strings.HasPrefix(pkgPath, a.ModulePath+"/")
}

// Rel is the path of a file relative to the module's folder, with slashes. A file outside of the module keeps its own.
func (a App) Rel(file string) string {
	rel, err := filepath.Rel(a.ModuleDir, file)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// Src is the folder src relative to the module's folder, with slashes.
func (a App) Src() string { return a.Rel(filepath.Join(a.Root, "src")) }

func modulePath(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	p := modfile.ModulePath(data)
	if p == "" {
		return "", &TroubleError{Code: diag.NoModule, Message: file + " has no module line", Hint: "run `go mod edit -module example.com/my-app`"}
	}
	return p, nil
}

// ascend returns the nearest of dir and the folders above it that fits, not going beyond last.
func ascend(dir, last string, fits func(string) bool) (string, bool) {
	for {
		if fits(dir) {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir || dir == last {
			return "", false
		}
		dir = parent
	}
}

func holdsItems(dir string) bool {
	for _, name := range itemFolders {
		if _, err := os.Stat(filepath.Join(dir, "src", name)); err == nil {
			return true
		}
	}
	return false
}

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

func isFile(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

func rootCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
