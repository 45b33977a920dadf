// Command dev measures how long a save takes under xmcpgo dev, beside go build alone:
//
//	go run ./internal/bench/dev                    # apps with 1 and with 100 tools
//	go run ./internal/bench/dev -tools 400 -runs 3
//
// A save counts from the moment the file is written until a client has the answer of the new code. Each save is followed by go build
// of the same change in a copy of the app, so that both meet the machine in the same mood, and the medians are compared. Two changes
// are measured: of a function's body, and of a description, which the generator writes out too. The command exits with 1 when a
// save takes more than twice as long as go build, and with 2 when it could not measure.
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
	"strconv"
	"strings"
	"time"
)

// errSlow says that a limit is exceeded.
var errSlow = errors.New("slower than the limit")

// options are the flags.
type options struct {
	tools []int
	runs  int
	limit float64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errSlow):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	fs := flag.NewFlagSet("dev", flag.ContinueOnError)
	sizes := fs.String("tools", "1,100", "tools of the apps, by commas")
	fs.IntVar(&o.runs, "runs", 7, "saves of each kind; the median counts")
	fs.Float64Var(&o.limit, "max-ratio", 2, "how often go build fits into a save")
	if err := fs.Parse(args); err != nil {
		return err
	}
	for size := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return fmt.Errorf("flag -tools: %q is no number above zero", size)
		}
		o.tools = append(o.tools, n)
	}
	if fs.NArg() > 0 || o.runs < 1 {
		return errors.New("usage: dev [-tools N,…] [-runs N] [-max-ratio X]")
	}
	dir, err := os.MkdirTemp("", "xmcpgo-bench-dev-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left in a temporary folder does no harm
	command := filepath.Join(dir, "xmcpgo")
	checkout, err := goCommand(ctx, ".", "list", "-m", "-f", "{{.Dir}}", "github.com/xmcpgo/xmcpgo")
	if err != nil {
		return fmt.Errorf("find the checkout; run this inside it: %w", err)
	}
	checkout = strings.TrimSpace(checkout)
	if _, err := goCommand(ctx, checkout, "build", "-o", command, "./cmd/xmcpgo"); err != nil {
		return err
	}
	slow := false
	for _, n := range o.tools {
		b := &bench{command: command, dev: filepath.Join(dir, fmt.Sprint("dev", n), "app"), alone: filepath.Join(dir, fmt.Sprint("alone", n), "app"), tools: n}
		fast, err := b.run(ctx, stdout, o)
		if err != nil {
			return err
		}
		slow = slow || !fast
	}
	if slow {
		return errSlow
	}
	return nil
}

// bench measures one app.
type bench struct {
	command    string // xmcpgo
	dev, alone string // the app and its copy
	tools      int
	edition    int
}

func (b *bench) run(ctx context.Context, stdout io.Writer, o options) (fast bool, err error) {
	for _, dir := range []string{b.dev, b.alone} {
		if out, err := exec.CommandContext(ctx, b.command, "create", dir, "-y").CombinedOutput(); err != nil {
			return false, fmt.Errorf("create: %w\n%s", err, out)
		}
		for i := range b.tools {
			if err := writeTool(dir, i, 0, 0); err != nil {
				return false, err
			}
		}
		if err := b.generate(ctx, dir); err != nil {
			return false, err
		}
		if _, err := goCommand(ctx, dir, "build", "-o", filepath.Join(dir, "bin"), "."); err != nil {
			return false, err
		}
	}
	server, err := startDev(ctx, b.command, b.dev)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	fmt.Fprintf(stdout, "an app with %d tools\n", b.tools)
	fast = true
	for _, kind := range []string{"body", "description"} {
		saves, builds := make([]time.Duration, o.runs), make([]time.Duration, o.runs)
		for i := range o.runs {
			if saves[i], err = b.save(ctx, server, kind); err != nil {
				return false, err
			}
			if builds[i], err = b.build(ctx, kind); err != nil {
				return false, err
			}
		}
		save, build := median(saves), median(builds)
		ratio := save.Seconds() / build.Seconds()
		verdict := ""
		if ratio > o.limit {
			fast, verdict = false, " TOO SLOW"
		}
		fmt.Fprintf(stdout, "  a change of a %-12s %5.2f s from save to answer, %5.2f s go build alone: %.2f times (limit %.2f)%s\n", kind, save.Seconds(), build.Seconds(), ratio, o.limit, verdict)
	}
	return fast, nil
}

// save changes the first tool under dev, and waits for the answer of the new code.
func (b *bench) save(ctx context.Context, server *devServer, kind string) (time.Duration, error) {
	if err := b.change(b.dev, kind); err != nil {
		return 0, err
	}
	start := time.Now()
	want := fmt.Sprint("edition ", b.edition)
	if err := server.answers(ctx, want); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}

// build makes a change of its own in the copy, and compiles it as a person would.
func (b *bench) build(ctx context.Context, kind string) (time.Duration, error) {
	if err := b.change(b.alone, kind); err != nil {
		return 0, err
	}
	if err := b.generate(ctx, b.alone); err != nil {
		return 0, err
	}
	start := time.Now()
	_, err := goCommand(ctx, b.alone, "build", "-o", filepath.Join(b.alone, "bin"), ".")
	return time.Since(start), err
}

// change writes the next edition of the first tool.
func (b *bench) change(dir, kind string) error {
	b.edition++
	if kind == "description" {
		return writeTool(dir, 0, b.edition, b.edition)
	}
	return writeTool(dir, 0, b.edition, 0)
}

func (b *bench) generate(ctx context.Context, dir string) error {
	if out, err := exec.CommandContext(ctx, b.command, "generate", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("generate: %w\n%s", err, out)
	}
	return nil
}

func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %v: %w\n%s", args, err, stderr.String())
	}
	return string(out), nil
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
