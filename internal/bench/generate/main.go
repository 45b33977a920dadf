// Command generate measures go generate on an app with many tools:
//
//	go run ./internal/bench/generate             # 100 tools; the limits are 1 s warm and 25 s with an empty build cache
//	go run ./internal/bench/generate -first=false -tools 400
//
// It also lets the app grow to 1,000 tools (-growth), which may take as many times longer as there are more tools, in processor time.
//
// It makes the app in a temporary folder as a user would have it, with the generator as a tool of its go.mod, and measures the
// command line that a user waits for, the go command's own work included. It exits with 1 when a limit is exceeded and with 2
// when it could not measure.
package main

import (
	"cmp"
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
	"time"
)

// errSlow says that a limit is exceeded.
var errSlow = errors.New("slower than the limit")

// options are the flags.
type options struct {
	tools, runs       int
	growth            int
	first             bool
	maxWarm, maxFirst time.Duration
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
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	var o options
	fs := flag.NewFlagSet("generate", flag.ContinueOnError)
	fs.IntVar(&o.tools, "tools", 100, "tools of the app")
	fs.IntVar(&o.runs, "runs", 7, "warm runs; the median counts")
	fs.BoolVar(&o.first, "first", true, "measure the first run with an empty build cache as well")
	fs.IntVar(&o.growth, "growth", 1000, "tools that the app grows to; 0 leaves that out")
	fs.DurationVar(&o.maxWarm, "max-warm", time.Second, "limit of a warm run")
	fs.DurationVar(&o.maxFirst, "max-first", 25*time.Second, "limit of the first run")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 || o.tools < 1 || o.runs < 1 || o.growth != 0 && o.growth <= o.tools {
		return fmt.Errorf("usage: generate [-tools N] [-runs N] [-growth N] [-first=false] [-max-warm D] [-max-first D]")
	}
	dir, err := os.MkdirTemp("", "xmcpgo-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left in a temporary folder does no harm
	return measure(ctx, stdout, dir, o)
}

func measure(ctx context.Context, stdout io.Writer, dir string, o options) error {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", modulePath).Output()
	if err != nil {
		return fmt.Errorf("find the checkout; run this inside it: %w", err)
	}
	app := filepath.Join(dir, "app")
	if err := writeApp(app, string(out[:len(out)-1]), o.tools); err != nil {
		return err
	}
	if _, err := timed(ctx, app, nil, "mod", "tidy"); err != nil {
		return err
	}
	slow := false
	report := func(what string, took cost, limit time.Duration) {
		verdict := ""
		if limit > 0 {
			verdict = fmt.Sprintf("  (limit %v)", limit)
			if took.wall > limit {
				slow, verdict = true, verdict+" TOO SLOW"
			}
		}
		fmt.Fprintf(stdout, "%-42s %7.2f s, %6.2f s of processors%s\n", what, took.wall.Seconds(), took.processors.Seconds(), verdict)
	}
	fmt.Fprintf(stdout, "go generate ./... on an app with %d tools\n", o.tools)
	if o.first {
		took, err := timed(ctx, app, []string{"GOCACHE=" + filepath.Join(dir, "cache")}, "generate", "./...")
		if err != nil {
			return err
		}
		report("first run, empty build cache", took, o.maxFirst)
	}
	if _, err := timed(ctx, app, nil, "generate", "./..."); err != nil {
		return err
	}
	unchanged, err := median(o.runs, func(int) (cost, error) {
		return timed(ctx, app, nil, "generate", "./...")
	})
	if err != nil {
		return err
	}
	report(fmt.Sprintf("warm, nothing changed (median of %d)", o.runs), unchanged, o.maxWarm)
	edited, err := edits(ctx, app, o.runs)
	if err != nil {
		return err
	}
	report(fmt.Sprintf("warm, one tool edited (median of %d)", o.runs), edited, o.maxWarm)
	alone, err := median(o.runs, func(int) (cost, error) {
		return timed(ctx, app, nil, "tool", "xmcpgo-generate", "-check")
	})
	if err != nil {
		return err
	}
	report("go tool xmcpgo-generate -check", alone, 0)
	if o.growth > 0 {
		grown, err := grow(ctx, app, o)
		if err != nil {
			return err
		}
		report(fmt.Sprintf("%d tools, one edited (median of %d)", o.growth, o.runs), grown, 0)
		times, most := grown.processors.Seconds()/edited.processors.Seconds(), float64(o.growth)/float64(o.tools)
		verdict := ""
		if times > most {
			slow, verdict = true, " TOO SLOW"
		}
		fmt.Fprintf(stdout, "%-42s %7.1f times the processor time for %.0f times the tools%s\n", "growth", times, most, verdict)
	}
	if slow {
		return errSlow
	}
	return nil
}

// edits is what a generate costs after one tool has changed.
func edits(ctx context.Context, app string, runs int) (cost, error) {
	return median(runs, func(i int) (cost, error) {
		if err := writeTool(app, 0, i+1); err != nil {
			return cost{}, err
		}
		return timed(ctx, app, nil, "generate", "./...")
	})
}

// grow adds tools and measures again.
func grow(ctx context.Context, app string, o options) (cost, error) {
	for i := o.tools; i < o.growth; i++ {
		if err := writeTool(app, i, 0); err != nil {
			return cost{}, err
		}
	}
	if _, err := timed(ctx, app, nil, "generate", "./..."); err != nil {
		return cost{}, err
	}
	return edits(ctx, app, o.runs)
}

// cost is what a command took: the time that a person waits, and that of all processors, which says how busy the machine was
// with other things.
type cost struct{ wall, processors time.Duration }

// timed runs the go command in dir and says what it cost.
func timed(ctx context.Context, dir string, env []string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOWORK=off", "PWD="+dir), env...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("go %v: %w\n%s", args, err, out)
	}
	return cost{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, nil
}

// median is the run in the middle, by the time that a person waits.
func median(runs int, run func(i int) (cost, error)) (cost, error) {
	all := make([]cost, runs)
	for i := range all {
		var err error
		if all[i], err = run(i); err != nil {
			return cost{}, err
		}
	}
	slices.SortFunc(all, func(a, b cost) int { return cmp.Compare(a.wall, b.wall) })
	return all[runs/2], nil
}
