package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

// The exit codes, the same for every command.
const (
	exitOK      = 0
	exitErrors  = 1 // the app has errors, or its generated files are stale
	exitTrouble = 2 // wrong usage, or the work could not be done
)

// errFound ends a command with exitErrors after it has said what it found.
var errFound = generate.ErrFound

// usageError is a command line that cannot be understood.
type usageError struct {
	cmd *command // nil: the program itself
	msg string
}

func (e *usageError) Error() string { return e.msg }

// commands lists every command in the order of the help.
func commands() []*command {
	return []*command{
		createCommand(), addCommand(), generateCommand(), devCommand(), buildCommand(), listCommand(), callCommand(),
		checkCommand(), inspectCommand(), connectCommand(), authCommand(), doctorCommand(), versionCommand(),
	}
}

// run is the program: it reads nothing but its arguments, the streams, the environment and the working directory.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := terminal.New(stdin, stdout, stderr)
	err := dispatch(ctx, t, args)
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitErrors
	case errors.As(err, &usage):
		help := "xmcpgo help"
		if usage.cmd != nil {
			help += " " + usage.cmd.name
		}
		fmt.Fprintf(stderr, "xmcpgo: %s\nRun '%s' for usage.\n", usage.msg, help)
	case ctx.Err() != nil:
		fmt.Fprintf(stderr, "xmcpgo: interrupted: %s\n", printable(err.Error()))
	default: // it may have the words of a server
		fmt.Fprintf(stderr, "xmcpgo: %s\n", printable(err.Error()))
	}
	return exitTrouble
}

func dispatch(ctx context.Context, t *terminal.Terminal, args []string) error {
	if len(args) == 0 {
		writeOverview(t.Stderr)
		return &usageError{msg: "a command is missing"}
	}
	name, rest := args[0], args[1:]
	switch name {
	case "-h", "-help", "--help":
		writeOverview(t.Stdout)
		return nil
	case "help":
		return help(t, rest)
	case "-version", "--version":
		name = "version"
	}
	cmd, err := lookup(name)
	if err != nil {
		return err
	}
	return cmd.execute(ctx, t, rest)
}

func help(t *terminal.Terminal, args []string) error {
	if len(args) == 0 {
		writeOverview(t.Stdout)
		return nil
	}
	cmd, err := lookup(args[0])
	if err != nil {
		return err
	}
	cmd.writeHelp(t.Stdout)
	return nil
}

func lookup(name string) (*command, error) {
	all := commands()
	if i := slices.IndexFunc(all, func(c *command) bool { return c.name == name }); i >= 0 {
		return all[i], nil
	}
	names := []string{"help"}
	for _, c := range all {
		names = append(names, c.name)
	}
	kind := "command"
	if strings.HasPrefix(name, "-") {
		kind = "flag"
	}
	meant := name
	switch name { // other tools call theirs so
	case "init", "new":
		meant = "create"
	case "run", "serve", "start":
		meant = "dev"
	}
	return nil, &usageError{msg: fmt.Sprintf("unknown %s %q%s", kind, name, didYouMean(meant, names))}
}

func writeOverview(w io.Writer) {
	fmt.Fprint(w, "xmcpgo makes MCP servers out of Go files: one file in src/tools is one tool.\n\nUsage:\n  xmcpgo COMMAND [arguments]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, `
Run 'xmcpgo help COMMAND' for a command's flags and examples.

Start:
  xmcpgo create my-app
  cd my-app
  go generate ./...
  go run .

Exit codes: 0 all is well, 1 the app has errors or stale files, 2 trouble or wrong usage.
`)
}
