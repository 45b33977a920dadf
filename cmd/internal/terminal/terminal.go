// Package terminal is what commands write to and ask through: the streams, colours where a person watches, and a passing line of
// progress.
package terminal

import (
	"bufio"
	"io"
	"os"
)

// Terminal is where a command reads and writes. Colours and questions need a person at the other end.
type Terminal struct {
	Stdin          *bufio.Reader
	Stdout, Stderr io.Writer
	// Interactive: questions can be asked, for stdin and stderr are both terminals.
	Interactive bool
	// Live: stderr is a terminal, so a passing line of progress can be written and erased.
	Live                 bool
	OutColour, ErrColour Palette
}

// New looks at the streams: only a terminal gets colours (unless NO_COLOR is set, https://no-color.org), progress and questions.
func New(stdin io.Reader, stdout, stderr io.Writer) *Terminal {
	colour := os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	live := isTerminal(stderr)
	return &Terminal{
		Stdin:       bufio.NewReader(stdin),
		Stdout:      stdout,
		Stderr:      stderr,
		Interactive: live && isTerminal(stdin),
		Live:        live,
		OutColour:   Palette(colour && isTerminal(stdout)),
		ErrColour:   Palette(colour && live),
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

// Palette writes ANSI colours when it is true.
type Palette bool

func (p Palette) wrap(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Bold is for what is looked for first.
func (p Palette) Bold(s string) string { return p.wrap("1", s) }

// Dim is for what may be overlooked.
func (p Palette) Dim(s string) string { return p.wrap("2", s) }

// Red is for errors.
func (p Palette) Red(s string) string { return p.wrap("31", s) }

// Green is for what went well.
func (p Palette) Green(s string) string { return p.wrap("32", s) }

// Yellow is for warnings.
func (p Palette) Yellow(s string) string { return p.wrap("33", s) }
