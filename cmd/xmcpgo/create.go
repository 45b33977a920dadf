package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// createOptions are the answers that create needs, from flags or from questions.
type createOptions struct {
	dir, example, module, signIn, replace string
	yes, skipInstall, list                bool
}

func createCommand() *command {
	c := &command{
		name:    "create",
		usage:   "[flags] DIR",
		short:   "make a new app",
		maxArgs: 1,
		long: `Makes a new app in DIR: a tool, a prompt, resources and a test, ready to run. It then resolves the modules with
"go mod tidy" and generates. Existing files are never overwritten: a folder with conflicting ones is left as it is.
With --sign-in, callers have to sign in or show a key.

On a terminal it asks for what the command line leaves out. Run from a checkout of xmcpgo, or built from one, it makes the
new app use that checkout.`,
		examples: `xmcpgo create my-app
xmcpgo create -y --sign-in scalekit my-app
xmcpgo create -y --module example.com/team/my-app my-app
xmcpgo create --list-examples
xmcpgo create my-app --replace ../xmcpgo     # use a checkout of xmcpgo`,
		exits: "0 the app is ready, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("create", flag.ContinueOnError),
	}
	var o createOptions
	c.flags.StringVar(&o.example, "example", "", "start from the example `NAME`; "+scaffold.Default+" when left out")
	c.flags.BoolVar(&o.list, "list-examples", false, "list the examples")
	c.flags.StringVar(&o.module, "module", "", "module `PATH` of the app; the name of its folder when left out")
	c.flags.StringVar(&o.signIn, "sign-in", "", "put the plugin `NAME` in front: scalekit, oauth, apikey, or none")
	c.flags.StringVar(&o.replace, "replace", "", "use the checkout of xmcpgo in `DIR`")
	c.flags.BoolVar(&o.skipInstall, "skip-install", false, "do not resolve the modules")
	c.flags.BoolVar(&o.yes, "y", false, "ask nothing")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		if o.list {
			for _, e := range scaffold.Templates() {
				fmt.Fprintf(t.Stdout, "%-10s %s\n", e.Name, e.Summary)
			}
			return nil
		}
		if len(args) == 1 {
			o.dir = args[0]
		}
		if err := c.checkNames(o); err != nil {
			return err
		}
		if o.dir == "" && (o.yes || !t.Interactive) {
			return c.errorf("the folder of the new app is missing")
		}
		return create(ctx, t, o)
	}
	return c
}

// noSignIn is the answer of who wants no plugin.
const noSignIn = "none"

// checkNames checks what the command line names, before anything is asked.
func (c *command) checkNames(o createOptions) error {
	if o.signIn != "" && o.signIn != noSignIn {
		if _, err := c.findPlugin(o.signIn); err != nil {
			return err
		}
	}
	if o.example == "" {
		return nil
	}
	var names []string
	for _, e := range scaffold.Templates() {
		if e.Name == o.example {
			if e.SignIn && o.signIn != "" {
				return c.errorf("the example %s brings a sign-in of its own: leave out --sign-in", o.example)
			}
			return nil
		}
		names = append(names, e.Name)
	}
	return c.errorf("no example is named %q%s (there is: %s)", o.example, didYouMean(o.example, names), strings.Join(names, ", "))
}

func create(ctx context.Context, t *terminal.Terminal, o createOptions) error {
	app, err := plan(t, &o)
	if err != nil {
		return err
	}
	goCommand, goErr := exec.LookPath("go")
	if goErr != nil && !o.skipInstall {
		return fmt.Errorf("the go command is needed to resolve the modules: %w; install Go, or create with --skip-install", goErr)
	}
	if err := scaffold.Write(app.dir, app.files); err != nil {
		return fmt.Errorf("create %s: %w; nothing of it was left behind", app.shown, err)
	}
	fmt.Fprintf(t.Stdout, "%s %s, module %s\n", t.OutColour.Green("Created"), app.shown, app.params.Module)
	if app.checkout != "" {
		fmt.Fprintf(t.Stdout, "It uses the checkout of xmcpgo in %s\n", app.checkout)
	}
	if !o.skipInstall {
		if err := install(ctx, t, goCommand, app); err != nil {
			return err
		}
	}
	nextSteps(t, app, o)
	return nil
}

// plannedApp is everything create has decided before it writes the first file.
type plannedApp struct {
	dir      string // absolute
	shown    string // as the user named it
	checkout string // of xmcpgo; empty where the app uses a published version
	params   scaffold.Params
	files    map[string][]byte
}

