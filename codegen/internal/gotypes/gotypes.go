// Package gotypes turns what go/types knows about a type into the generator's own [model.Type], so that nothing behind it
// depends on go/ast or go/types.
//
// The user's packages come with syntax; everything else comes from export data, which has neither comments nor columns. For
// those the source file at an object's position is parsed on first use, and where that fails the type is merely without
// comments.
package gotypes

import (
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Config says what a [Converter] works on.
type Config struct {
	Fset       *token.FileSet
	ModulePath string
	Dir        string // the module's root folder, absolute; positions below it become relative
	// Packages are the packages that were loaded with syntax.
	Packages []*packages.Package
}

// Converter converts types. It is not safe for concurrent use.
type Converter struct {
	cfg     Config
	src     sources
	named   map[string]*model.Type
	depths  map[*model.Type]depth
	folders map[string]bool // by ownFolder
	consts  map[*types.Package]map[*types.TypeName][]*types.Const
}

// New returns a converter with an empty graph.
func New(cfg Config) *Converter {
	c := &Converter{
		cfg:     cfg,
		src:     newSources(cfg.Fset),
		named:   map[string]*model.Type{},
		depths:  map[*model.Type]depth{},
		folders: map[string]bool{},
		consts:  map[*types.Package]map[*types.TypeName][]*types.Const{},
	}
	for _, p := range cfg.Packages {
		for _, f := range p.Syntax {
			c.src.add(f)
		}
	}
	return c
}

// Type converts t and all that it reaches. Equal declared types give the same pointer, and so does a second call.
func (c *Converter) Type(t types.Type) *model.Type { return c.convert(t, full) }

// Pos converts a position of the converter's file set. It is exact for packages that were loaded with syntax.
func (c *Converter) Pos(p token.Pos) diag.Pos {
	if !p.IsValid() {
		return diag.Pos{}
	}
	at := c.cfg.Fset.PositionFor(p, false)
	return diag.Pos{File: c.relative(at.Filename), Line: at.Line, Column: at.Column}
}

// Span converts the places of the first byte and of the byte behind the last.
func (c *Converter) Span(from, to token.Pos) diag.Pos {
	p, end := c.Pos(from), c.Pos(to)
	if end.File == p.File {
		p.EndLine, p.EndColumn = end.Line, end.Column
	}
	return p
}

func (c *Converter) relative(file string) string {
	if rel, err := filepath.Rel(c.cfg.Dir, file); c.cfg.Dir != "" && err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

// depth says how far a declared type was followed.
type depth int

const (
	nameOnly depth = iota // its fields never show in JSON
	declared              // exported fields, without looking into the standard library
	full
)

func (c *Converter) convert(t types.Type, d depth) *model.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return c.convertNamed(t, d)
	case *types.Basic:
		return &model.Type{Kind: basicKinds[t.Kind()]}
	default:
		m := &model.Type{}
		c.fill(m, t, d)
		if m.Kind == model.Struct {
			m.Methods = methods(t)
		}
		return m
	}
}

func (c *Converter) convertNamed(t *types.Named, d depth) *model.Type {
	obj := t.Obj()
	var args []*model.Type
	for arg := range t.TypeArgs().Types() {
		args = append(args, c.convert(arg, min(d, declared)))
	}
	id := c.id(obj, args)
	m := c.named[id]
	if m == nil {
		m = &model.Type{ID: id, Name: obj.Name(), Exported: obj.Exported(), TypeArgs: args}
		c.named[id] = m
		c.depths[m] = -1
		if pkg := obj.Pkg(); pkg != nil {
			c.describe(m, obj, pkg)
		}
	}
	if m.Std && d == declared {
		d = nameOnly
	}
	if d <= c.depths[m] {
		return m
	}
	c.depths[m] = d
	under := t.Underlying()
	if _, isStruct := under.(*types.Struct); isStruct && d == nameOnly {
		m.Kind, m.Shallow = model.Struct, true
		return m
	}
	m.Shallow = false
	m.Methods = methods(t)
	c.fill(m, under, d)
	if m.InModule && (m.Kind.IsInteger() || m.Kind == model.String) && m.Consts == nil {
		m.Consts = c.constants(obj)
	}
	return m
}

// id names a type uniquely, whatever aliases its arguments were written with. Types of function bodies share a printed name, so
// their place is added.
func (c *Converter) id(obj *types.TypeName, args []*model.Type) string {
	id := obj.Name()
	if obj.Pkg() != nil {
		id = obj.Pkg().Path() + "." + id
	}
	for i, a := range args {
		text, _ := a.Spell(func(path, _ string) string { return path }, "")
		id += []string{"[", ","}[min(i, 1)] + text
	}
	if len(args) > 0 {
		id += "]"
	}
	if isLocal(obj) {
		at := c.cfg.Fset.Position(obj.Pos())
		id += "@" + filepath.Base(at.Filename) + ":" + strconv.Itoa(at.Line)
	}
	return id
}

