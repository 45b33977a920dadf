// Package render prints the generated files of an app from its model.
//
// It decides nothing: names, schemas, guards and orders are those of the model. The bytes are formatted and depend on the
// model alone.
package render

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Config names what the files refer to.
type Config struct {
	Header   string // the first line
	FileName string
	Runtime  string // import path of package xmcp
	Version  int    // of the contract with the runtime
}

// File is one generated file. Path is relative to the module's folder.
type File struct {
	Path    string
	Content []byte
}

// Files prints the files of the app: the one of package src, and one for each package with items.
func Files(app *model.App, cfg Config) ([]File, error) {
	files := make([]File, 0, len(app.Packages)+1)
	src, err := registryFile(app, cfg)
	if err != nil {
		return nil, err
	}
	files = append(files, File{path.Join(app.Dir, cfg.FileName), src})
	for _, p := range app.Packages {
		content, err := packageFile(app, p, cfg)
		if err != nil {
			return nil, err
		}
		files = append(files, File{path.Join(p.Dir, cfg.FileName), content})
	}
	return files, nil
}

// finish puts the parts of a file together and formats them.
func finish(cfg Config, pkg string, imp *imports, body string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\npackage %s\n\n", cfg.Header, pkg)
	imp.write(&b)
	b.WriteString(body)
	out, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("print package %s: %w\n%s", pkg, err, b.Bytes())
	}
	return out, nil
}

// registryFile prints the file of package src.
func registryFile(app *model.App, cfg Config) ([]byte, error) {
	imp := newImports(app.ImportPath, append([]string{"r", "Registry", "Plugins"}, app.Scope...))
	xmcp := imp.fixed(cfg.Runtime, "xmcp")
	aliases := make([]string, len(app.Packages))
	for i, p := range app.Packages {
		aliases[i] = imp.name(p.Path, p.Name)
	}
	deps := app.Receivers()
	params := parameterNames(deps, append(imp.names(), app.Scope...))

	var b strings.Builder
	b.WriteString("// Registry returns what this app serves: all tools, prompts and resources below this folder")
	if app.Plugins {
		b.WriteString(", and its plugins")
	}
	b.WriteString(".\n")
	if len(deps) > 0 {
		b.WriteString("// Each argument is a struct whose methods are handlers; none may be nil.\n")
	}
	b.WriteString("func Registry(")
	list := make([]string, len(deps))
	for i, d := range deps {
		list[i] = params[i] + " *" + imp.name(d.Package.Path, d.Package.Name) + "." + d.Type
	}
	fmt.Fprintf(&b, "%s) *%s.Registry {\nr := %s.NewRegistry()\n", parameters(list), xmcp, xmcp)
	for i, p := range app.Packages {
		args := []string{"r"}
		for j, d := range deps {
			if d.Package == p {
				args = append(args, params[j])
			}
		}
		fmt.Fprintf(&b, "%s.RegisterXMCP(%s)\n", aliases[i], strings.Join(args, ", "))
	}
	if app.Plugins {
		b.WriteString("r.Use(Plugins)\n")
	}
	b.WriteString("return r\n}\n")
	if !app.Plugins && !slices.Contains(app.Scope, "Plugins") {
		b.WriteString("\n// Plugins keeps this name until the app has plugins, so that none is left out in silence. Where the compiler calls it\n" +
			"// redeclared, a function Plugins has been added, which is not used above yet: run go generate ./...\ntype Plugins struct{}\n")
	}
	return finish(cfg, app.Name, imp, b.String())
}

// parameters puts a long list on lines of its own.
func parameters(list []string) string {
	if text := strings.Join(list, ", "); len(text) <= 90 {
		return text
	}
	return "\n" + strings.Join(list, ",\n") + ",\n"
}

// packageFile prints the file of a package with items.
func packageFile(app *model.App, p *model.Package, cfg Config) ([]byte, error) {
	var deps []model.Dependency
	for _, name := range p.Receivers() {
		deps = append(deps, model.Dependency{Package: p, Type: name})
	}
	params := parameterNames(deps, append([]string{"xmcp", "reflect"}, p.Scope...))
	w := &packageWriter{pkg: p, runtime: cfg.Runtime, params: map[string]string{}}
	w.imp = newImports(p.Path, slices.Concat([]string{"r", "RegisterXMCP"}, params, p.Scope))
	w.xmcp = w.imp.fixed(cfg.Runtime, "xmcp")

	fmt.Fprintf(&w.b, "// The runtime declares this constant for as long as it supports what is written here. When it is undefined, bring the\n"+
		"// module to the version of the xmcpgo command, or run go generate ./... with the one that go.mod names.\nconst _ = %s.Generated%d\n\n", w.xmcp, cfg.Version)
	list := []string{"r *" + w.xmcp + ".Registry"}
	for i, d := range deps {
		w.params[d.Type] = params[i]
		list = append(list, params[i]+" *"+d.Type)
	}
	fmt.Fprintf(&w.b, "// RegisterXMCP adds the items of this package to r.\nfunc RegisterXMCP(%s) {\n", parameters(list))
	for i, d := range deps {
		fmt.Fprintf(&w.b, "r.Require(%s, %s != nil)\n", strconv.Quote(p.Name+"."+d.Type), params[i])
	}
	for _, fp := range p.Fingerprints {
		text, _ := fp.Type.Spell(w.imp.name, p.Path)
		fmt.Fprintf(&w.b, "r.Fingerprint(%s.TypeFor[%s](), %s, %s)\n", w.imp.name("reflect", "reflect"), text, strconv.Quote(app.Module), strconv.Quote(fp.Hash))
	}
	for _, it := range p.Items {
		w.item(it)
	}
	w.b.WriteString("}\n")
	w.guards()
	return finish(cfg, p.Name, w.imp, w.b.String())
}
