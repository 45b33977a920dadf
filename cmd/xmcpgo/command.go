package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

// command is one subcommand. Its flags are read with one dash or two, anywhere on the line, as go generate lines and people
// write them.
type command struct {
	name  string
	usage string // what follows the name: "[flags] [DIR]"
	short string // one line for the overview
	long  string // what it does, in paragraphs
	examples,
	exits string

	flags *flag.FlagSet
	run   func(ctx context.Context, t *terminal.Terminal, args []string) error
	// maxArgs bounds the positional arguments.
	maxArgs int
	// hasProgram: what follows -- is the command line of a program, kept in program; else it is more positional arguments.
	hasProgram bool
	program    []string
}

func (c *command) execute(ctx context.Context, t *terminal.Terminal, args []string) error {
	positional, err := c.parse(args)
	if err != nil {
		return err
	}
	if positional == nil {
		c.writeHelp(t.Stdout)
		return nil
	}
	return c.run(ctx, t, positional)
}

// parse sets the flags and returns the positional arguments, or nil when help was asked for.
func (c *command) parse(args []string) ([]string, error) {
	positional := []string{}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" && c.hasProgram {
			c.program = args[i+1:]
			break
		}
		if arg == "--" {
			positional = append(positional, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			positional = append(positional, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		if name == "help" || name == "h" {
			return nil, nil
		}
		f := c.flags.Lookup(name)
		if f == nil {
			return nil, c.errorf("unknown flag %s%s", dashed(name), didYouMean(dashed(name), c.flagNames()))
		}
		if !hasValue {
			if isBool(f) {
				value = "true"
			} else if i++; i < len(args) {
				value = args[i]
			} else {
				return nil, c.errorf("flag %s needs a value", dashed(name))
			}
		}
		if err := c.flags.Set(name, value); err != nil {
			return nil, c.errorf("flag %s cannot be %q: %s", dashed(name), value, refusal(f, err))
		}
	}
	if n := len(positional); n > c.maxArgs {
		return nil, c.errorf("unexpected argument %q", positional[c.maxArgs])
	}
	return positional, nil
}

func (c *command) errorf(format string, args ...any) error {
	return &usageError{cmd: c, msg: c.name + ": " + fmt.Sprintf(format, args...)}
}

func (c *command) flagNames() []string {
	names := []string{"--help"}
	c.flags.VisitAll(func(f *flag.Flag) { names = append(names, dashed(f.Name)) })
	return names
}

func (c *command) writeHelp(w io.Writer) {
	fmt.Fprintf(w, "%s\n\nUsage:\n  xmcpgo %s\n\nFlags:\n", c.long, strings.TrimSpace(c.name+" "+c.usage))
	c.flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  %-20s %s\n", strings.TrimSpace(dashed(f.Name)+" "+value), usage+byDefault(f))
	})
	fmt.Fprintf(w, "  %-20s %s\n\nExamples:\n", "--help", "show this help")
	for line := range strings.Lines(c.examples) {
		fmt.Fprintf(w, "  %s", line)
	}
	fmt.Fprintf(w, "\n\nExit codes:\n  %s\n", c.exits)
}

// byDefault tells what counts when a flag is left out, where that is something.
func byDefault(f *flag.Flag) string {
	if f.DefValue == "" || f.DefValue == "0" || f.DefValue == "." || isBool(f) {
		return ""
	}
	value := f.DefValue
	if strings.HasSuffix(value, "m0s") {
		value = strings.TrimSuffix(value, "0s") // a duration of whole minutes
	}
	return "; " + value + " when left out"
}

// refusal says why a flag cannot have a value: package flag says "parse error", whatever the type.
func refusal(f *flag.Flag, err error) string {
	if g, ok := f.Value.(flag.Getter); ok {
		switch g.Get().(type) {
		case int:
			return "it is no whole number"
		case bool:
			return "it is neither true nor false"
		case time.Duration:
			return "it is no duration, such as 90s or 5m"
		}
	}
	return err.Error()
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
