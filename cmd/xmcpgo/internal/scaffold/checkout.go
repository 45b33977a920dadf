package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/modfile"
)

const modulePath = "github.com/xmcpgo/xmcpgo"

// Checkout finds the checkout of xmcpgo that new apps are to use, so that everything works before a version is published: the
// one that dir lies in, or else the one this binary was built from. It is empty when there is none.
func Checkout(dir string) string {
	if found := enclosingCheckout(dir); found != "" {
		return found
	}
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "" // built with -trimpath
	}
	found := enclosingCheckout(filepath.Dir(file))
	if strings.Contains(filepath.Base(found), "@") {
		return "" // in the module cache: the app can require that version by its name
	}
	return found
}

// CheckCheckout says why dir cannot stand in for the module of xmcpgo.
func CheckCheckout(dir string) error {
	declared, err := declaredModule(dir)
	if err != nil {
		return err
	}
	if declared != modulePath {
		return fmt.Errorf("%s holds the module %s, not %s", dir, declared, modulePath)
	}
	return nil
}

func enclosingCheckout(dir string) string {
	for {
		if CheckCheckout(dir) == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func declaredModule(dir string) (string, error) {
	file := filepath.Join(dir, "go.mod")
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	p := modfile.ModulePath(content)
	if p == "" {
		return "", fmt.Errorf("%s declares no module", file)
	}
	return p, nil
}

// ReplacePath is how the go.mod in app names a checkout: relative when the app lies inside it, so that both can be moved
// together, and absolute otherwise.
func ReplacePath(app, checkout string) string {
	rel, err := filepath.Rel(app, checkout)
	if err == nil && isAbove(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(checkout)
}

func isAbove(rel string) bool {
	for rel != "." && rel != ".." {
		if filepath.Base(rel) != ".." {
			return false
		}
		rel = filepath.Dir(rel)
	}
	return rel == ".."
}
