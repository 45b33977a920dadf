package devloop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
)

// App is a main package under development. Build and Close must not be called concurrently; Start and List may be called at any
// time.
type App struct {
	// Go is the go command, Dir the folder of the main package.
	Go, Dir string
	// Args are the arguments of the app.
	Args []string
	// Stdout of the app.
	Stdout io.Writer
	// Log makes the standard error of one process. It is closed when the process has ended.
	Log func() io.WriteCloser

	temp   string
	builds int
}

// keptPrograms is how many programs are there at once: what serves, what finishes, what is being built.
const keptPrograms = 6

// CompileError is a build that the go command has refused.
type CompileError struct {
	// Output is what it said, with positions relative to the app's folder.
	Output string
}

func (e *CompileError) Error() string { return "the app does not compile" }

// Build compiles the app and returns the path of a new program. The last few stay until Close.
func (a *App) Build(ctx context.Context) (program string, err error) {
	if a.temp == "" {
		if a.temp, err = os.MkdirTemp("", "xmcpgo-dev-"); err != nil {
			return "", fmt.Errorf("build: %w", err)
		}
	}
	a.builds++
	_ = os.RemoveAll(filepath.Join(a.temp, strconv.Itoa(a.builds-keptPrograms))) // Close tries again
	program = filepath.Join(a.temp, strconv.Itoa(a.builds), "app")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	// Asking version control about the folder takes time, and nobody asks a build of development where it comes from.
	var output bytes.Buffer
	err = a.goCommand(ctx, &output, &output, "build", "-buildvcs=false", "-o", program, ".")
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, &exit):
		return "", &CompileError{output.String()}
	case err != nil:
		return "", fmt.Errorf("go build: %w", err)
	}
	return program, nil
}

// goCommand runs the go command, which ends with the context, and with all that it has started.
func (a *App) goCommand(ctx context.Context, stdout, stderr io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, a.Go, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = a.Dir, stdout, stderr
	cmd.WaitDelay = outputDelay
	isolate(cmd)
	cmd.Cancel = func() error { return killGroup(cmd) }
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // see Start
		defer runtime.UnlockOSThread()
		done <- cmd.Run()
	}()
	return <-done
}

// Close removes what was built.
func (a *App) Close() error {
	if a.temp == "" {
		return nil
	}
	return os.RemoveAll(a.temp)
}
