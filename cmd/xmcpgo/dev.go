package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

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
	c.run = func(ctx context.Context, t *terminal, args []string) error {
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

func (d *dev) run(ctx context.Context, t *terminal) error {
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
	app := &devloop.App{Go: goCommand, Dir: d.root, Args: d.args, Stdout: t.stdout, Stderr: t.stderr}
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
func (d *dev) generate(ctx context.Context, t *terminal) error {
	progress := startProgress(t)
	result, err := codegen.Generate(ctx, codegen.Config{Dir: d.dir, Version: readVersion().Version, Progress: progress.say})
	progress.stop()
	if err != nil {
		return withHint(err)
	}
	writeDiagnostics(t, result)
	if result.HasErrors() {
		return errFound
	}
	written, err := result.Commit()
	if err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	d.root = appRoot(result)
	_, err = fmt.Fprintln(t.stderr, summary(result, written))
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
func (d *dev) build(ctx context.Context, t *terminal, app *devloop.App) (string, error) {
	progress := startProgress(t)
	progress.say("Building the app")
	program, err := app.Build(ctx)
	progress.stop()
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
	fmt.Fprintf(t.stderr, "\nThis app signs in with Scalekit, and %s is not set.\n", envEnvironmentURL)
	d.standIn.announce(t)
	fmt.Fprintln(t.stderr)
	return program, nil
}

// freeAddr is the address itself once nobody else listens on it, with a port in place of 0.
func freeAddr(addr string) (string, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return "", fmt.Errorf("address %s is taken by another program: choose another one by --addr", addr)
	}
	if err != nil {
		return "", fmt.Errorf("address %s cannot be listened on (choose another one by --addr): %w", addr, err)
	}
	if _, port, err := net.SplitHostPort(addr); err == nil && port == "0" {
		host, _, _ := net.SplitHostPort(addr)
		_, port, _ = net.SplitHostPort(l.Addr().String())
		addr = net.JoinHostPort(host, port)
	}
	return addr, l.Close()
}

// environment is that of the command, with what the app is told. The app reads its .env file itself.
func (d *dev) environment() []string {
	host, port, _ := net.SplitHostPort(d.addr) // it was listened on
	told := map[string]string{"HOST": host, "PORT": port, envEndpoint: d.settings.endpoint(), "XMCP_STDIO": "false"}
	if d.standIn != nil {
		for name, value := range d.standIn.env.Environment() {
			told[name] = value
		}
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		_, ok := told[name]
		return ok
	})
	for name, value := range told {
		env = append(env, name+"="+value)
	}
	return env
}

// attend waits for the app to answer, says how to use it, and stays until it ends or is to end.
func (d *dev) attend(ctx context.Context, t *terminal, p *devloop.Process) error {
	ready := make(chan error, 1)
	waiting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	go func() { ready <- answers(waiting, d.addr) }()
	var failed chan error
	if d.standIn != nil {
		failed = d.standIn.failed
	}
	for {
		select {
		case err := <-ready:
			if err != nil && ctx.Err() == nil {
				return errors.Join(fmt.Errorf("dev: the app does not answer at %s within %s: its main function must call xmcp.Main or serve at HOST and PORT", d.addr, startPatience), p.Stop(stopPatience))
			}
			if err == nil {
				d.commands(t)
			}
		case err := <-failed:
			return errors.Join(err, p.Stop(stopPatience))
		case <-p.Done():
			if ctx.Err() != nil {
				return nil
			}
			if p.Err() != nil {
				fmt.Fprintf(t.stderr, "xmcpgo: the app has ended: %v\n", p.Err())
			} else {
				fmt.Fprintln(t.stderr, "xmcpgo: the app has ended by itself")
			}
			return errFound
		case <-ctx.Done():
			return p.Stop(stopPatience)
		}
	}
}

// answers waits until the server at an address is ready.
func answers(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = defaultHost
	}
	client := &http.Client{Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := client.Do(req); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// commands prints what to paste: a call, and the app's entry in two clients.
func (d *dev) commands(t *terminal) {
	endpoint, name := d.settings.clientURL(d.addr), clientName(d.root)
	try := "list " + endpoint
	if slices.Contains(readNeeds(filepath.Join(d.root, "src")).tools, "whoami") {
		try = "call " + endpoint + " whoami"
	}
	fmt.Fprintf(t.stdout, "\n%s\n  %s %s\n%s\n  claude mcp add --transport http %s %s\n%s\n  {\"mcpServers\":{%q:{\"url\":%q}}}\n",
		t.outColour.bold("Try it:"), d.self(), try, t.outColour.bold("Claude Code:"), name, endpoint, t.outColour.bold("Cursor, in .cursor/mcp.json:"), name, endpoint)
}

// self is how this command can be run again from the working directory.
func (d *dev) self() string {
	if _, err := exec.LookPath("xmcpgo"); err == nil {
		return "xmcpgo"
	}
	if dir := relative(d.root, d.root); dir != "." {
		if strings.ContainsAny(dir, " \t'\"$&;()") {
			dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
		}
		return "go -C " + dir + " tool xmcpgo"
	}
	return "go tool xmcpgo"
}

// clientName is the app's name among the servers of a client: its folder, in letters that all of them take.
func clientName(root string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, filepath.Base(root)), "-")
	return orElse(name, "my-app")
}
