// Package codegen generates the registry of an app: the code that tells the server which tools, prompts and resources there
// are, with their JSON Schemas.
//
// [Generate] is a pure function to data. It finds the app that a folder belongs to, reads the packages below its src folder without running any
// of their code, and returns the files to write together with everything that is wrong with the source. The [Result] is
// then committed, compared or shown:
//
//	res, err := codegen.Generate(ctx, codegen.Config{Dir: "."})
//	if err != nil {
//		return err // nothing could be read: no module, no go command
//	}
//	for _, d := range res.Diagnostics {
//		fmt.Println(d) // src/tools/greet.go:12:6: Greet has no description (XG023)
//	}
//	if !res.HasErrors() {
//		written, err := res.Commit()
//	}
//
// With the code comes what clients will see of the app, [Result.Contract], and the file that holds it: package contract.
//
// The stages are load → scan → schema → lint → drift → render. Each adds to one list of diagnostics; rendering happens only without errors.
package codegen

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/drift"
	"github.com/xmcpgo/xmcpgo/codegen/internal/gotypes"
	"github.com/xmcpgo/xmcpgo/codegen/internal/lint"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/render"
	"github.com/xmcpgo/xmcpgo/codegen/internal/scan"
)

// contractVersion is that of the contract between generated code and the runtime.
const contractVersion = 1

// Config says what to generate for. The zero value generates for the working directory.
type Config struct {
	// Dir is any folder inside the app's module; empty means the working directory.
	Dir string
	// Version of the generator, for the report of [Result.JSON].
	Version string
	// Env is the environment of the go command; nil means that of the process.
	Env []string
	// Progress, if set, is told what is being done, in a few words. It is called from the goroutine of Generate.
	Progress func(string)
}

// TroubleError is why nothing could be read at all: no module, no go command, a go.mod that the go command refuses. Its
// Error carries the code, and its Hint says what to do.
type TroubleError = load.TroubleError

// Generate reads an app and returns its generated files. An error means that nothing could be read; what is wrong with
// the source is in the result's diagnostics. Nothing is written. It is safe for concurrent use.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	progress := cfg.Progress
	if progress == nil {
		progress = func(string) {}
	}
	app, err := load.Find(cfg.Dir)
	if err != nil {
		return nil, err
	}
	progress("loading " + app.SrcPath())
	loaded, err := load.Load(ctx, cfg.Env, app)
	if err != nil {
		return nil, err
	}
	progress("generating")
	res, err := generate(loaded[0])
	if err != nil {
		return nil, err
	}
	res.Version = cfg.Version
	return res, nil
}

// generate is all that follows loading.
func generate(l *load.Loaded) (*Result, error) {
	pkgs := make([]*packages.Package, 0, len(l.Packages))
	for _, path := range l.Paths() {
		pkgs = append(pkgs, l.Packages[path])
	}
	conv := gotypes.New(gotypes.Config{Fset: l.Fset, ModulePath: l.App.ModulePath, Dir: l.App.ModuleDir, Packages: pkgs})
	var diags diag.List
	app := scan.Scan(l, conv, &diags)
	for _, p := range app.Packages {
		for _, it := range p.Items {
			derive(p, it, &diags)
		}
		p.SortItems()
	}
	lint.Lint(app, &diags)

	res := &Result{Root: l.App.ModuleDir, Diagnostics: diags.Sorted(), Counts: count(app)}
	if diags.HasErrors() {
		return res, nil
	}
	for _, p := range app.Packages {
		drift.Watch(p, app.Module)
	}
	files, err := render.Files(app, render.Config{Header: load.Header, FileName: load.GeneratedFile, Runtime: scan.Runtime, Version: contractVersion})
	if err != nil {
		return nil, errors.Join(errors.New("this is a mistake of the generator, please report it"), err)
	}
	current := map[string]bool{}
	for _, f := range files {
		current[f.Path] = true
		res.Files = append(res.Files, File{Path: f.Path, Content: f.Content})
	}
	for _, f := range l.Folders {
		if path := f.Dir + "/" + load.GeneratedFile; f.Generated != nil && f.Generated.Ours && !current[path] {
			res.Files = append(res.Files, File{Path: path})
		}
	}
	res.Contract = contractOf(app)
	content, err := contract.Encode(res.Contract)
	if err != nil {
		return nil, errors.Join(errors.New("this is a mistake of the generator, please report it"), err)
	}
	res.LockPath = path.Join(path.Dir(app.Dir), contract.FileName)
	res.Files = append(res.Files, File{Path: res.LockPath, Content: content})
	slices.SortFunc(res.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return res, nil
}

func count(app *model.App) Counts {
	return Counts{
		Tools:     len(app.Items(model.Tool)),
		Prompts:   len(app.Items(model.Prompt)),
		Resources: len(app.Items(model.Resource)),
	}
}
