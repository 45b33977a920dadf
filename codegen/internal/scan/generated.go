package scan

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// checkGenerated refuses to touch a file of our name that somebody else wrote.
func (s *scanner) checkGenerated() {
	if g := s.folder.Generated; g != nil && !g.Ours {
		s.diags.Add(diag.Errorf(diag.Pos{File: path.Join(s.folder.Dir, load.GeneratedFile), Line: 1, Column: 1}, diag.ForeignFile,
			"%s was not written by the generator, which would overwrite it", load.GeneratedFile).
			WithHint("rename it; if the generator did write it, restore its first line: %s", load.Header))
	}
}

// taken reports a declaration of the user's with a name that the generated file declares.
func (s *scanner) taken(name string) {
	obj := s.pkg.Types.Scope().Lookup(name)
	if obj == nil {
		return
	}
	if id := s.identOf(obj); id != nil {
		s.diags.Add(s.errorf(id, diag.NameTaken, "%s is declared here, but the generated file of package %s declares it", name, s.pkg.Name).
			WithHint("rename it"))
	}
}

// srcImportable checks that the app's main package will be able to import package src.
func (s *scanner) srcImportable() {
	if s.pkg.Name == "main" && len(s.pkg.Syntax) > 0 {
		s.diags.Add(s.errorf(s.pkg.Syntax[0].Name, diag.NotImportable, "package main in src cannot be imported, so nothing could serve its registry").
			WithHint("name the package src, and keep package main in the folder above"))
	}
}

// importable checks that package src will be able to import this package.
func (s *scanner) importable(app *model.App) {
	first := s.folder.Files[0]
	for _, f := range s.folder.Files {
		if !f.Test && f.Constraint == "" {
			first = f
			break
		}
	}
	at := diag.Pos{File: path.Join(s.folder.Dir, first.Name), Line: 1, Column: 1}
	if len(s.pkg.Syntax) > 0 {
		at = s.pos(s.pkg.Syntax[0].Name)
	}
	inside := strings.TrimPrefix(s.folder.Dir, app.Dir+"/")
	switch {
	case s.pkg.Name == "main":
		s.diags.Add(diag.Errorf(at, diag.NotImportable, "package main cannot be imported, so its items cannot be served").
			WithHint("name the package after its folder: %s", path.Base(s.folder.Dir)))
	case strings.Contains("/"+inside+"/", "/internal/"):
		s.diags.Add(diag.Errorf(at, diag.NotImportable, "package src cannot import the internal package %s, so its items cannot be served", s.folder.Dir).
			WithHint("move the items out of the internal folder"))
	}
	if chain := importChain(s.pkg, app.ImportPath, map[string]bool{}); chain != nil {
		s.diags.Add(diag.Errorf(at, diag.NotImportable, "package %s imports package src (%s), whose registry imports it", s.pkg.Name, strings.Join(chain, " imports ")).
			WithHint("move what it needs from package src to a package of its own"))
	}
}

// importChain is the way from p to the package target, both ends included; nil when there is none.
func importChain(p *packages.Package, target string, seen map[string]bool) []string {
	if p.PkgPath == target {
		return []string{p.PkgPath}
	}
	if seen[p.PkgPath] {
		return nil
	}
	seen[p.PkgPath] = true
	paths := make([]string, 0, len(p.Imports))
	for path := range p.Imports {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, imp := range paths {
		if chain := importChain(p.Imports[imp], target, seen); chain != nil {
			return append([]string{p.PkgPath}, chain...)
		}
	}
	return nil
}
