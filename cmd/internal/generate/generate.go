// Package generate is the work of "xmcpgo generate" and of the command xmcpgo-generate, which go:generate lines call: it generates for
// an app, prints what is wrong where editors and terminals find it, and says what it wrote.
//
// Every app builds this package before its first generate, so it imports nothing that speaks to a network.
package generate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// ErrFound says that the app has errors or stale files, which have been printed already.
var ErrFound = errors.New("the app has errors")

// Mode says what becomes of a result. Its zero value writes the files.
type Mode struct {
	Check bool // write nothing; stale files are [ErrFound]
	Diff  bool // write nothing; print what would change, which is [ErrFound] when it is something
	JSON  bool // print the result as one JSON object
}

// Flags adds the flags of the mode to a command line.
func (m *Mode) Flags(flags *flag.FlagSet) {
	flags.BoolVar(&m.Check, "check", false, "write nothing; exit with 1 when a generated file is stale")
	flags.BoolVar(&m.Diff, "diff", false, "write nothing; show what would change, and exit with 1 when it is something")
	flags.BoolVar(&m.JSON, "json", false, "print diagnostics, stale files and counts as one JSON object")
}

// Validate says which flags exclude each other.
func (m Mode) Validate() error {
	switch {
	case m.Check && m.Diff:
		return errors.New("--check and --diff exclude each other")
	case m.JSON && m.Diff:
		return errors.New("--json and --diff exclude each other")
	}
	return nil
}

// Run generates for an app. What is wrong with the app is printed to the terminal's Stderr and returned as [ErrFound]; other errors
// mean that the work could not be done.
func Run(ctx context.Context, t *terminal.Terminal, cfg codegen.Config, mode Mode) error {
	progress := terminal.Start(t)
	cfg.Progress = progress.Say
	result, err := codegen.Generate(ctx, cfg)
	progress.Stop()
	if err != nil {
		return WithHint("generate", err)
	}
	emptyInsteadOfDelete(result)
	if mode.JSON {
		return runJSON(t, result, mode.Check)
	}
	WriteDiagnostics(t, result)
	if result.HasErrors() {
		return ErrFound
	}
	switch {
	case mode.Diff:
		diff, err := result.Diff(bool(t.OutColour))
		if err != nil {
			return fmt.Errorf("compare the generated files: %w", err)
		}
		if diff == "" {
			return nil
		}
		if _, err := fmt.Fprint(t.Stdout, diff); err != nil {
			return err
		}
		return ErrFound
	case mode.Check:
		stale, err := result.Stale()
		if err != nil {
			return fmt.Errorf("compare the generated files: %w", err)
		}
		if len(stale) == 0 {
			return nil
		}
		for _, file := range stale {
			fmt.Fprintf(t.Stderr, "%s: stale\n", t.ErrColour.Bold(Relative(result.Root, file)))
		}
		fmt.Fprintln(t.Stderr, "\tRun go generate ./... and commit what it writes.")
		return ErrFound
	}
	written, err := result.Commit()
	if err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	if hint := tidyHint(result); hint != "" {
		fmt.Fprintln(t.Stderr, hint)
	}
	_, err = fmt.Fprintln(t.Stdout, Summary(result, written))
	return err
}

// WithHint is why a command could not read an app, with what to do about it on a line of its own.
func WithHint(command string, err error) error {
	var trouble *codegen.TroubleError
	if errors.As(err, &trouble) && trouble.Hint != "" {
		return fmt.Errorf("%s: %w\n\t%s", command, err, trouble.Hint)
	}
	return fmt.Errorf("%s: %w", command, err)
}

// Summary is one line: "3 tools, 1 prompt, no resources; wrote src/xmcp_gen.go".
func Summary(result *codegen.Result, written []string) string {
	n := result.Counts
	line := fmt.Sprintf("%s, %s, %s", terminal.Count(n.Tools, "tool"), terminal.Count(n.Prompts, "prompt"), terminal.Count(n.Resources, "resource"))
	if len(written) == 0 {
		return line + "; up to date"
	}
	var wrote, removed []string
	for _, file := range written {
		if shown := Relative(result.Root, file); isDeleted(result, file) {
			removed = append(removed, shown)
		} else {
			wrote = append(wrote, shown)
		}
	}
	if len(wrote) > 0 {
		line += "; wrote " + strings.Join(wrote, ", ")
	}
	if len(removed) > 0 {
		line += "; removed " + strings.Join(removed, ", ")
	}
	return line
}

func isDeleted(result *codegen.Result, file string) bool {
	for _, f := range result.Files {
		if f.Path == file {
			return f.Content == nil
		}
	}
	return false
}

// runJSON commits like the plain form unless it only checks, and prints what it found as one object.
func runJSON(t *terminal.Terminal, result *codegen.Result, check bool) error {
	report, err := result.JSON()
	if err != nil {
		return fmt.Errorf("compare the generated files: %w", err)
	}
	if _, err := fmt.Fprintf(t.Stdout, "%s\n", report); err != nil {
		return err
	}
	if result.HasErrors() {
		return ErrFound
	}
	if check {
		stale, err := result.Stale()
		if len(stale) > 0 {
			err = errors.Join(err, ErrFound)
		}
		return err
	}
	if _, err := result.Commit(); err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	return nil
}
