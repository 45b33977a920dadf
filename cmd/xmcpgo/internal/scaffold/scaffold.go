// Package scaffold makes the files of a new app from templates that are part of the binary.
//
// A template is a folder below templates; each of its files is named like the file of the app with ".tmpl" behind it, and has
// [[.Name]] and the like where a field of [Params] goes. The generated files of an app are part of its template: an app is
// complete before any command has run in it. The folder common holds what all apps have, and parts what is added to an app later.
package scaffold

import (
	"embed"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

//go:embed all:templates all:common all:parts
var templates embed.FS

// Template is one app that can be created.
type Template struct {
	// Name is what --example takes.
	Name string
	// Summary is one line for the list of examples.
	Summary string
	// Run are the commands that run a new app, each with a remark behind it where it needs one.
	Run []string
	// SignIn: its callers sign in.
	SignIn bool
}

// Default is the name of the template that is used when none is named.
const Default = "default"

// Templates lists what can be created, the default first.
func Templates() []Template {
	return []Template{
		{Default, "a tool, a prompt, a static and a templated resource, a test",
			[]string{"go run .", "go tool xmcpgo dev   # in place of both while you write: each save is generated and served"}, false},
		{"scalekit", "Scalekit sign-in, and notes kept apart by person and organization", []string{
			"go tool xmcpgo dev   # with a stand-in for Scalekit, no account needed",
			"go run .             # with an account: .env.example says what goes into .env",
		}, true},
	}
}

// Params is what differs between two apps of one template.
type Params struct {
	// Name of the app, as its server tells clients.
	Name string
	// Module is the module path of the app.
	Module string
	// Command is what go build names the binary.
	Command string
	// Version of xmcpgo that the app requires.
	Version string
	// Replace is the folder of a checkout of xmcpgo to use in place of that version; empty uses the version. It is written to
	// go.mod as it is, in quotes where go.mod needs them.
	Replace string
}

// Files renders a template: slash-separated path to content. Go files come out formatted, whatever the names put into them.
func Files(name string, p Params) (map[string][]byte, error) {
	if !slices.ContainsFunc(Templates(), func(t Template) bool { return t.Name == name }) {
		return nil, fmt.Errorf("no example is named %q", name)
	}
	files := map[string][]byte{}
	for _, root := range []string{"common", path.Join("templates", name)} {
		if err := addFiles(files, root, p); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// addFiles renders the files of a folder.
func addFiles(files map[string][]byte, root string, p Params) error {
	return fs.WalkDir(templates, root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		source, err := templates.ReadFile(at)
		if err != nil {
			return err
		}
		target := strings.TrimSuffix(strings.TrimPrefix(at, root+"/"), ".tmpl")
		content, err := render(target, string(source), p)
		if err != nil {
			return fmt.Errorf("template %s: %w", at, err)
		}
		files[target] = content
		return nil
	})
}

// render puts the parameters in. Plain replacement is all that templates need, and every app builds this package.
func render(target, source string, p Params) ([]byte, error) {
	replace := ""
	if p.Replace != "" {
		replace = "\nreplace " + modulePath + " => " + modfile.AutoQuote(p.Replace) + "\n"
	}
	content := strings.NewReplacer(
		"[[.Name]]", p.Name,
		"[[.Module]]", p.Module,
		"[[.Command]]", p.Command,
		"[[.Version]]", p.Version,
		"[[.Replace]]", replace,
	).Replace(source)
	if path.Ext(target) != ".go" {
		return []byte(content), nil
	}
	// The order of imports depends on the module path.
	return format.Source([]byte(content))
}

// Paths lists the files in order.
func Paths(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }
