package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/compare"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/git"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/review"
	"github.com/xmcpgo/xmcpgo/codegen"
	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// headRevision is what check compares with when nothing else is named.
const headRevision = "HEAD"

// checkOptions are the flags of check.
type checkOptions struct {
	against              string
	json, github, strict bool
	toolBudget, budget   int
}

func checkCommand() *command {
	c := &command{
		name:    "check",
		usage:   "[flags] [DIR]",
		short:   "tell what a change of an app breaks for its clients",
		maxArgs: 1,
		long: `Compares the contract of the app that DIR lies in (the working directory when it is left out) with the committed one, and tells
each change as breaking or compatible, by which rule. It looks for what known clients refuse or cut, for instructions that hide in
texts, and for destructive tools that do not say so, and estimates how many tokens the tools take. The app is read and never run.

Budgets, and changes that are meant, stand in xmcp.json beside xmcp.lock.json. The rules are in docs/contract.md.`,
		examples: `xmcpgo check                          # against the last commit
xmcpgo check --against origin/main    # in CI, against the branch to merge into
xmcpgo check --against v1.2.0 ./app   # against a release
xmcpgo check --against old.lock.json  # against a file
xmcpgo check --github --budget 5000   # annotations for GitHub Actions`,
		exits: "0 nothing is broken, 1 a breaking change, an error or a budget exceeded, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("check", flag.ContinueOnError),
	}
	var o checkOptions
	c.flags.StringVar(&o.against, "against", headRevision, "compare with this `REV` of git, or with this file")
	c.flags.BoolVar(&o.json, "json", false, "print one JSON object")
	c.flags.BoolVar(&o.github, "github", false, "print annotations for GitHub Actions")
	c.flags.BoolVar(&o.strict, "strict", false, "let warnings count as errors")
	c.flags.IntVar(&o.toolBudget, "tool-budget", 0, "allow each tool `N` tokens, whatever xmcp.json says")
	c.flags.IntVar(&o.budget, "budget", 0, "allow all tools together `N` tokens, whatever xmcp.json says")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if o.json && o.github {
			return c.errorf("--json and --github exclude each other")
		}
		if o.toolBudget < 0 || o.budget < 0 {
			return c.errorf("a budget cannot be below zero")
		}
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		return check(ctx, t, dir, o)
	}
	return c
}

func check(ctx context.Context, t *terminal.Terminal, dir string, o checkOptions) error {
	result, err := readContract(ctx, t, "check", dir)
	if err != nil {
		return err
	}
	lock := filepath.Join(result.Root, filepath.FromSlash(result.LockPath))
	settings, err := readCheckSettings(filepath.Join(filepath.Dir(lock), settingsFile))
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if o.toolBudget > 0 {
		settings.TokensPerTool = o.toolBudget
	}
	if o.budget > 0 {
		settings.Tokens = o.budget
	}
	r := &checkReport{
		result: result, against: o.against, strict: o.strict,
		budget: review.Budget{Tool: settings.TokensPerTool, Server: settings.Tokens},
		cost:   review.Count(result.Contract),
	}
	before, note, err := committed(ctx, lock, o.against)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	var changes []compare.Change
	if before != nil {
		changes = compare.Compare(before, result.Contract)
	}
	r.compared = before != nil
	r.note(note)
	if stale, err := result.Stale(); err != nil {
		return fmt.Errorf("check: %w", err)
	} else if len(stale) > 0 {
		r.note("generated files are stale: run go generate ./... and commit what it writes")
	}
	r.judge(changes, review.Review(result.Contract, r.budget), settings.Accept)
	return r.write(ctx, t, o)
}

// readContract generates for an app without writing. What is wrong with its source is printed.
func readContract(ctx context.Context, t *terminal.Terminal, name, dir string) (*codegen.Result, error) {
	progress := terminal.Start(t)
	result, err := codegen.Generate(ctx, codegen.Config{Dir: dir, Version: version.Read().Version, Progress: progress.Say})
	progress.Stop()
	if err != nil {
		return nil, generate.WithHint(name, err)
	}
	if result.HasErrors() {
		generate.WriteDiagnostics(t, result)
		return nil, errFound
	}
	return result, nil
}

// committed reads the contract to compare with: the lock file of a revision, else a file of that name. It is nil where there is nothing to compare
// with and nobody asked for it by name; note says why.
func committed(ctx context.Context, lock, against string) (c *contract.Contract, note string, err error) {
	data, err := git.Show(ctx, filepath.Dir(lock), against, filepath.Base(lock))
	name := against + ":" + filepath.Base(lock)
	if unknown := errors.Is(err, git.ErrNoRepository) || errors.Is(err, git.ErrNoRevision) || errors.Is(err, git.ErrNoGit); unknown && isFile(against) {
		data, err = os.ReadFile(against)
		name = against
	}
	switch {
	case errors.Is(err, git.ErrNoFile):
		return nil, fmt.Sprintf("nothing to compare with: there is no %s at %s", contract.FileName, against), nil
	case against == headRevision && errors.Is(err, git.ErrNoRepository):
		return nil, "nothing to compare with: the app is in no git repository", nil
	case against == headRevision && errors.Is(err, git.ErrNoRevision):
		return nil, "nothing to compare with: nothing is committed yet", nil
	case errors.Is(err, git.ErrNoRevision):
		return nil, "", fmt.Errorf("%s is neither a revision nor a file\n\tIn CI the checkout may be shallow: fetch the branch or tag first.", against)
	case err != nil:
		return nil, "", err
	}
	if c, err = contract.Decode(data); err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	return c, "", nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
