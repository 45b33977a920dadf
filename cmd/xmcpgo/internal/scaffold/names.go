package scaffold

import (
	"errors"
	"fmt"
	"go/build"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// AppName makes a name of a folder's: lower case letters, digits, "-", "_" and "." in it, the rest turned into "-". It is never
// empty.
func AppName(folder string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(folder) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case strings.HasSuffix(b.String(), "-"), b.Len() == 0:
		case r == '.':
			b.WriteRune('.')
		default:
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-._")
	if name == "" {
		return "my-app"
	}
	return name
}

// ModulePath makes a module path of an app's name. Names that the go command keeps for itself get "-app" behind them.
func ModulePath(name string) string {
	if CheckModulePath(name) != nil {
		name = strings.ReplaceAll(name, ".", "-") + "-app"
	}
	return name
}

// CheckModulePath says why an app cannot have this module path.
func CheckModulePath(p string) error {
	if err := module.CheckImportPath(p); err != nil {
		var invalid *module.InvalidPathError
		if errors.As(err, &invalid) && invalid.Err != nil {
			err = invalid.Err
		}
		return fmt.Errorf("module path %q: %w", p, err)
	}
	first, _, _ := strings.Cut(p, "/")
	if p == "github.com/xmcpgo/xmcpgo" {
		return fmt.Errorf("module path %q is xmcpgo itself", p)
	}
	switch first {
	case "main", "cmd", "std", "all", "tool", "work", "command-line-arguments", "vendor", "internal", "testdata":
		return fmt.Errorf("module path %q: %s has a meaning of its own for the go command", p, first)
	}
	if isStandard(first) {
		return fmt.Errorf("module path %q: the standard library has a package %s", p, first)
	}
	return nil
}

func isStandard(first string) bool {
	root := build.Default.GOROOT
	if root == "" {
		return false // a trimmed binary does not know; the go command will say so
	}
	info, err := os.Stat(filepath.Join(root, "src", first))
	return err == nil && info.IsDir()
}

// CommandName is what go build names the binary of a module: the last element of its path that is not a major version.
func CommandName(modulePath string) string {
	prefix, _, ok := module.SplitPathVersion(modulePath)
	if !ok {
		prefix = modulePath
	}
	return path.Base(prefix)
}

// ReplacedVersion is the version to require where a checkout stands in for it.
const ReplacedVersion = "v0.0.0"

// IsPublished reports whether other modules can require the version: a tag or a commit, and nothing with local changes.
func IsPublished(version string) bool {
	return semver.IsValid(version) && semver.Build(version) == ""
}
