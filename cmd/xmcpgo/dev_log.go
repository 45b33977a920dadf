package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/applog"
)

// appLog is what one process of the app writes to its standard error, on its way to a person. Records of slog, in either form, that
// have a trace are shown with it as lines; all else goes through as it is. It is not safe for concurrent use.
type appLog struct {
	r      *devReport
	held   []byte // of a record whose line has not ended
	inLine bool   // the beginning of this line has gone through
}

// maxRecord bounds what is held back.
const maxRecord = 1 << 20

func (r *devReport) appLog() *appLog { return &appLog{r: r} }

func (l *appLog) Write(b []byte) (int, error) {
	all := b
	if len(l.held) > 0 {
		all = append(l.held, b...)
	}
	l.held = nil
	var out bytes.Buffer
	for line := range bytes.Lines(all) {
		ended := line[len(line)-1] == '\n'
		switch {
		case l.inLine || !applog.Begins(line):
			out.Write(line)
			l.inLine = !ended
		case ended:
			out.WriteString(l.record(string(line)))
		case len(line) < maxRecord:
			l.held = bytes.Clone(line)
		default:
			out.Write(line)
			l.inLine = true
		}
	}
	if out.Len() > 0 {
		if _, err := l.r.Write(out.Bytes()); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// Close is for the end of the process.
func (l *appLog) Close() error {
	if len(l.held) == 0 {
		return nil
	}
	_, err := l.r.Write(l.held)
	l.held = nil
	return err
}

// record is a line of the log as a person sees it; nothing when it was told before.
func (l *appLog) record(line string) string {
	fields, ok := applog.Fields(strings.TrimRight(line, "\r\n"))
	if !ok {
		return line
	}
	values := map[string]string{}
	for _, f := range fields {
		values[f.Key] = f.Value
	}
	if values["level"] == "INFO" && values["resource"] != "" && values["authorization_server"] != "" && l.toldBefore(values["msg"], line[fields[0].End:]) {
		return ""
	}
	for i, f := range fields {
		if f.Key == "stack" && i > 0 && strings.Contains(strings.TrimSpace(f.Value), "\n") {
			return line[:f.Start] + line[f.End:] + l.r.trace(f.Value)
		}
	}
	return line
}

// signInSaid is what a process has said, but for the time.
type signInSaid struct {
	by   *appLog
	text string
}

// toldBefore tells whether the build before has said word for word who protects the server, as each does at its start. What the same
// process says again is something else that has happened.
func (l *appLog) toldBefore(kind, text string) bool {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	before := l.r.signIn[kind]
	if l.r.signIn == nil {
		l.r.signIn = map[string]signInSaid{}
	}
	l.r.signIn[kind] = signInSaid{l, text}
	return before.text == text && before.by != l
}

// trace is a stack as lines, for terminals and editors that open files by their position: from the panic to the last function of the
// app. What is no trace of Go, or none that the app is in, is shown as a whole.
func (r *devReport) trace(stack string) string {
	stack = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1 // such as colours
		}
		return c
	}, stack)
	frames := applog.Frames(stack)
	for i, f := range frames {
		if f.Function == "panic" {
			frames = frames[i+1:]
			break
		}
	}
	last := -1
	for i, f := range frames {
		if r.ours(f) {
			last = i
		}
	}
	if last >= 0 {
		frames = slices.DeleteFunc(frames[:last+1], func(f applog.Frame) bool { return strings.HasPrefix(f.Function, "runtime.") && !r.ours(f) })
	}
	var b strings.Builder
	for _, f := range frames {
		position := generate.Relative(r.root, f.File) + ":" + f.Line + ":"
		if r.ours(f) {
			position = r.t.ErrColour.Bold(position)
		}
		fmt.Fprintf(&b, "\t%s %s\n", position, r.t.ErrColour.Dim(f.Function))
	}
	if len(frames) == 0 {
		for line := range strings.Lines(strings.TrimSpace(stack) + "\n") {
			b.WriteString("\t" + line)
		}
	}
	return b.String()
}

// ours tells whether a person has written a function.
func (r *devReport) ours(f applog.Frame) bool {
	file := filepath.FromSlash(f.File)
	return within(file, r.module) && !within(file, filepath.Join(r.module, "vendor")) && filepath.Base(file) != "xmcp_gen.go"
}
