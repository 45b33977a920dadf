// Testall runs the tests of every module of the repository and reports them as one run.
//
//	go run ./internal/testall [-dir FOLDER]… [-- go test flags]
//
// It prints a line for each package, the output of what failed, and ends with
//
//	N passed, N failed
//
// A skipped test counts as failed: a run that leaves tests out must not look
// like one that passed them. So does a test in whose output, or in that of a
// program it has started, there is a token or another secret, passed or not. The exit code is 0 when nothing failed, 1 when
// something did, 2 when the run itself could not be made.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// folders is a flag that can be given several times.
type folders []string

func (f *folders) String() string     { return strings.Join(*f, ",") }
func (f *folders) Set(s string) error { *f = append(*f, s); return nil }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var dirs folders
	set := flag.NewFlagSet("testall", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Var(&dirs, "dir", "test the module in this `folder` (repeatable; default: every module below the working directory)")
	if err := set.Parse(args); err != nil {
		return 2
	}
	if len(dirs) == 0 {
		found, err := modules(".")
		if err != nil {
			fmt.Fprintln(stderr, "testall:", err)
			return 2
		}
		dirs = found
	}
	report := &report{out: stdout}
	for _, dir := range dirs {
		start := time.Now()
		if err := testModule(ctx, dir, set.Args(), report, stderr); err != nil {
			fmt.Fprintf(stderr, "testall: %s: %v\n", dir, err)
			return 2
		}
		fmt.Fprintf(stdout, "--  \t%s\t%.1fs\n", dir, time.Since(start).Seconds())
	}
	report.summary()
	if report.failed > 0 {
		return 1
	}
	return 0
}

// testModule feeds the events of one go test to the report. A go test that fails
// without saying why in an event (a broken go.mod) counts as one failure.
func testModule(ctx context.Context, dir string, flags []string, report *report, stderr io.Writer) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"test", "-json"}, flags...), "./...")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	failedBefore := report.failed
	readErr := report.read(stdout)
	err = cmd.Wait()
	if readErr != nil {
		return fmt.Errorf("read events of go test: %w", readErr)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		if report.failed == failedBefore {
			report.fail(dir, "", fmt.Sprintf("go test in %s: %v\n", dir, err))
		}
	default:
		return err
	}
	return nil
}

// modules lists the folders of root that hold a go.mod, root first. Test data
// and what the build brings are left out.
func modules(root string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if name == "go.mod" && hasPackages(filepath.Dir(path)) {
			dirs = append(dirs, filepath.Dir(path))
		}
		return nil
	})
	slices.Sort(dirs)
	return dirs, err
}

// hasPackages tells a module with Go files from one that only pins tools.
func hasPackages(dir string) bool {
	found := false
	filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(path, ".go") {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}
