package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
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
		case l.inLine || !isRecord(line):
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

// isRecord tells whether a line begins as a record of slog does, as far as it is there.
func isRecord(line []byte) bool {
	for _, begin := range []string{"time=", `{"time":`} {
		if n := min(len(begin), len(line)); string(line[:n]) == begin[:n] {
			return true
		}
	}
	return false
}

// record is a line of the log as a person sees it; nothing when it was told before.
func (l *appLog) record(line string) string {
	fields, ok := recordFields(strings.TrimRight(line, "\r\n"))
	if !ok {
		return line
	}
	values := map[string]string{}
	for _, f := range fields {
		values[f.key] = f.value
	}
	if values["level"] == "INFO" && values["resource"] != "" && values["authorization_server"] != "" && l.toldBefore(values["msg"], line[fields[0].end:]) {
		return ""
	}
	for i, f := range fields {
		if f.key == "stack" && i > 0 && strings.Contains(strings.TrimSpace(f.value), "\n") {
			return line[:f.start] + line[f.end:] + l.r.trace(f.value)
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

// recordField is an attribute of a record, and where it stands in the line, with what separates it from the one before.
type recordField struct {
	key, value string
	start, end int
}

// recordFields reads a record as slog's handlers write it.
func recordFields(line string) ([]recordField, bool) {
	if strings.HasPrefix(line, "{") {
		return jsonFields(line)
	}
	var list []recordField
	for at := 0; at < len(line); {
		f := recordField{start: at}
		rest := strings.TrimPrefix(line[at:], " ")
		var ok bool
		if f.key, rest, ok = textToken(rest, "="); !ok || !strings.HasPrefix(rest, "=") {
			return nil, false
		}
		if f.value, rest, ok = textToken(rest[1:], " "); !ok || rest != "" && rest[0] != ' ' {
			return nil, false
		}
		at = len(line) - len(rest)
		f.end = at
		list = append(list, f)
	}
	return list, true
}

// textToken reads a key or a value, which is quoted where it must be.
func textToken(s, end string) (token, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		at := strings.Index(s, end)
		if at < 0 {
			at = len(s)
		}
		return s[:at], s[at:], true
	}
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", false
	}
	token, err = strconv.Unquote(quoted)
	return token, s[len(quoted):], err == nil
}

func jsonFields(line string) (list []recordField, ok bool) {
	dec := json.NewDecoder(strings.NewReader(line))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	for dec.More() {
		f := recordField{start: int(dec.InputOffset())}
		key, err := dec.Token()
		if err != nil {
			return nil, false
		}
		f.key, _ = key.(string)
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return nil, false
		}
		_ = json.Unmarshal(raw, &f.value) // what is no text is not looked at
		f.end = int(dec.InputOffset())
		list = append(list, f)
	}
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	return list, int(dec.InputOffset()) == len(line)
}

// frame is a function in a trace.
type frame struct{ function, file, line string }

// trace is a stack as lines, for terminals and editors that open files by their position: from the panic to the last function of the
// app. What is no trace of Go, or none that the app is in, is shown as a whole.
func (r *devReport) trace(stack string) string {
	stack = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1 // such as colours
		}
		return c
	}, stack)
	frames := parseTrace(stack)
	for i, f := range frames {
		if f.function == "panic" {
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
		frames = slices.DeleteFunc(frames[:last+1], func(f frame) bool { return strings.HasPrefix(f.function, "runtime.") && !r.ours(f) })
	}
	var b strings.Builder
	for _, f := range frames {
		position := generate.Relative(r.root, f.file) + ":" + f.line + ":"
		if r.ours(f) {
			position = r.t.ErrColour.Bold(position)
		}
		fmt.Fprintf(&b, "\t%s %s\n", position, r.t.ErrColour.Dim(f.function))
	}
	if len(frames) == 0 {
		for line := range strings.Lines(strings.TrimSpace(stack) + "\n") {
			b.WriteString("\t" + line)
		}
	}
	return b.String()
}

// ours tells whether a person has written a function.
func (r *devReport) ours(f frame) bool {
	file := filepath.FromSlash(f.file)
	return within(file, r.module) && !within(file, filepath.Join(r.module, "vendor")) && filepath.Base(file) != "xmcp_gen.go"
}

// parseTrace reads what debug.Stack writes: a line for a function, and one for its place.
func parseTrace(stack string) []frame {
	var list []frame
	function := ""
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\r\n")
		place, isPlace := strings.CutPrefix(line, "\t")
		if !isPlace {
			function = line
			if at := strings.LastIndexByte(line, '('); at > 0 && !strings.HasPrefix(line, "created by ") {
				function = line[:at]
			}
			continue
		}
		place, _, _ = strings.Cut(place, " +0x")
		if at := strings.LastIndexByte(place, ':'); at > 0 && function != "" {
			list = append(list, frame{function, place[:at], place[at+1:]})
		}
		function = ""
	}
	return list
}
