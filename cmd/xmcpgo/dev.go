package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devpage"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/proxy"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/watch"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func devCommand() *command {
	c := &command{
		name:       "dev",
		usage:      "[flags] [DIR] [-- ARG...]",
		short:      "run an app while you write it: each save is generated, built and served",
		maxArgs:    1,
		hasProgram: true,
		long: `Generates, builds and runs the app that DIR lies in (the working directory when it is left out), with the arguments behind
--, and does so again whenever a file is saved that the app is made of: Go files, embedded files, go.mod, .env. The app is reached
at --addr, else where HOST and PORT say, else at 127.0.0.1:3001, whatever build it is.

A new build takes over when it is ready. Calls in flight finish on the old one, sessions of clients go on, and clients hear that
lists may have changed. While the source is broken, the last good build serves.

An app that signs in with Scalekit while no environment is configured (` + envEnvironmentURL + ` is set neither in the
environment nor in .env) gets a stand-in for one on this machine, so that it can be tried without an account. The stand-in is
for development only. Ctrl-C ends everything.`,
		examples: `xmcpgo dev
xmcpgo dev ./my-app
xmcpgo dev --addr 127.0.0.1:8080 ./my-app -- --log-level debug`,
		exits: "0 ended by Ctrl-C, 2 trouble or wrong usage: a port that is taken, a folder that holds no app.",
		flags: flag.NewFlagSet("dev", flag.ContinueOnError),
	}
	d := &dev{}
	c.flags.StringVar(&d.addr, "addr", "", "the app is reached at this `HOST:PORT`; port 0 is any that is free")
	c.flags.IntVar(&d.authPort, "auth-port", defaultAuthPort, "the stand-in listens on this `PORT` of 127.0.0.1; 0 is any that is free")
	c.flags.DurationVar(&d.startPatience, "start-timeout", defaultStartPatience, "a build that is not ready after this `DURATION` is given up")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if d.addr != "" {
			if _, _, err := net.SplitHostPort(d.addr); err != nil {
				return c.errorf("flag --addr %q is not of the form HOST:PORT", d.addr)
			}
		}
		if d.startPatience <= 0 {
			return c.errorf("flag --start-timeout must be above zero")
		}
		for _, name := range []string{"addr", "stdio"} {
			if _, given := appFlag(c.program, name); given {
				return c.errorf("the app listens where dev tells it: use xmcpgo dev --addr in place of --%s behind --", name)
			}
		}
		d.dir, d.args = ".", c.program
		if len(args) == 1 {
			d.dir = args[0]
		}
		err := d.run(ctx, t)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return nil // Ctrl-C is how it ends
		}
		return err
	}
	return c
}

// appFlag finds a flag in the arguments of the app. The value of a switch is not of interest.
func appFlag(args []string, name string) (value string, given bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if rest, ok := strings.CutPrefix(strings.Replace(arg, "--", "-", 1), "-"+name); ok {
			switch {
			case strings.HasPrefix(rest, "="):
				value, given = rest[1:], true
			case rest == "" && i+1 < len(args):
				value, given = args[i+1], true
			case rest == "":
				given = true
			}
		}
	}
	return value, given
}

// defaultStartPatience is the time of a build from its start to its first answer.
const defaultStartPatience = 30 * time.Second

// dev is one run of the command.
type dev struct {
	addr          string
	authPort      int
	startPatience time.Duration
	dir           string
	args          []string

	t       *terminal.Terminal
	root    string // the app's folder
	module  string // the folder of its module
	key     string // seals what clients carry, the same for every build
	app     *devloop.App
	watcher *watch.Watcher
	report  *devReport
	giveUp  context.CancelCauseFunc // ends the run
	crowded sync.Once               // there are too many files to watch

	// What the goroutine of the loop's Make changes; the loop calls nothing else meanwhile that reads it.
	stale   bool // the program is not that of the source
	program string

	mu       sync.Mutex // guards what follows
	settings *appSettings
	standIn  *standIn
	status   devpage.Status
}

func (d *dev) run(ctx context.Context, t *terminal.Terminal) error {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("dev: the go command is needed: %w", err)
	}
	found, err := codegen.Find(d.dir)
	if err != nil {
		return generate.WithHint("dev", err)
	}
	d.t, d.root, d.module, d.stale = t, found.Root, found.ModuleDir, true
	d.report = &devReport{t: t, root: d.root, module: d.module}
	if d.settings, err = readSettings(d.root, os.LookupEnv); err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	d.key = newKey()
	listener, err := d.listen()
	if err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	d.report.url = d.settings.clientURL(d.addr)
	d.app = &devloop.App{Go: goCommand, Dir: d.root, Args: d.args, Stdout: t.Stdout, Log: func() io.WriteCloser { return d.report.appLog() }}
	defer func() { _ = d.app.Close() }() // what is left in a temporary folder does no harm

	d.watcher = watch.New(watch.Config{}, d.watched(nil, workspace(ctx, goCommand, d.root)))
	door := proxy.New(proxy.Config{Endpoint: d.endpoint()})
	server := &http.Server{Handler: d.handler(door), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: quiet()}

	ctx, d.giveUp = context.WithCancelCause(ctx)
	defer d.giveUp(nil)
	var all sync.WaitGroup
	all.Go(func() { d.watcher.Run(ctx) })
	all.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.giveUp(fmt.Errorf("dev: serve: %w", err))
		}
	})
	hurry := make(chan struct{})
	ended := make(chan struct{})
	all.Go(func() { d.hurry(ctx, hurry, ended) })
	loop := &devloop.Loop{
		App: d.app, Proxy: door, Changes: d.watcher.Changes(), Make: d.make, Env: d.environment, Tell: d.tell, Hurry: hurry,
		Bounds: devloop.Bounds{Start: d.startPatience},
	}
	loop.Run(ctx)
	close(ended)
	err = server.Close()
	all.Wait()
	if d.standIn != nil {
		err = errors.Join(err, d.standIn.close())
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// hurry lets a second Ctrl-C end what the first one waits for.
func (d *dev) hurry(ctx context.Context, hurry, ended chan struct{}) {
	select {
	case <-ctx.Done():
	case <-ended:
		return
	}
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	patience := time.After(time.Second)
	for {
		select {
		case <-ended:
			return
		case <-patience:
			d.report.say(d.t.ErrColour.Dim("xmcpgo: waiting for calls in flight; Ctrl-C ends them"))
		case <-again:
			close(hurry)
			return
		}
	}
}

// watched is what the app is made of, as far as it is known: sources is nil before the first build.
func (d *dev) watched(sources *devloop.Sources, workFile string) watch.Set {
	set := watch.Set{Skip: []string{"xmcp_gen.go"}}
	set.Trees = []watch.Tree{{Dir: d.module, Deep: true}}
	set.Files = []string{filepath.Join(d.root, ".env")}
	modules := []string{d.module}
	if sources != nil {
		for _, dir := range sources.Dirs {
			if !within(dir, d.module) {
				set.Trees = append(set.Trees, watch.Tree{Dir: dir})
			}
		}
		for _, dir := range sources.Embedded {
			set.Trees = append(set.Trees, watch.Tree{Dir: dir, Any: true})
		}
		modules = append(modules, sources.Modules...)
	}
	for _, dir := range modules {
		set.Files = append(set.Files, filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.sum"))
	}
	if workFile != "" {
		set.Files = append(set.Files, workFile)
	}
	return set
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