func plan(t *terminal.Terminal, o *createOptions) (*plannedApp, error) {
	if err := askFor(t, o); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return nil, err
	}
	name := scaffold.AppName(filepath.Base(dir))
	app := &plannedApp{dir: dir, shown: o.dir, params: scaffold.Params{
		Name: name, Module: o.module, Command: scaffold.CommandName(o.module), Version: scaffold.ReplacedVersion,
	}}
	if app.checkout, err = checkout(o.replace); err != nil {
		return nil, err
	}
	if app.checkout != "" {
		app.params.Replace = scaffold.ReplacePath(dir, app.checkout)
	} else if app.params.Version = version.Read().Version; !scaffold.IsPublished(app.params.Version) {
		return nil, fmt.Errorf("this xmcpgo is version %s, which no app can require; name a checkout with --replace DIR", app.params.Version)
	}
	if app.files, err = scaffold.Files(o.example, app.params); err != nil {
		return nil, err
	}
	if p, ok := scaffold.FindPlugin(o.signIn); ok {
		if err := p.ApplyTo(app.files, o.module); err != nil {
			return nil, err
		}
	}
	conflicts, err := scaffold.Conflicts(dir, app.files)
	if err != nil {
		return nil, err
	}
	if len(conflicts) > 0 {
		return nil, fmt.Errorf("%s has files that are in the way; nothing was changed:\n  %s\nMove them away, or name another folder",
			app.shown, strings.Join(conflicts, "\n  "))
	}
	return app, nil
}

// checkout is the folder of xmcpgo that new apps are to use: the one that was named, or one that is found. It is empty when
// there is none, and the app is to use a published version.
func checkout(replace string) (string, error) {
	if replace == "" {
		cwd, err := os.Getwd()
		if err != nil {
			return "", err
		}
		return scaffold.Checkout(cwd), nil
	}
	dir, err := filepath.Abs(replace)
	if err != nil {
		return "", err
	}
	if err := scaffold.CheckCheckout(dir); err != nil {
		return "", fmt.Errorf("--replace: %w", err)
	}
	return dir, nil
}

// install resolves the modules and generates. The app is complete before it, so whatever fails can be done again by hand.
func install(ctx context.Context, t *terminal.Terminal, goCommand string, app *plannedApp) error {
	// An app is a module of its own, also below a go.work that knows nothing of it.
	env := append(os.Environ(), "GOWORK=off", "PWD="+app.dir)
	fmt.Fprintf(t.Stdout, "Resolving the modules: go mod tidy\n")
	if err := tidy(ctx, t, goCommand, app.dir, env); err != nil {
		return fmt.Errorf("%w\nThe files are in place. When it is mended: cd %s && go mod tidy && go generate ./...", err, shellWord(app.shown))
	}
	if err := generate.Run(ctx, t, codegen.Config{Dir: app.dir, Version: version.Read().Version, Env: env}, generate.Mode{}); err != nil {
		if errors.Is(err, errFound) {
			err = errors.New("the new app has errors, which it must not; please report them")
		}
		return fmt.Errorf("%w\nThe files are in place in %s", err, app.shown)
	}
	if work := workspace(ctx, goCommand, app.dir); work != "" {
		fmt.Fprintf(t.Stdout, "%s %s applies to this folder. Add the app to it with \"go work use %s\", or set GOWORK=off.\n",
			t.OutColour.Yellow("Note:"), work, shellWord(app.shown))
	}
	return nil
}

func nextSteps(t *terminal.Terminal, app *plannedApp, o createOptions) {
	steps := []string{"cd " + shellWord(app.shown)}
	if app.shown == "." {
		steps = nil
	}
	if o.skipInstall {
		steps = append(steps, "go mod tidy")
	}
	steps = append(steps, "go generate ./...    # after each change below src")
	if p, ok := scaffold.FindPlugin(o.signIn); ok {
		steps = append(steps, pluginSteps(p)...)
		o.example = "" // what it says holds without a plugin
	}
	for _, e := range scaffold.Templates() {
		if e.Name == o.example {
			steps = append(steps, e.Run...)
		}
	}
	fmt.Fprintf(t.Stdout, "\n%s\n", t.OutColour.Bold("Next:"))
	for _, s := range steps {
		fmt.Fprintf(t.Stdout, "  %s\n", s)
	}
	fmt.Fprint(t.Stdout, "\nThe server then answers at http://127.0.0.1:3001/mcp. AGENTS.md tells how to add to it.\n")
}

// shellWord quotes a path so that a line with it can be pasted into a shell.
func shellWord(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(`/\:._-+@%,`, r)
	}
	if path != "" && strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	if filepath.Separator == '\\' {
		return `"` + path + `"`
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
