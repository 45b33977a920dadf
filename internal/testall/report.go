package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string // of a package's fail: whose build-output says why
}

// report gathers the events of several runs and prints what matters of them.
type report struct {
	out            io.Writer
	passed, failed int
	failures       []string
	skips          []string

	output map[key]*strings.Builder // of tests that have not ended, and of packages (Test is "")
	builds map[string]*strings.Builder
	counts map[string]int // tests that passed, by package
}

type key struct{ pkg, test string }

func (r *report) read(events io.Reader) error {
	r.output = map[key]*strings.Builder{}
	r.builds = map[string]*strings.Builder{}
	r.counts = map[string]int{}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(r.out, "%s", line) // go test prints plain lines when it cannot start
			} else {
				r.add(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) add(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		appendTo(r.builds, e.ImportPath, e.Output)
	case "output":
		appendTo(r.output, k, e.Output)
	case "run":
		appendTo(r.output, k, "")
	case "pass":
		r.pass(e, k)
	case "skip":
		r.search(k)
		if e.Test != "" {
			r.skips = append(r.skips, e.Package+" "+e.Test)
			r.fail(e.Package, e.Test, text(r.output[k]))
		} else {
			fmt.Fprintf(r.out, "?   \t%s\t[no test files]\n", e.Package)
		}
		delete(r.output, k)
	case "fail":
		r.search(k)
		if e.Test == "" {
			r.failPackage(e)
		} else {
			r.fail(e.Package, e.Test, text(r.output[k]))
			delete(r.output, k)
		}
	}
}

func (r *report) pass(e event, k key) {
	switch secret := r.search(k); {
	case e.Test == "":
		fmt.Fprintf(r.out, "ok  \t%s\t%.3fs\t(%d tests)\n", e.Package, e.Elapsed, r.counts[e.Package])
	case !secret:
		r.passed++
		r.counts[e.Package]++
	}
	delete(r.output, k)
}

// search fails a test in whose output there is a secret, once more if it has failed anyway.
func (r *report) search(k key) bool {
	found := findSecrets(text(r.output[k]))
	if len(found) > 0 {
		r.fail(k.pkg, k.test, strings.Join(found, "\n"))
	}
	return len(found) > 0
}

// failPackage reports a package whose tests failed, were cut off (a panic, a
// deadline), or did not build. A test that was cut off has no end event.
func (r *report) failPackage(e event) {
	named := false
	for _, f := range r.failures {
		named = named || strings.HasPrefix(f, e.Package+" ")
	}
	var unfinished []key
	for k := range r.output {
		if k.pkg == e.Package && k.test != "" {
			unfinished = append(unfinished, k)
		}
	}
	slices.SortFunc(unfinished, func(a, b key) int { return strings.Compare(a.test, b.test) })
	for _, k := range unfinished {
		r.fail(k.pkg, k.test, text(r.output[k]))
		delete(r.output, k)
		named = true
	}
	pkg := key{pkg: e.Package}
	if !named {
		r.fail(e.Package, "", text(r.builds[e.FailedBuild])+text(r.output[pkg]))
	} else if out := text(r.output[pkg]); out != "" {
		fmt.Fprint(r.out, mask(out))
	}
	delete(r.output, pkg)
	fmt.Fprintf(r.out, "FAIL\t%s\t%.3fs\n", e.Package, e.Elapsed)
}

func (r *report) fail(pkg, test, output string) {
	r.failed++
	r.failures = append(r.failures, strings.TrimSpace(pkg+" "+test)+" ")
	fmt.Fprint(r.out, mask(output))
	if output != "" && !strings.HasSuffix(output, "\n") {
		fmt.Fprintln(r.out)
	}
}

// summary prints the failures once more, where nobody has to scroll for them,
// and the counts as the last line.
func (r *report) summary() {
	if len(r.failures) > 0 {
		fmt.Fprintln(r.out, "\nfailed:")
		for _, f := range r.failures {
			fmt.Fprintln(r.out, "   ", strings.TrimSpace(f))
		}
	}
	if len(r.skips) > 0 {
		fmt.Fprintf(r.out, "%d of them were skipped, which counts as failed\n", len(r.skips))
	}
	fmt.Fprintf(r.out, "%d passed, %d failed\n", r.passed, r.failed)
}

func appendTo[K comparable](m map[K]*strings.Builder, k K, s string) {
	b := m[k]
	if b == nil {
		b = &strings.Builder{}
		m[k] = b
	}
	b.WriteString(s)
}

func text(b *strings.Builder) string {
	if b == nil {
		return ""
	}
	return b.String()
}
