package gotypes

import (
	"go/types"
	"reflect"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// field converts field i of t, or returns nil for one that nobody outside of its package can see.
func (c *Converter) field(t *types.Struct, i int, d depth) *model.Field {
	v := t.Field(i)
	inModule := v.Pkg() == nil || c.inModule(v)
	if !inModule && !v.Exported() && !v.Embedded() {
		return nil
	}
	tag := t.Tag(i)
	switch {
	case !v.Exported() && !v.Embedded():
		d = nameOnly
	case reflect.StructTag(tag).Get("json") == "-":
		d = min(d, declared)
	}
	f := &model.Field{
		Name:     v.Name(),
		Embedded: v.Embedded(),
		Exported: v.Exported(),
		Type:     c.convert(v.Type(), d),
		Tag:      tag,
		Pos:      c.Pos(v.Pos()),
	}
	if v.Pkg() != nil {
		f.PkgPath = v.Pkg().Path()
	}
	decl := c.src.fieldDecl(v)
	if decl == nil {
		return f
	}
	f.Doc = decl.doc()
	f.Pos = c.Span(decl.name.Pos(), decl.name.End())
	f.TypePos = c.Span(decl.field.Type.Pos(), decl.field.Type.End())
	if lit := decl.field.Tag; lit != nil {
		f.TagLit, f.TagPos = lit.Value, c.Span(lit.Pos(), lit.End())
	}
	return f
}