func isLocal(obj *types.TypeName) bool {
	return obj.Pkg() != nil && obj.Parent() != nil && obj.Parent() != obj.Pkg().Scope()
}

// describe records where a declared type comes from.
func (c *Converter) describe(m *model.Type, obj *types.TypeName, pkg *types.Package) {
	m.PkgPath, m.PkgName = pkg.Path(), pkg.Name()
	m.Local = isLocal(obj)
	m.InModule = c.inModule(obj)
	first, _, _ := strings.Cut(m.PkgPath, "/")
	m.Std = !m.InModule && !strings.Contains(first, ".")
	if m.Std {
		return
	}
	m.Pos = c.Pos(obj.Pos())
	if decl := c.src.typeDecl(obj); decl != nil {
		m.Pos = c.Span(decl.spec.Name.Pos(), decl.spec.Name.End())
		m.Doc = decl.doc()
	}
}

// inModule goes by the import path, and by the folder: another module may have a path below the user's, and even lie inside of the
// user's folder.
func (c *Converter) inModule(obj types.Object) bool {
	path := obj.Pkg().Path()
	if path != c.cfg.ModulePath && !strings.HasPrefix(path, c.cfg.ModulePath+"/") {
		return false
	}
	file := c.cfg.Fset.PositionFor(obj.Pos(), false).Filename
	if c.cfg.Dir == "" || !filepath.IsAbs(file) {
		return true
	}
	return c.ownFolder(filepath.Dir(file))
}

// ownFolder reports whether dir lies below the module's root with no other module's root in between.
func (c *Converter) ownFolder(dir string) bool {
	if dir == c.cfg.Dir {
		return true
	}
	own, known := c.folders[dir]
	if !known {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		parent := filepath.Dir(dir)
		own = err != nil && parent != dir && c.ownFolder(parent)
		c.folders[dir] = own
	}
	return own
}

// fill writes the structure of an underlying type.
func (c *Converter) fill(m *model.Type, t types.Type, d depth) {
	switch t := t.(type) {
	case *types.Basic:
		m.Kind = basicKinds[t.Kind()]
	case *types.Array:
		m.Kind, m.Elem, m.Len = model.Array, c.convert(t.Elem(), d), t.Len()
	case *types.Slice:
		m.Kind, m.Elem = model.Slice, c.convert(t.Elem(), d)
	case *types.Map:
		m.Kind, m.Key, m.Elem = model.Map, c.convert(t.Key(), d), c.convert(t.Elem(), d)
	case *types.Pointer:
		m.Kind, m.Elem = model.Pointer, c.convert(t.Elem(), d)
	case *types.Chan:
		m.Kind, m.Dir, m.Elem = model.Chan, model.ChanDir(t.Dir()), c.convert(t.Elem(), nameOnly)
	case *types.Signature:
		m.Kind, m.Variadic = model.Func, t.Variadic()
		m.Params, m.Results = c.tuple(t.Params()), c.tuple(t.Results())
	case *types.Interface:
		m.Kind, m.Comparable = model.Interface, !t.IsMethodSet()
		m.Interface = nil
		for f := range t.Methods() {
			m.Interface = append(m.Interface, c.method(f))
		}
	case *types.Struct:
		m.Kind = model.Struct
		m.Fields = make([]*model.Field, 0, t.NumFields())
		for i := range t.NumFields() {
			if f := c.field(t, i, d); f != nil {
				m.Fields = append(m.Fields, f)
			} else {
				m.Partial = true
			}
		}
	default: // type parameters, tuples, unions: nothing a value has
		m.Kind = model.Invalid
	}
}

func (c *Converter) tuple(t *types.Tuple) []*model.Type {
	var ts []*model.Type
	for v := range t.Variables() {
		ts = append(ts, c.convert(v.Type(), nameOnly))
	}
	return ts
}

func (c *Converter) method(f *types.Func) *model.Method {
	m := &model.Method{Name: f.Name(), Exported: f.Exported(), Func: c.convert(f.Signature(), nameOnly)}
	if f.Pkg() != nil {
		m.PkgPath = f.Pkg().Path()
	}
	return m
}

var basicKinds = map[types.BasicKind]model.Kind{
	types.Bool: model.Bool, types.String: model.String,
	types.Int: model.Int, types.Int8: model.Int8, types.Int16: model.Int16, types.Int32: model.Int32, types.Int64: model.Int64,
	types.Uint: model.Uint, types.Uint8: model.Uint8, types.Uint16: model.Uint16, types.Uint32: model.Uint32,
	types.Uint64: model.Uint64, types.Uintptr: model.Uintptr,
	types.Float32: model.Float32, types.Float64: model.Float64,
	types.Complex64: model.Complex64, types.Complex128: model.Complex128,
	types.UnsafePointer: model.UnsafePointer,
}
