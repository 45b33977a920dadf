package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen"
)

func generateCommand() *command {
	c := &command{
		name:    "generate",
		usage:   "[flags] [DIR]",
		short:   "write the registry and the JSON schemas of an app",
		maxArgs: 1,
		long: `Reads src/tools, src/prompts, src/resources and src/middleware.go of the app that DIR lies in (the working directory when
it is left out) and writes an xmcp_gen.go into each folder that has items. It never runs the app's code, writes only files
that change, and writes nothing while there are errors. All problems are reported at once, as file:line:col: message (code).`,
		examples: `xmcpgo generate
xmcpgo generate -check          # in CI: are the generated files fresh?
xmcpgo generate -diff           # what would change
xmcpgo generate -json ./my-app  # for editors
//go:generate go tool xmcpgo generate`,
		exits: "0 all is well, 1 the app has errors or (with -check and -diff) stale files, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("generate", flag.ContinueOnError),
	}
	var mode generateMode
	c.flags.BoolVar(&mode.check, "check", false, "write nothing; exit with 1 when a generated file is stale")
	c.flags.BoolVar(&mode.diff, "diff", false, "write nothing; show what would change, and exit with 1 when it is something")
	c.flags.BoolVar(&mode.json, "json", false, "print diagnostics, stale files and counts as one JSON object")
	c.run = func(ctx context.Context, t *terminal, args []string) error {
		if mode.check && mode.diff {
			return c.errorf("--check and --diff exclude each other")
		}
		if mode.json && mode.diff {
			return c.errorf("--json and --diff exclude each other")
		}
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		return generate(ctx, t, codegen.Config{Dir: dir, Version: readVersion().Version}, mode)
	}
	return c
}

// generateMode says what becomes of a result. Its zero value writes the files.
type generateMode struct{ check, diff, json bool }

func generate(ctx context.Context, t *terminal, cfg codegen.Config, mode generateMode) error {
	progress := startProgress(t)
	cfg.Progress = progress.say
	result, err := codegen.Generate(ctx, cfg)
	progress.stop()
	if err != nil {
		return withHint(err)
	}
	emptyInsteadOfDelete(result)
	if mode.json {
		return generateJSON(t, result, mode.check)
	}
	writeDiagnostics(t, result)
	if result.HasErrors() {
		return errFound
	}
	switch {
	case mode.diff:
		diff, err := result.Diff(bool(t.outColour))
		if err != nil {
			return fmt.Errorf("compare the generated files: %w", err)
		}
		if diff == "" {
			return nil
		}
		if _, err := fmt.Fprint(t.stdout, diff); err != nil {
			return err
		}
		return errFound
	case mode.check:
		stale, err := result.Stale()
		if err != nil {
			return fmt.Errorf("compare the generated files: %w", err)
		}
		if len(stale) == 0 {
			return nil
		}
		for _, file := range stale {
			fmt.Fprintf(t.stderr, "%s: stale\n", t.errColour.bold(relative(result.Root, file)))
		}
		fmt.Fprintln(t.stderr, "\tRun go generate ./... and commit what it writes.")
		return errFound
	}
	written, err := result.Commit()
	if err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	if hint := tidyHint(result); hint != "" {
		fmt.Fprintln(t.stderr, hint)
	}
	_, err = fmt.Fprintln(t.stdout, summary(result, written))
	return err
}

// withHint is the error with what to do about it on a line of its own.
func withHint(err error) error {
	var trouble *codegen.TroubleError
	if errors.As(err, &trouble) && trouble.Hint != "" {
		return fmt.Errorf("generate: %w\n\t%s", err, trouble.Hint)
	}
	return fmt.Errorf("generate: %w", err)
}

// summary is one line: "3 tools, 1 prompt, no resources; wrote src/xmcp_gen.go".
func summary(result *codegen.Result, written []string) string {
	n := result.Counts
	line := fmt.Sprintf("%s, %s, %s", count(n.Tools, "tool"), count(n.Prompts, "prompt"), count(n.Resources, "resource"))
	if len(written) == 0 {
		return line + "; up to date"
	}
	var wrote, removed []string
	for _, file := range written {
		if shown := relative(result.Root, file); isDeleted(result, file) {
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

func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// writeDiagnostics prints each diagnostic where editors and terminals find it: the position as the working directory sees it,
// the hint and further places indented below.
func writeDiagnostics(t *terminal, result *codegen.Result) {
	colour := t.errColour
	for _, d := range result.Diagnostics {
		severity := ""
		if d.Severity == codegen.SeverityWarning {
			severity = colour.yellow("warning:") + " "
		}
		fmt.Fprintf(t.stderr, "%s %s%s %s\n", colour.bold(position(result.Root, d.File, d.Line, d.Column)), severity, d.Message, colour.dim("("+d.Code+")"))
		for _, r := range d.Related {
			fmt.Fprintf(t.stderr, "\t%s %s\n", position(result.Root, r.File, r.Line, r.Column), r.Message)
		}
		for line := range strings.Lines(d.Hint) {
			fmt.Fprintf(t.stderr, "\t%s\n", strings.TrimRight(line, "\n"))
		}
	}
}

func position(root, file string, line, column int) string {
	switch {
	case file == "":
		return "xmcpgo:"
	case line == 0:
		return relative(root, file) + ":"
	case column == 0:
		return fmt.Sprintf("%s:%d:", relative(root, file), line)
	}
	return fmt.Sprintf("%s:%d:%d:", relative(root, file), line, column)
}

// relative names a file of the app as the working directory sees it.
func relative(root, file string) string {
	full := filepath.FromSlash(file)
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, full)
	}
	if cwd, err := os.Getwd(); err == nil {
		// The go command names folders with symbolic links resolved, the shell may not.
		if real, err := filepath.EvalSymlinks(cwd); err == nil {
			cwd = real
		}
		if rel, err := filepath.Rel(cwd, full); err == nil && len(rel) < len(full) {
			return rel
		}
	}
	return full
}

// generateJSON commits like the plain form unless it only checks, and prints what it found as one object.
func generateJSON(t *terminal, result *codegen.Result, check bool) error {
	report, err := result.JSON()
	if err != nil {
		return fmt.Errorf("compare the generated files: %w", err)
	}
	if _, err := fmt.Fprintf(t.stdout, "%s\n", report); err != nil {
		return err
	}
	if result.HasErrors() {
		return errFound
	}
	if check {
		stale, err := result.Stale()
		if len(stale) > 0 {
			err = errors.Join(err, errFound)
		}
		return err
	}
	if _, err := result.Commit(); err != nil {
		return fmt.Errorf("write the generated files: %w", err)
	}
	return nil
}
