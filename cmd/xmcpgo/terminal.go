package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// terminal is where a command reads and writes. Colours and questions need a person at the other end.
type terminal struct {
	stdin          *bufio.Reader
	stdout, stderr io.Writer
	// interactive: questions can be asked, for stdin and stderr are both terminals.
	interactive bool
	// live: stderr is a terminal, so a passing line of progress can be written and erased.
	live                 bool
	outColour, errColour palette
}

func newTerminal(stdin io.Reader, stdout, stderr io.Writer) *terminal {
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	live := isTerminal(stderr)
	return &terminal{
		stdin:       bufio.NewReader(stdin),
		stdout:      stdout,
		stderr:      stderr,
		interactive: live && isTerminal(stdin),
		live:        live,
		outColour:   palette(colour && isTerminal(stdout)),
		errColour:   palette(colour && live),
	}
}

// isTerminal takes a character device other than the null device for a terminal. Every app builds this command, so it does
// without a package that asks the system more closely.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// ask reads one line; an empty one means the preset. At the end of the input it is an error, for nobody can answer.
func (t *terminal) ask(question, preset string) (string, error) {
	fmt.Fprintf(t.stderr, "%s %s ", t.errColour.bold(question), t.errColour.dim("("+preset+")"))
	line, err := t.stdin.ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(t.stderr)
		return "", fmt.Errorf("read the answer to %q: %w", question, err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return preset, nil
	}
	return line, nil
}

// palette writes ANSI colours when it is true.
type palette bool

func (p palette) wrap(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p palette) bold(s string) string   { return p.wrap("1", s) }
func (p palette) dim(s string) string    { return p.wrap("2", s) }
func (p palette) red(s string) string    { return p.wrap("31", s) }
func (p palette) green(s string) string  { return p.wrap("32", s) }
func (p palette) yellow(s string) string { return p.wrap("33", s) }
