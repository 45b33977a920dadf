// Command xmcpgo-generate writes the registry and the JSON schemas of an app. It is "xmcpgo generate" as a program of its own, for
// the line in main.go:
//
//	//go:generate go tool xmcpgo-generate
//
// The first go generate of an app compiles this program, and with an empty build cache all that it imports. It links neither an
// HTTP client nor sign-in, as the command xmcpgo does, and takes half the time to compile.
//
// Flags, output and exit codes are those of "xmcpgo generate": 0 all is well, 1 the app has errors or (with -check and -diff) stale
// files, 2 trouble or wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: it reads nothing but its arguments, the environment and the working directory.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	const name = "xmcpgo-generate"
	var mode generate.Mode
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	mode.Flags(flags)
	printVersion := flags.Bool("version", false, "print the version")
	dirs, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		writeHelp(stdout, flags)
		return 0
	}
	if err == nil {
		err = mode.Validate()
	}
	if err == nil && len(dirs) > 1 {
		err = fmt.Errorf("unexpected argument %q", dirs[1])
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\nRun '%s -help' for usage.\n", name, err, name)
		return 2
	}
	if *printVersion {
		fmt.Fprintln(stdout, version.Read())
		return 0
	}
	cfg := codegen.Config{Dir: ".", Version: version.Read().Version}
	if len(dirs) == 1 {
		cfg.Dir = dirs[0]
	}
	err = generate.Run(ctx, terminal.New(nil, stdout, stderr), cfg, mode)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, generate.ErrFound):
		return 1
	case ctx.Err() != nil:
		err = fmt.Errorf("interrupted: %w", err)
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return 2
}

// parse reads the flags, which may stand before and after the folder.
func parse(flags *flag.FlagSet, args []string) (folders []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return folders, nil
		}
		folders, args = append(folders, flags.Arg(0)), flags.Args()[1:]
	}
}

func writeHelp(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(w, `Writes an xmcp_gen.go into each folder with tools, prompts or resources of the app that DIR lies in (the working directory
when it is left out). It is the command "xmcpgo generate", which "go tool xmcpgo help generate" describes.

Usage:
  xmcpgo-generate [flags] [DIR]

Flags:
`)
	flags.VisitAll(func(f *flag.Flag) { fmt.Fprintf(w, "  -%-10s %s\n", f.Name, f.Usage) })
	fmt.Fprint(w, `
Exit codes:
  0 all is well, 1 the app has errors or (with -check and -diff) stale files, 2 trouble or wrong usage.
`)
}
