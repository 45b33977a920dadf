package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func devCommand() *command {
	c := &command{
		name:       "dev",
		usage:      "[flags] [DIR] [-- ARG...]",
		short:      "generate, build and run an app, with a stand-in for sign-in",
		maxArgs:    1,
		hasProgram: true,
		long: `Generates, builds and runs the app that DIR lies in (the working directory when it is left out), with the arguments behind
--. The app listens on --addr, else where HOST and PORT say, else on 127.0.0.1:3001.

An app that signs in with Scalekit while no environment is configured (` + envEnvironmentURL + ` is set neither in the
environment nor in .env) gets a stand-in for one on this machine, so that it can be tried without an account. The stand-in is
for development only. Ctrl-C ends everything.`,
		examples: `xmcpgo dev
xmcpgo dev ./my-app
xmcpgo dev --addr 127.0.0.1:8080 ./my-app -- --log-level debug`,
		exits: "0 ended by Ctrl-C, 1 the app has errors or ended by itself, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("dev", flag.ContinueOnError),
	}
	d := &dev{}
	c.flags.StringVar(&d.addr, "addr", "", "the app listens on this `HOST:PORT`; port 0 is any that is free")
	c.flags.IntVar(&d.authPort, "auth-port", defaultAuthPort, "the stand-in listens on this `PORT` of 127.0.0.1; 0 is any that is free")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if d.addr != "" {
			if _, _, err := net.SplitHostPort(d.addr); err != nil {
				return c.errorf("flag --addr %q is not of the form HOST:PORT", d.addr)
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

// dev is one run of the command.
type dev struct {
	addr     string
	authPort int
	dir      string
	args     []string

	root     string // the app's folder
	settings *appSettings
	standIn  *standIn
}

// Bounds on the app: from its start to its first answer, and from the request to stop to its end. The second leaves the app
// the time that it gives calls in flight by default.
const (
	startPatience = 60 * time.Second
	stopPatience  = 12 * time.Second
)

func (d *dev) run(ctx context.Context, t *terminal.Terminal) error {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("dev: the go command is needed: %w", err)
	}
	if err := d.generate(ctx, t); err != nil {
		return err
	}
	if d.settings, err = readSettings(d.root, os.LookupEnv); err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	if d.addr, err = freeAddr(orElse(d.addr, d.settings.addr())); err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	app := &devloop.App{Go: goCommand, Dir: d.root, Args: d.args, Stdout: t.Stdout, Stderr: t.Stderr}
	defer func() { _ = app.Close() }()
	program, err := d.build(ctx, t, app)
	if err != nil {
		return err
	}
	if d.standIn != nil {
		defer func() { _ = d.standIn.close() }()
	}
	app.Env = d.environment()
	process, err := app.Start(program)
	if err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	return d.attend(ctx, t, process)
}

// generate writes the generated files and finds the app's folder.
func (d *dev) generate(ctx context.Context, t *terminal.Terminal) error {
	progress := terminal.Start(t)
	result, err := codegen.Generate(ctx, codegen.Config{Dir: d.dir, Version: version.Read().Version, Progress: progress.Say})
	progress.Stop()
	if err != nil {
		return generate.WithHint(err)
	}
	generate.WriteDiagnostics(t, result)
	if result.HasErrors() {
		return errFound
	}
	written, err := result.Commit()
	if err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	d.root = appRoot(result)
	_, err = fmt.Fprintln(t.Stderr, generate.Summary(result, written))
	return err
}

// appRoot is the folder that holds src: its generated file is always there, and no other is as far up.
func appRoot(result *codegen.Result) string {
	best := ""
	for _, f := range result.Files {
		dir := path.Dir(f.Path)
		if path.Base(dir) == "src" && (best == "" || len(dir) < len(best)) {
			best = dir
		}
	}
	return filepath.Join(result.Root, filepath.FromSlash(path.Dir(best)))
}

// build compiles the app and hosts the stand-in when the app needs one.
func (d *dev) build(ctx context.Context, t *terminal.Terminal, app *devloop.App) (string, error) {
	progress := terminal.Start(t)
	progress.Say("Building the app")
	program, err := app.Build(ctx)
	progress.Stop()
	if errors.Is(err, devloop.ErrBuild) {
		return "", errFound // the go command has said why
	}
	if err != nil {
		return "", fmt.Errorf("dev: %w", err)
	}
	if d.settings.get(envEnvironmentURL) != "" {
		return program, nil
	}
	signsIn, err := app.Imports(ctx, scalekitPackage)
	if err != nil || !signsIn {
		return program, err
	}
	needs := readNeeds(filepath.Join(d.root, "src"))
	d.standIn, err = hostStandIn(d.authPort, "--auth-port", seed(d.settings.serverURL(d.addr), filepath.Base(d.root), needs.scopes, needs.permissions))
	if err != nil {
		return "", fmt.Errorf("dev: %w", err)
	}
	fmt.Fprintf(t.Stderr, "\nThis app signs in with Scalekit, and %s is not set.\n", envEnvironmentURL)
	d.standIn.announce(t)
	fmt.Fprintln(t.Stderr)
	return program, nil
}
