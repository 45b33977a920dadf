package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// devReport is what a person sees of an app in development. A problem is told when it appears, and not again for as long as it
// stays. It is safe for concurrent use.
type devReport struct {
	t            *terminal.Terminal
	root, module string // the folders of the app and of its module
	url          string // of its endpoint

	mu       sync.Mutex
	signIn   map[string]signInSaid // who protects the server, by the message
	progress *terminal.Progress
	shown    map[string]bool // problems that were told and are not solved
	warnings map[string]bool // those of the generator, which a compiler's success does not solve
	repeated int             // problems of the last attempt that were told before
}

// Write is for what the app writes.
func (r *devReport) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	return r.t.Stderr.Write(b)
}

// during is told of a line of progress, which the next message erases, or of its end.
func (r *devReport) during(p *terminal.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	r.progress = p
}

func (r *devReport) erase() {
	if r.progress != nil {
		r.progress.Stop()
		r.progress = nil
	}
}

// with lets somebody else write.
func (r *devReport) with(write func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	write()
}

func (r *devReport) say(line string) { r.with(func() { fmt.Fprintln(r.t.Stderr, line) }) }

// generated takes note of what the generator has found, and returns the errors, one a line.
func (r *devReport) generated(result *codegen.Result) (details []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.shown
	fresh := *result
	fresh.Diagnostics = nil
	r.repeated, r.warnings = 0, map[string]bool{}
	for _, d := range result.Diagnostics {
		text := d.String()
		if d.Severity != codegen.SeverityWarning {
			line, _, _ := strings.Cut(text, "\n")
			details = append(details, line)
		}
		r.warnings[text] = true
		if before[text] {
			r.repeated++
		} else {
			fresh.Diagnostics = append(fresh.Diagnostics, d)
		}
	}
	if len(details) > 0 {
		r.shown = r.warnings // nobody asks the compiler
	} else {
		for text := range r.warnings {
			r.mark(text)
		}
	}
	if len(fresh.Diagnostics) > 0 {
		r.erase()
		generate.WriteDiagnostics(r.t, &fresh)
	}
	return details
}

func (r *devReport) mark(text string) {
	if r.shown == nil {
		r.shown = map[string]bool{}
	}
	r.shown[text] = true
}

// compiled takes note of what the compiler has said; nil is nothing.
func (r *devReport) compiled(refused *devloop.CompileError) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.shown
	r.shown, r.repeated = maps.Clone(r.warnings), 0
	if refused == nil {
		return nil
	}
	var details []string
	for _, p := range compilerProblems(refused.Output) {
		details = append(details, p.String())
		if before[p.String()] {
			r.repeated++
		} else {
			r.erase()
			position := ""
			if p.file != "" {
				position = r.t.ErrColour.Bold(generate.Relative(r.root, p.file)+p.at+":") + " "
			}
			fmt.Fprintf(r.t.Stderr, "%s%s\n", position, p.message)
		}
		r.mark(p.String())
	}
	return &devloop.Broken{Reason: refused.Error(), Details: details}
}

// trouble tells of what has no position.
func (r *devReport) trouble(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.shown
	r.shown, r.warnings, r.repeated = nil, nil, 0
	if r.mark(text); before[text] {
		r.repeated = 1
		return
	}
	r.erase()
	fmt.Fprintf(r.t.Stderr, "xmcpgo: %s\n", text)
}

// event says what has become of a change.
func (r *devReport) event(e devloop.Event, serving bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	colour := r.t.ErrColour
	still := fmt.Sprintf("%s answers 503 until it is mended", r.url)
	if serving {
		still = fmt.Sprintf("build %d serves on", e.Build)
	}
	var broken *devloop.Broken
	switch {
	case e.Kind == devloop.Serving && e.Build > 1:
		fmt.Fprintf(r.t.Stderr, "%s %s\n", colour.Green(fmt.Sprintf("xmcpgo: build %d serves", e.Build)), colour.Dim("after "+e.Took.Round(10*time.Millisecond).String()))
	case e.Kind == devloop.Failed && errors.As(e.Err, &broken):
		again := ""
		if r.repeated > 0 {
			again = fmt.Sprintf(" (%d as before)", r.repeated)
		}
		fmt.Fprintf(r.t.Stderr, "%s\n", colour.Red(fmt.Sprintf("xmcpgo: %s%s; %s", terminal.Count(max(1, len(broken.Details)), "problem"), again, still)))
	case e.Kind == devloop.Failed:
		fmt.Fprintf(r.t.Stderr, "%s\n", colour.Red(fmt.Sprintf("xmcpgo: the new build: %v; %s", e.Err, still)))
	case e.Kind == devloop.Ended:
		fmt.Fprintf(r.t.Stderr, "%s\n", colour.Red(fmt.Sprintf("xmcpgo: %v; it is started again when a file is saved", e.Err)))
	case e.Kind == devloop.Cut:
		fmt.Fprintf(r.t.Stderr, "%s\n", colour.Yellow(fmt.Sprintf("xmcpgo: build %d did not end in time and was killed", e.Build)))
	}
}

// compilerProblem is a message of the go command.
type compilerProblem struct {
	file, at string // at is ":line:col" or ":line"; both are empty where there is no position
	message  string
}

func (p compilerProblem) String() string {
	if p.file == "" {
		return p.message
	}
	return p.file + p.at + ": " + p.message
}

var compilerPosition = regexp.MustCompile(`^((?:[A-Za-z]:)?[^:\t]+):(\d+)(?::(\d+))?: (.*)$`)

// compilerProblems reads the output of go build: a header for each package, then a line for each problem, perhaps with more below
// it. Modules that were downloaded on the way are none.
func compilerProblems(output string) []compilerProblem {
	var list []compilerProblem
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		m := compilerPosition.FindStringSubmatch(line)
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "go: downloading "):
		case m != nil && m[1] != "go":
			p := compilerProblem{file: filepath.ToSlash(filepath.Clean(m[1])), at: ":" + m[2], message: m[4]}
			if m[3] != "" {
				p.at += ":" + m[3]
			}
			if n, err := strconv.Atoi(m[2]); err == nil && n > 0 {
				list = append(list, p)
			}
		case strings.HasPrefix(line, "\t") && len(list) > 0:
			list[len(list)-1].message += "\n" + line
		default:
			list = append(list, compilerProblem{message: line})
		}
	}
	return list
}
