package schema

import (
	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// FlatField is a field that a text fills: an argument of a prompt or a variable of a URI template.
type FlatField struct {
	Name, Title, Description string
	Required                 bool
	Kind                     FlatKind
	Field                    *model.Field
}

// FlatKind says how a text becomes the field's value.
type FlatKind uint8

const (
	FlatString  FlatKind = iota // as it is
	FlatText                    // by UnmarshalText
	FlatInteger                 // digits
	FlatNumber                  // a JSON number
	FlatBoolean                 // true or false
)

// Flat lists the fields of t, which is a struct that texts are to fill, in the order of encoding/json. scalars admits
// numbers and booleans too. The fields are of use only if there is no error among the diagnostics. Call [Input] as well:
// it reports the mistakes in the tags.
func Flat(t *model.Type, scalars bool, opts Options) ([]FlatField, []diag.Diagnostic) {
	d := newDeriver(input, opts)
	p := place{path: t.String(), inModule: t.InModule, pos: t.Pos}
	if !t.InModule {
		p.pos = diag.Pos{}
	}
	if t.Kind != model.Struct {
		d.report(p, diag.Errorf(diag.Pos{}, codeInputRoot, "input must be a struct, not %s", t))
		return nil, d.diags
	}
	var flat []FlatField
	scratch := newDeriver(input, opts)
	n := scratch.structNode(t, p)
	fields, _ := jsonFields(t, d.tagOf)
	for _, f := range fields {
		if f.hidden {
			continue
		}
		at := d.at(f.field, f.owner, p)
		kind, ok := d.flatKind(f, scalars)
		if !ok {
			allowed := "string, or a type with UnmarshalText"
			if scalars {
				allowed = "string, a number, a bool, or a type with UnmarshalText"
			}
			if at.inModule && f.field.TypePos.IsValid() {
				at.pos = f.field.TypePos
			}
			d.report(at, diag.Errorf(diag.Pos{}, codeFlat, "%s: a text can't fill %s", at.path, f.field.Type).WithHint("it must be a %s", allowed))
			continue
		}
		flat = append(flat, flatField(n, f, kind))
	}
	return flat, d.diags
}

func (d *deriver) flatKind(f jsonField, scalars bool) (FlatKind, bool) {
	t := structOf(f.field.Type)
	if f.quoted {
		return 0, false
	}
	switch c := d.codec(t, true); {
	case c.how == asText, c.how == asJSON && c.known != nil && c.known.typ == "string":
		return FlatText, true
	case c.how != structural:
		return 0, false
	}
	switch k := t.Kind; {
	case k == model.String && lookupKnown(t) == nil:
		return FlatString, true
	case k.IsInteger():
		return FlatInteger, scalars
	case k.IsFloat() || k == model.String:
		return FlatNumber, scalars
	case k == model.Bool:
		return FlatBoolean, scalars
	}
	return 0, false
}

// flatField reads a field's facts off the object that was derived.
func flatField(n *node, f jsonField, kind FlatKind) FlatField {
	flat := FlatField{Name: f.name, Kind: kind, Field: f.field}
	for _, p := range n.properties {
		if p.name == f.name {
			flat.Title, flat.Description = p.node.title, p.node.description
		}
	}
	for _, r := range n.required {
		flat.Required = flat.Required || r == f.name
	}
	return flat
}
