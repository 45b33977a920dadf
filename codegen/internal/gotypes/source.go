package gotypes

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// sources finds the syntax of a declaration by the position of its name.
type sources struct {
	fset  *token.FileSet
	files map[string]*source // nil values for files that can't be read
}

// source indexes one file. Export data keeps lines but not columns, so declarations are found by line and name.
type source struct {
	fields map[lineName][]*fieldDecl
	types  map[lineName][]*typeDecl
	consts map[lineName][]*constDecl
}

type lineName struct {
	line int
	name string
}

type fieldDecl struct {
	name  *ast.Ident
	field *ast.Field
}

type typeDecl struct {
	spec *ast.TypeSpec
	decl *ast.GenDecl
}

type constDecl struct {
	name  *ast.Ident
	spec  *ast.ValueSpec
	decl  *ast.GenDecl
	value ast.Expr // repeated from an earlier line where this one has none
}

func newSources(fset *token.FileSet) sources {
	return sources{fset: fset, files: map[string]*source{}}
}

func (s *sources) add(f *ast.File) {
	s.files[s.fset.PositionFor(f.FileStart, false).Filename] = s.index(f)
}

// find returns the indexed file of pos, parsing it if it is new.
func (s *sources) find(pos token.Pos) (*source, token.Position) {
	at := s.fset.PositionFor(pos, false)
	if at.Filename == "" {
		return nil, at
	}
	src, ok := s.files[at.Filename]
	if !ok {
		if f, err := parser.ParseFile(s.fset, at.Filename, nil, parser.ParseComments|parser.SkipObjectResolution); err == nil {
			src = s.index(f)
		}
		s.files[at.Filename] = src
	}
	return src, at
}

func (s *sources) typeDecl(obj types.Object) *typeDecl {
	src, at := s.find(obj.Pos())
	if src == nil {
		return nil
	}
	return nearest(src.types[lineName{at.Line, obj.Name()}], obj.Pos(), func(d *typeDecl) token.Pos { return d.spec.Name.Pos() })
}

func (s *sources) fieldDecl(obj types.Object) *fieldDecl {
	src, at := s.find(obj.Pos())
	if src == nil {
		return nil
	}
	return nearest(src.fields[lineName{at.Line, obj.Name()}], obj.Pos(), func(d *fieldDecl) token.Pos { return d.name.Pos() })
}

func (s *sources) constDecl(obj types.Object) *constDecl {
	src, at := s.find(obj.Pos())
	if src == nil {
		return nil
	}
	return nearest(src.consts[lineName{at.Line, obj.Name()}], obj.Pos(), func(d *constDecl) token.Pos { return d.name.Pos() })
}

// nearest prefers the declaration exactly at pos; without columns it is the first of its line.
func nearest[T any](ds []T, pos token.Pos, at func(T) token.Pos) (found T) {
	for _, d := range ds {
		if at(d) == pos {
			return d
		}
	}
	if len(ds) > 0 {
		found = ds[0]
	}
	return found
}

func (s *sources) index(f *ast.File) *source {
	src := &source{
		fields: map[lineName][]*fieldDecl{},
		types:  map[lineName][]*typeDecl{},
		consts: map[lineName][]*constDecl{},
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			switch n.Tok {
			case token.TYPE:
				for _, spec := range n.Specs {
					spec := spec.(*ast.TypeSpec)
					k := s.key(spec.Name)
					src.types[k] = append(src.types[k], &typeDecl{spec, n})
				}
			case token.CONST:
				s.indexConsts(src, n)
			}
		case *ast.StructType:
			for _, field := range n.Fields.List {
				names := field.Names
				if len(names) == 0 {
					names = embeddedName(field.Type)
				}
				for _, name := range names {
					k := s.key(name)
					src.fields[k] = append(src.fields[k], &fieldDecl{name, field})
				}
			}
		}
		return true
	})
	return src
}

func (s *sources) indexConsts(src *source, decl *ast.GenDecl) {
	var values []ast.Expr
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ValueSpec)
		if len(spec.Values) > 0 {
			values = spec.Values
		}
		for i, name := range spec.Names {
			d := &constDecl{name: name, spec: spec, decl: decl}
			if i < len(values) {
				d.value = values[i]
			}
			k := s.key(name)
			src.consts[k] = append(src.consts[k], d)
		}
	}
}

func (s *sources) key(name *ast.Ident) lineName {
	return lineName{s.fset.PositionFor(name.Pos(), false).Line, name.Name}
}

// embeddedName is the identifier that names an embedded field.
func embeddedName(e ast.Expr) []*ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return []*ast.Ident{e}
	case *ast.SelectorExpr:
		return []*ast.Ident{e.Sel}
	case *ast.StarExpr:
		return embeddedName(e.X)
	case *ast.IndexExpr:
		return embeddedName(e.X)
	case *ast.IndexListExpr:
		return embeddedName(e.X)
	case *ast.ParenExpr:
		return embeddedName(e.X)
	}
	return nil
}

func (d *fieldDecl) doc() string { return comment(d.field.Doc, d.field.Comment) }

func (d *typeDecl) doc() string {
	if !d.decl.Lparen.IsValid() {
		return comment(d.spec.Doc, d.decl.Doc, d.spec.Comment)
	}
	return comment(d.spec.Doc, d.spec.Comment)
}

func (d *constDecl) doc() string {
	if !d.decl.Lparen.IsValid() {
		return comment(d.spec.Doc, d.decl.Doc, d.spec.Comment)
	}
	return comment(d.spec.Doc, d.spec.Comment)
}

// comment is the text of the first group that has any, without directives.
func comment(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.TrimSpace(g.Text()); text != "" {
			return text
		}
	}
	return ""
}
