// Package scan reads the packages of an app and makes the model of it.
//
// It applies the pair rule: an item is an exported function or method X with an allowed signature beside a package-level variable
// XMetadata of one of the metadata types of package xmcp; Metadata pairs with Handler. What the types say comes from go/types, so a
// renamed import or an alias changes nothing; what only the source says (comments, literals, positions) comes from the
// syntax. Every problem becomes a diagnostic, and a package that does not compile is still read as far as it goes.
package scan

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Runtime is the import path of package xmcp.
const Runtime = "github.com/xmcpgo/xmcpgo/runtime"

// Converter makes the model of a type.
type Converter interface {
	Type(types.Type) *model.Type
}

// Scan makes the model of a loaded app. The schemas of its items are still empty.
func Scan(l *load.Loaded, conv Converter, diags *diag.List) *model.App {
	app := &model.App{
		Module:     l.App.ModulePath,
		ImportPath: l.App.SrcPath(),
		Dir:        l.App.Src(),
		Name:       srcName(l),
	}
	for _, e := range l.Errors {
		d := diag.Errorf(errorPos(l.App, e), diag.DoesNotCompile, "%s", e.Message)
		for _, r := range e.Related {
			d = d.WithRelated(errorPos(l.App, r), "%s", r.Message)
		}
		if strings.HasPrefix(e.Message, "cannot use true") || strings.HasPrefix(e.Message, "cannot use false") {
			if strings.Contains(e.Message, "xmcp.Hint value") {
				d = d.WithHint("write xmcp.Yes or xmcp.No")
			}
		}
		diags.Add(d)
	}
	for _, f := range l.Folders {
		s := &scanner{loaded: l, folder: f, pkg: l.Packages[f.ImportPath], conv: conv, diags: diags}
		s.kind = kindOf(app.Dir, f.Dir)
		s.checkGenerated()
		s.constrainedFiles()
		if s.pkg == nil || s.pkg.Types == nil {
			continue
		}
		s.collect()
		if f.Dir == app.Dir {
			s.srcImportable()
			app.Name = s.pkg.Name
			app.Scope = s.pkg.Types.Scope().Names()
			app.Plugins = s.plugins()
			s.taken("Registry")
		}
		if p := s.items(); p != nil {
			s.taken("RegisterXMCP")
			s.importable(app)
			app.Packages = append(app.Packages, p)
		}
	}
	slices.SortFunc(app.Packages, func(a, b *model.Package) int { return strings.Compare(a.Path, b.Path) })
	return app
}

func errorPos(app load.App, e load.Error) diag.Pos {
	if e.File == "" {
		return diag.Pos{}
	}
	return diag.Pos{File: app.Rel(e.File), Line: e.Line, Column: e.Column}
}

// srcName is the name of package src while it has no files of its own that are part of this build.
func srcName(l *load.Loaded) string {
	for _, f := range l.Folders {
		if f.Dir != l.App.Src() {
			continue
		}
		for _, file := range f.Files {
			if name := strings.TrimSuffix(file.Package, "_test"); name != "" && name != "main" && !file.SwitchedOff() {
				return name
			}
		}
	}
	return "src"
}

// kindOf says what lives in a folder; 0 for folders without items.
func kindOf(src, dir string) model.ItemKind {
	for _, k := range [...]model.ItemKind{model.Tool, model.Prompt, model.Resource} {
		top := path.Join(src, k.Folder())
		if dir == top || strings.HasPrefix(dir, top+"/") {
			return k
		}
	}
	return 0
}

// scanner reads one package.
type scanner struct {
	loaded *load.Loaded
	folder *load.Folder
	pkg    *packages.Package // nil when all files are left out of this build
	kind   model.ItemKind    // of the folder
	conv   Converter
	diags  *diag.List

	funcs []*function
	vars  []*variable
}

// function is a declared function or method.
type function struct {
	decl *ast.FuncDecl
	obj  *types.Func
	sig  *types.Signature
	// recv is the name of the receiver's type; "" for a function.
	recv string
}

func (f *function) name() string { return f.decl.Name.Name }

func (f *function) ref() model.Ref { return model.Ref{Receiver: f.recv, Name: f.name()} }

// String is the function as people name it: Greet, Notes.Save.
func (f *function) String() string {
	if f.recv != "" {
		return f.recv + "." + f.name()
	}
	return f.name()
}

// variable is a package-level variable.
type variable struct {
	name  *ast.Ident
	value ast.Expr // nil when there is none, or one call gives several variables their values
	spec  *ast.ValueSpec
	doc   *ast.CommentGroup
	obj   types.Object // nil for a second declaration of the same name, which the compiler refuses
}

// collect lists the declarations in source order.
func (s *scanner) collect() {
	for _, file := range s.pkg.Syntax {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				obj, ok := s.pkg.TypesInfo.Defs[d.Name].(*types.Func)
				if !ok {
					continue
				}
				s.funcs = append(s.funcs, &function{decl: d, obj: obj, sig: obj.Signature(), recv: receiverName(d)})
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					s.variables(d)
				}
			}
		}
	}
}

func (s *scanner) variables(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		doc := v.Doc
		if doc == nil && len(d.Specs) == 1 {
			doc = d.Doc
		}
		for i, name := range v.Names {
			obj := s.pkg.TypesInfo.Defs[name]
			one := &variable{name: name, spec: v, doc: doc, obj: obj}
			if len(v.Values) == len(v.Names) {
				one.value = v.Values[i]
			}
			s.vars = append(s.vars, one)
		}
	}
}

// receiverName is the name of a method's receiver type, without pointer and type parameters.
func receiverName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return "?"
		}
	}
}

// pos is the place of a node.
func (s *scanner) pos(n ast.Node) diag.Pos {
	start, end := s.position(n.Pos()), s.position(n.End())
	p := diag.Pos{File: s.loaded.App.Rel(start.Filename), Line: start.Line, Column: start.Column}
	if end.Filename == start.Filename {
		p.EndLine, p.EndColumn = end.Line, end.Column
	}
	return p
}

// position ignores line directives, except in what cgo made of a file.
func (s *scanner) position(p token.Pos) token.Position {
	at := s.loaded.Fset.PositionFor(p, false)
	if !filepath.IsAbs(at.Filename) || filepath.Dir(at.Filename) != s.dir() {
		return s.loaded.Fset.PositionFor(p, true)
	}
	return at
}

func (s *scanner) dir() string {
	return filepath.Join(s.loaded.App.ModuleDir, filepath.FromSlash(s.folder.Dir))
}

// constraint of the file that holds the node; "" when every build has it.
func (s *scanner) constraint(n ast.Node) string {
	return s.folder.Constraint(s.position(n.Pos()).Filename)
}

func (s *scanner) errorf(n ast.Node, code, format string, args ...any) diag.Diagnostic {
	return diag.Errorf(s.pos(n), code, format, args...)
}

// spell writes a type as the package's own source would.
func (s *scanner) spell(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		switch {
		case p == s.pkg.Types:
			return ""
		case p.Path() == Runtime:
			return "xmcp"
		}
		return p.Name()
	})
}

// runtimeType is a type of package xmcp, or nil when the package does not import it.
func (s *scanner) runtimeType(name string) types.Type {
	for _, imp := range s.pkg.Types.Imports() {
		if imp.Path() == Runtime {
			if obj := imp.Scope().Lookup(name); obj != nil {
				return obj.Type()
			}
		}
	}
	return nil
}

// isNamed reports whether t is the declared type pkgPath.name, aliases resolved.
func isNamed(t types.Type, pkgPath, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	obj := n.Obj()
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == pkgPath
}
