package scan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// metadata reads the literal of a metadata variable into the item. All of the literal must be constant, also the fields that
// the generator has no use for, so that what the source shows is what clients see.
func (s *scanner) metadata(v *variable, it *model.Item) {
	it.Metadata.Positions = map[string]diag.Pos{}
	it.Metadata.Hints = map[string]int64{}
	lit, ok := ast.Unparen(v.value).(*ast.CompositeLit)
	if !ok {
		s.diags.Add(s.errorf(v.value, diag.NotConstant, "%s is not a composite literal: metadata is read without running code", v.name.Name).
			WithHint("write var %s = xmcp.%s{…}", v.name.Name, it.Kind.MetadataType()))
		return
	}
	f := folder{scanner: s, variable: v.name.Name}
	for field, value := range f.fields(lit) {
		it.Metadata.Positions[field] = s.pos(value.expr)
		set(&it.Metadata, field, value.value)
	}
}

func set(m *model.Metadata, field string, value any) {
	texts := map[string]*string{"Name": &m.Name, "Title": &m.Title, "Description": &m.Description, "URI": &m.URI, "MIMEType": &m.MIMEType,
		"InputSchema": &m.InputSchema, "OutputSchema": &m.OutputSchema}
	lists := map[string]*[]string{"Scopes": &m.Scopes, "Permissions": &m.Permissions, "Audience": &m.Audience}
	switch value := value.(type) {
	case string:
		if dst := texts[field]; dst != nil {
			*dst = value
		}
	case []any:
		if dst := lists[field]; dst != nil {
			for _, e := range value {
				if text, ok := e.(string); ok { // what is not constant is reported already
					*dst = append(*dst, text)
				}
			}
		}
	case int64:
		switch field {
		case "ReadOnly", "Destructive", "Idempotent", "OpenWorld":
			m.Hints[field] = value
		case "Visible":
			m.Visible = value
		case "Priority":
			m.Priority = float64(value)
		}
	case float64:
		if field == "Priority" {
			m.Priority = value
		}
	}
}

// folder evaluates constant literals.
type folder struct {
	*scanner
	variable string
}

type folded struct {
	expr  ast.Expr
	value any
}

// fields are the fields of a struct literal, keyed or not.
func (f folder) fields(lit *ast.CompositeLit) map[string]folded {
	st, ok := f.underlying(lit).(*types.Struct)
	if !ok {
		return nil
	}
	out := map[string]folded{}
	for i, e := range lit.Elts {
		name, path := "", e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			id, ok := kv.Key.(*ast.Ident)
			if !ok {
				continue
			}
			name, path = id.Name, kv.Value
		} else if i < st.NumFields() {
			name = st.Field(i).Name()
		}
		out[name] = folded{path, f.fold(path, f.variable+"."+name)}
	}
	return out
}

// fold evaluates an expression, and reports the deepest part of it that is not constant. path says whose value it is.
func (f folder) fold(e ast.Expr, path string) any {
	e = ast.Unparen(e)
	tv := f.pkg.TypesInfo.Types[e]
	if tv.Value != nil {
		return constantValue(tv)
	}
	if tv.IsNil() || tv.Type == nil || tv.Type == types.Typ[types.Invalid] {
		return nil
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		return f.composite(e, path)
	case *ast.UnaryExpr:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok && e.Op == token.AND {
			return f.composite(lit, path)
		}
	case *ast.CallExpr:
		// A conversion such as []byte("…") is no constant of the language, but it needs no running code either.
		if f.pkg.TypesInfo.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return f.fold(e.Args[0], path)
		}
	}
	f.diags.Add(f.errorf(e, diag.NotConstant, "%s is not constant: %s; metadata is read without running code", path, f.what(e)).
		WithHint("write a literal, a constant or a conversion of one"))
	return nil
}

func (f folder) composite(lit *ast.CompositeLit, path string) any {
	t := f.underlying(lit)
	if p, ok := t.(*types.Pointer); ok { // {…} inside of []*T
		t = p.Elem().Underlying()
	}
	switch t.(type) {
	case *types.Struct:
		out := map[string]any{}
		for i, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				name := fmt.Sprint(kv.Key)
				out[name] = f.fold(kv.Value, path+"."+name)
			} else {
				out[fmt.Sprint(i)] = f.fold(e, path)
			}
		}
		return out
	case *types.Map:
		out := map[any]any{}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				key := f.fold(kv.Key, path)
				value := f.fold(kv.Value, fmt.Sprintf("%s[%q]", path, fmt.Sprint(key)))
				if text, ok := key.(string); ok {
					out[text] = value
				}
			}
		}
		return out
	}
	out := []any{}
	for i, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		out = append(out, f.fold(e, fmt.Sprintf("%s[%d]", path, i)))
	}
	return out
}

// underlying is the type below that of the literal, or nil: the compiler looks into no literal that stands where it gave up.
func (f folder) underlying(lit *ast.CompositeLit) types.Type {
	if t := f.pkg.TypesInfo.TypeOf(lit); t != nil {
		return t.Underlying()
	}
	return nil
}

func constantValue(tv types.TypeAndValue) any {
	switch tv.Value.Kind() {
	case constant.String:
		return constant.StringVal(tv.Value)
	case constant.Bool:
		return constant.BoolVal(tv.Value)
	case constant.Int:
		if n, ok := constant.Int64Val(tv.Value); ok {
			return n
		}
	}
	x, _ := constant.Float64Val(constant.ToFloat(tv.Value))
	return x
}

// what names an expression in words.
func (f folder) what(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.CallExpr:
		return types.ExprString(e.Fun) + " is a call"
	case *ast.FuncLit:
		return "it is a function"
	case *ast.Ident, *ast.SelectorExpr:
		return types.ExprString(e) + " is a variable"
	}
	return types.ExprString(e) + " is computed"
}
