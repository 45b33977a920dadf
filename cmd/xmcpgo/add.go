package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/generate"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/scaffold"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func addCommand() *command {
	c := &command{
		name:    "add",
		usage:   "[flags] tool|prompt|resource|plugin NAME",
		short:   "add a tool, a prompt, a resource or a plugin to an app",
		maxArgs: 2,
		long: `Writes a new file and its test into the app of the working directory, and generates. Folders before the name become packages:
users/get_thing is in src/tools/users. No existing file is ever overwritten.

A plugin of xmcpgo (scalekit, oauth, apikey) goes into src/middleware.go, and its settings into .env.example. Where that file
exists already, the lines to add to it are printed.`,
		examples: `xmcpgo add tool get_weather
xmcpgo add tool users/get_thing
xmcpgo add prompt review
xmcpgo add resource price-list
xmcpgo add plugin scalekit`,
		exits: "0 done, 1 the app has errors, which generating found, 2 trouble or wrong usage.",
		flags: flag.NewFlagSet("add", flag.ContinueOnError),
	}
	dir := c.flags.String("dir", ".", "add to the app that `DIR` lies in")
	c.run = func(ctx context.Context, t *terminal.Terminal, args []string) error {
		kinds := append(scaffold.Kinds(), "plugin")
		if len(args) == 0 {
			return c.errorf("what is to be added is missing: %s", strings.Join(kinds, ", "))
		}
		if !slices.Contains(kinds, args[0]) {
			return c.errorf("%q cannot be added%s (there is: %s)", args[0], didYouMean(args[0], kinds), strings.Join(kinds, ", "))
		}
		if len(args) == 1 {
			return c.errorf("the name of the %s is missing", args[0])
		}
		app, err := codegen.Find(*dir)
		if err != nil {
			return generate.WithHint("add", err)
		}
		if args[0] == "plugin" {
			return c.addPlugin(ctx, t, app, args[1])
		}
		return c.addItem(ctx, t, app, args[0], args[1])
	}
	return c
}

func (c *command) addItem(ctx context.Context, t *terminal.Terminal, app codegen.App, kind, name string) error {
	it, err := scaffold.ParseItem(kind, name)
	if err != nil {
		return c.errorf("%v", err)
	}
	folder := filepath.Join(app.Root, filepath.FromSlash(it.Folder))
	pkg, direct, err := existingPackage(folder)
	if err != nil {
		return fmt.Errorf("add: %w", err)
	}
	if pkg == "" {
		pkg = it.Package
	}
	files, err := it.Files(pkg, direct)
	if err != nil {
		return fmt.Errorf("add: %w", err)
	}
	for _, file := range scaffold.Paths(files) {
		if _, err := os.Lstat(filepath.Join(app.Root, filepath.FromSlash(file))); err == nil {
			return fmt.Errorf("add: %s exists already; nothing was changed", generate.Relative(app.Root, file))
		}
	}
	if err := scaffold.Write(app.Root, files); err != nil {
		return fmt.Errorf("add: %w", err)
	}
	fmt.Fprintf(t.Stdout, "%s %s and %s\n", t.OutColour.Green("Created"), generate.Relative(app.Root, it.File()), generate.Relative(app.Root, it.TestFile()))
	if err := regenerate(ctx, t, app); err != nil {
		return err
	}
	fmt.Fprintf(t.Stdout, "\nChange both, then go generate ./... and go test ./... The comment above %s is its description.\n", it.Func)
	return nil
}

func regenerate(ctx context.Context, t *terminal.Terminal, app codegen.App) error {
	return generate.Run(ctx, t, codegen.Config{Dir: app.Root, Version: version.Read().Version}, generate.Mode{})
}

// existingPackage is the name of the package in a folder, empty when there is none yet, and whether a test of it calls handlers directly:
// items that need values, or callers with rights, cannot be served by the test of another item.
func existingPackage(folder string) (name string, direct bool, err error) {
	files, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	for _, f := range files {
		if f.IsDir() || filepath.Ext(f.Name()) != ".go" || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, f.Name()), nil, parser.SkipObjectResolution)
		if tree == nil || tree.Name == nil || err != nil {
			continue // the generator says what is wrong with it
		}
		name = tree.Name.Name
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "RegisterXMCP" && f.Recv == nil && f.Type.Params.NumFields() > 1 {
				direct = true
			}
		}
	}
	needs := readNeeds(folder)
	return name, direct || len(needs.scopes)+len(needs.permissions) > 0, nil
}
