package gotypes

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// constants returns the constants of a declared type that its package declares, in source order.
func (c *Converter) constants(obj *types.TypeName) []model.Const {
	pkg := obj.Pkg()
	byType, ok := c.consts[pkg]
	if !ok {
		byType = map[*types.TypeName][]*types.Const{}
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			k, isConst := scope.Lookup(name).(*types.Const)
			if !isConst || name == "_" {
				continue
			}
			if named, isNamed := types.Unalias(k.Type()).(*types.Named); isNamed {
				byType[named.Obj()] = append(byType[named.Obj()], k)
			}
		}
		c.consts[pkg] = byType
	}
	var out []model.Const
	for _, k := range byType[obj] {
		out = append(out, c.constant(k))
	}
	slices.SortStableFunc(out, func(a, b model.Const) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return out
}

func (c *Converter) constant(k *types.Const) model.Const {
	m := model.Const{Name: k.Name(), Exported: k.Exported(), Pos: c.Pos(k.Pos())}
	if v := k.Val(); v.Kind() == constant.String {
		m.Value = constant.StringVal(v)
	} else {
		m.Value = v.ExactString()
	}
	if decl := c.src.constDecl(k); decl != nil {
		m.Doc = decl.doc()
		m.Pos = c.Span(decl.name.Pos(), decl.name.End())
		m.Computed = computed(decl.value)
	}
	return m
}

// computed reports whether e is arithmetic of flags (1 << iota, A | B) or units (1000 * Meter). A multiple of iota is only
// spaced out.
func computed(e ast.Expr) bool {
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if !ok {
			return true
		}
		switch b.Op {
		case token.SHL, token.SHR, token.OR, token.AND, token.AND_NOT, token.XOR, token.REM:
			found = true
		case token.MUL, token.QUO:
			found = found || !isIota(b.X) && !isIota(b.Y)
		}
		return true
	})
	return found
}

func isIota(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "iota"
		return true
	})
	return found
}
