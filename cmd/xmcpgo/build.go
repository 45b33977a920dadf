package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// buildOptions are what the command line says about a build.
type buildOptions struct {
	dir, os, arch, output string
	noCommit, json        bool
}

func buildCommand() *command {
	c := &command{
		name:    "build",
		usage:   "[flags] [DIR]",
		short:   "build an app as one static binary",
		maxArgs: 1,
		long: `Builds the app that DIR lies in (the working directory when it is left out) as one binary that needs no files and no libraries
beside it. The same source makes the same bytes, in whatever folder and on whatever machine, given the same Go. The version and
the commit are inside, as git tells them; the server introduces itself with that version. Generated files must be fresh.`,
		examples: `xmcpgo build
xmcpgo build --os linux --arch arm64     # my-app-linux-arm64
xmcpgo build -o /tmp/server ./my-app
xmcpgo build --json                      # for scripts: the file, its size, version and commit
go version -m my-app                     # what is inside`,
		exits: "0 built, 1 the app has errors or stale files, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("build", flag.ContinueOnError),
	}
	var o buildOptions
	c.flags.StringVar(&o.os, "os", "", "build for the operating system `NAME`: linux, darwin, windows, …")
	c.flags.StringVar(&o.arch, "arch", "", "build for the architecture `NAME`: amd64, arm64, …")
	c.flags.StringVar(&o.output, "o", "", "write to `FILE`; when left out, a file named like the app in its folder")
	c.flags.BoolVar(&o.noCommit, "no-commit", false, "leave out version and commit, and do without git")
	c.flags.BoolVar(&o.json, "json", false, "print one JSON object")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		o.dir = "."
		if len(args) == 1 {
			o.dir = args[0]
		}
		return build(ctx, t, o)
	}
	return c
}

func build(ctx context.Context, t *terminal.Terminal, o buildOptions) error {
	app, err := codegen.Find(o.dir)
	if err != nil {
		return generate.WithHint("build", err)
	}
	output, err := o.file(app)
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	if info, err := os.Stat(output); err == nil && info.IsDir() { // go build would put the file into it
		return fmt.Errorf("build: %s is a folder: name a file by -o", generate.Relative(app.Root, output))
	}
	if err := generate.Run(ctx, t, codegen.Config{Dir: app.Root, Version: version.Read().Version}, generate.Mode{Check: true}); err != nil {
		return err
	}
	progress := terminal.Start(t)
	progress.Say("Building " + filepath.Base(output))
	said, err := o.compile(ctx, app.Root, output)
	progress.Stop()
	fmt.Fprint(t.Stderr, said)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("build: %w", ctx.Err())
	case strings.Contains(said, "error obtaining VCS status"):
		return fmt.Errorf("build: git does not tell about this folder; see \"git status\", or leave out version and commit by --no-commit")
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return errFound // the go command has said why
	case err != nil:
		return fmt.Errorf("build: go build: %w", err)
	}
	info, err := buildinfo.ReadFile(output)
	if err != nil {
		return fmt.Errorf("build: read %s: %w", output, err)
	}
	size, err := os.Stat(output)
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	built := builtFile{
		File: output, OS: setting(info, "GOOS"), Arch: setting(info, "GOARCH"), Bytes: size.Size(),
		Commit: setting(info, "vcs.revision"), Modified: setting(info, "vcs.modified") == "true",
	}
	if built.Commit != "" { // else the go command made the version up
		built.Version = info.Main.Version
	}
	if o.json {
		return writeJSON(t, built)
	}
	fmt.Fprintf(t.Stdout, "%s %s, %s/%s, %.1f MB, %s\n", t.OutColour.Green("Built"), generate.Relative(app.Root, output), built.OS, built.Arch, float64(built.Bytes)/1e6, built.identity())
	return nil
}

// builtFile is a binary, as --json tells it. Version and commit are those inside it, so far as there are any.
type builtFile struct {
	File     string `json:"file"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Bytes    int64  `json:"bytes"`
	Version  string `json:"version,omitempty"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified"`
}

// file is where the binary goes, absolute.
func (o buildOptions) file(app codegen.App) (string, error) {
	if o.output != "" {
		return filepath.Abs(o.output)
	}
	name := scaffold.CommandName(app.ImportPath)
	if o.os != "" || o.arch != "" {
		name += "-" + o.target("GOOS", o.os, runtime.GOOS) + "-" + o.target("GOARCH", o.arch, runtime.GOARCH)
	}
	if o.target("GOOS", o.os, runtime.GOOS) == "windows" {
		name += ".exe"
	}
	return filepath.Join(app.Root, name), nil
}

// target is what a flag says, or else the environment, or else this machine.
func (buildOptions) target(variable, given, here string) string {
	if given != "" {
		return given
	}
	if v := os.Getenv(variable); v != "" {
		return v
	}
	return here
}

// compile runs go build and returns what it said. Paths of this machine, and symbols for debuggers with them, stay out of the binary;
// without cgo it is static.
func (o buildOptions) compile(ctx context.Context, dir, output string) (said string, err error) {
	vcs := "-buildvcs=auto"
	if o.noCommit {
		vcs = "-buildvcs=false"
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", vcs, "-ldflags=-s -w", "-o", output, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "CGO_ENABLED=0")
	if o.os != "" {
		cmd.Env = append(cmd.Env, "GOOS="+o.os)
	}
	if o.arch != "" {
		cmd.Env = append(cmd.Env, "GOARCH="+o.arch)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &out
	err = cmd.Run()
	return out.String(), err
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// identity says which source a binary was built from.
func (b *builtFile) identity() string {
	if b.Commit == "" {
		return "no version and no commit inside"
	}
	text := "version " + b.Version + ", commit " + b.Commit[:min(12, len(b.Commit))]
	if b.Modified {
		text += " with changes"
	}
	return text
}
