package xmcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// Main runs a server as a program: it reads .env, the environment and the command line over cfg, serves until SIGINT or
// SIGTERM, drains, and exits with 0. A failure exits with 1, a mistake in flags or environment with 2, each with one line on
// standard error. A second signal ends the process at once.
func Main(r *Registry, cfg Config) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on, the next one has its default effect.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args, processEnvironment(), os.Stdout, os.Stderr, r, cfg))
}

// run is Main without the process around it. args begins with the program.
func run(ctx context.Context, args []string, env environment, stdout, stderr io.Writer, r *Registry, cfg Config) int {
	program := "server"
	if len(args) > 0 {
		program = strings.TrimSuffix(filepath.Base(args[0]), ".exe")
		args = args[1:]
	}
	cfg.stderr, cfg.stdout = stderr, stdout
	cfg.identify()
	table := settings()
	flags, err := parseFlags(args, table)
	switch {
	case err != nil:
		return fail(stderr, program, err)
	case flags.help:
		shown, _ := cfg.resolve()
		writeHelp(stdout, program, shown, table)
		return 0
	case flags.version:
		fmt.Fprintln(stdout, cfg.Name, cfg.Version)
		return 0
	}
	underDev := env.underDev() // no matter of the .env file
	if err := env.loadDotenv(dotenvPath); err != nil {
		return fail(stderr, program, &usageError{err.Error()})
	}
	if err := flags.apply(&cfg, env, table); err != nil {
		return fail(stderr, program, err)
	}
	if cfg.Stdio {
		channel, giveBack := takeStdout() // plugins print, too
		defer giveBack()
		cfg.channel = channel
	}
	s, err := New(r, cfg)
	if err != nil {
		return fail(stderr, program, err)
	}
	if s.life.underDev = underDev; underDev {
		var stop context.CancelFunc
		ctx, stop = untilEndOf(ctx, os.Stdin)
		defer stop()
	}
	if err := s.Run(ctx); err != nil {
		return fail(stderr, program, err)
	}
	return 0
}

func fail(stderr io.Writer, program string, err error) int {
	fmt.Fprintf(stderr, "%s: %v\n", program, inOneLine(err))
	if _, ok := errors.AsType[*usageError](err); ok {
		return 2
	}
	return 1
}
