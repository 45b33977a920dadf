package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func (c *command) findPlugin(name string) (scaffold.Plugin, error) {
	if p, ok := scaffold.FindPlugin(name); ok {
		return p, nil
	}
	var names []string
	for _, p := range scaffold.Plugins() {
		names = append(names, p.Name)
	}
	return scaffold.Plugin{}, c.errorf("no plugin of xmcpgo is named %q%s (there is: %s)", name, didYouMean(name, names), strings.Join(names, ", "))
}

func (c *command) addPlugin(ctx context.Context, t *terminal.Terminal, app codegen.App, name string) error {
	p, err := c.findPlugin(name)
	if err != nil {
		return err
	}
	middleware := filepath.Join(app.Root, "src", "middleware.go")
	shown := generate.Relative(app.Root, "src/middleware.go")
	old, err := os.ReadFile(middleware)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := scaffold.Write(app.Root, map[string][]byte{"src/middleware.go": p.Middleware()}); err != nil {
			return fmt.Errorf("add: %w", err)
		}
		fmt.Fprintf(t.Stdout, "%s %s\n", t.OutColour.Green("Created"), shown)
	case err != nil:
		return fmt.Errorf("add: %w", err)
	case bytes.Contains(old, []byte(`"`+p.Import+`"`)):
		fmt.Fprintf(t.Stdout, "%s has the plugin %s already\n", shown, p.Name)
	default:
		fmt.Fprintf(t.Stdout, "%s exists already. Add this to what its Plugins function returns, and run go generate ./...\n", shown)
		fmt.Fprintf(t.Stdout, "  %s,\nwith the import\n  %q\n", p.Expr, p.Import)
	}
	if err := addSettings(t, app, p); err != nil {
		return fmt.Errorf("add: %w", err)
	}
	if err := addCaller(t, app, p); err != nil {
		return fmt.Errorf("add: %w", err)
	}
	if err := regenerate(ctx, t, app); err != nil {
		return err
	}
	fmt.Fprintf(t.Stdout, "\n%s\n", t.OutColour.Bold("Next:"))
	for _, step := range pluginSteps(p) {
		fmt.Fprintf(t.Stdout, "  %s\n", step)
	}
	return nil
}

// pluginSteps are the commands that run an app with a plugin.
func pluginSteps(p scaffold.Plugin) []string {
	own := "go run .             # .env.example says what goes into .env"
	if p.Name == "scalekit" {
		return []string{"go tool xmcpgo dev   # with a stand-in for Scalekit, no account needed", own}
	}
	return []string{own}
}

// addSettings adds the plugin's variables to .env.example.
func addSettings(t *terminal.Terminal, app codegen.App, p scaffold.Plugin) error {
	file := filepath.Join(app.Root, ".env.example")
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	changed := p.AddSettings(old)
	if bytes.Equal(old, changed) {
		return nil
	}
	if err := os.WriteFile(file, changed, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(t.Stdout, "Added its settings to %s\n", generate.Relative(app.Root, ".env.example"))
	return nil
}

// addCaller lets the tests of an app that create has made call in the name of somebody. Tests of the app's own are its author's.
func addCaller(t *terminal.Terminal, app codegen.App, p scaffold.Plugin) error {
	const name = "client_test.go"
	files, err := scaffold.Files(scaffold.Default, scaffold.Params{Module: app.ImportPath})
	if err != nil {
		return err
	}
	file := filepath.Join(app.Root, name)
	old, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(old, files[name]) {
		return nil
	}
	changed, err := p.ClientTest(app.ImportPath)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, changed, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(t.Stdout, "Tests call in the name of somebody who has signed in, by %s\n", generate.Relative(app.Root, name))
	return nil
}
