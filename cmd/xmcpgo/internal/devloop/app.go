package devloop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// App is a main package under development. Its methods must not be called concurrently.
type App struct {
	// Go is the go command, Dir the folder of the main package.
	Go, Dir string
	// Args are the arguments of the app, Env its environment.
	Args, Env []string
	// Stdout and Stderr of the app and, for Stderr, of the go command.
	Stdout, Stderr io.Writer

	temp string
}

// ErrBuild is the error of a build that the go command has refused, after it has said why.
var ErrBuild = errors.New("the app does not compile")

// Build compiles the app and returns the path of the program. Close removes it.
func (a *App) Build(ctx context.Context) (program string, err error) {
	if a.temp == "" {
		if a.temp, err = os.MkdirTemp("", "xmcpgo-dev-"); err != nil {
			return "", fmt.Errorf("build: %w", err)
		}
	}
	program = filepath.Join(a.temp, "app")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	cmd := exec.CommandContext(ctx, a.Go, "build", "-o", program, ".")
	cmd.Dir, cmd.Stdout, cmd.Stderr = a.Dir, a.Stderr, a.Stderr
	var exit *exec.ExitError
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		return "", ErrBuild
	case err != nil:
		return "", fmt.Errorf("go build: %w", err)
	}
	return program, nil
}

// Imports tells whether the app's build has a package in it.
func (a *App) Imports(ctx context.Context, importPath string) (bool, error) {
	cmd := exec.CommandContext(ctx, a.Go, "list", "-deps", ".")
	cmd.Dir, cmd.Stderr = a.Dir, a.Stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.As(err, &exit):
		return false, ErrBuild
	case err != nil:
		return false, fmt.Errorf("go list: %w", err)
	}
	return slices.Contains(strings.Fields(string(out)), importPath), nil
}

// Close removes what was built.
func (a *App) Close() error {
	if a.temp == "" {
		return nil
	}
	return os.RemoveAll(a.temp)
}
