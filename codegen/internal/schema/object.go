package schema

import (
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

func jsonNumber(s string) json.Number { return json.Number(s) }

// structNode derives the object that encoding/json makes of a struct.
func (d *deriver) structNode(t *model.Type, p place) *node {
	n := &node{typ: "object", closed: d.mode == input}
	fields, conflicts := jsonFields(t, d.tagOf)
	for _, c := range conflicts {
		d.conflict(c, p)
	}
	d.lint(t, p)
	var blocked []*model.Field
	for _, f := range fields {
		if f.blocked != nil && d.mode == input {
			blocked = append(blocked, f.blocked)
			continue
		}
		d.property(n, f, p)
	}
	for i, f := range blocked {
		if i == 0 || blocked[i-1] != f {
			d.report(d.at(f, t, p), diag.Errorf(diag.Pos{}, codeEmbedded, "%s.%s: encoding/json can't decode into an embedded pointer to an unexported struct", p.path, f.Name).
				WithHint("embed %s without the pointer, or export it", f.Type.Elem))
		}
	}
	return n
}

// at is the place of a field: its own if the user can change it, else that of the field that leads there.
func (d *deriver) at(f *model.Field, owner *model.Type, p place) place {
	p.path += "." + f.Name
	if owner.Named() {
		p.inModule = owner.InModule
	}
	if p.inModule && f.Pos.IsValid() {
		p.pos = f.Pos
	}
	p.typed = false
	return p
}

// conflict reports fields that encoding/json drops because they share a name. In one struct that is a mistake; between
// embedded structs it may be meant.
func (d *deriver) conflict(c conflict, p place) {
	first, last := c.fields[0], c.fields[len(c.fields)-1]
	x := diag.Warningf(diag.Pos{}, codeJSONConflict, "%s: encoding/json drops %s, which %d embedded fields claim", p.path, quote(c.name), len(c.fields))
	if first.owner == last.owner && first.field != last.field {
		x = diag.Errorf(diag.Pos{}, codeJSONConflict, "fields %s and %s have the same JSON name %s, so encoding/json drops both", first.field.Name, last.field.Name, quote(c.name))
	}
	x = x.WithHint("give one of them another name: json:\"…\"")
	at := d.at(last.field, last.owner, p)
	if first.owner.InModule && first.field != last.field {
		x = x.WithRelated(first.field.Pos, "the other field")
	}
	if !at.inModule {
		at.pos = p.pos
	}
	d.report(at, x)
}

// property adds a field to the object n.
func (d *deriver) property(n *node, f jsonField, p place) {
	tag := d.tagOf(f.field)
	at := d.at(f.field, f.owner, p)
	if f.hidden {
		if d.mode == output { // it is written all the same, so it must be of a type that can be
			at.typed = true
			d.value(f.field.Type, at, false)
		}
		d.problems(tag, f.field, at)
		return
	}
	valueAt := at
	for _, k := range tag.directives {
		switch k.name.s {
		case "type", "oneof_type", "anyof_type":
			valueAt.typed = true
		}
	}
	if at.inModule && f.field.TypePos.IsValid() {
		valueAt.pos = f.field.TypePos
	}
	v := d.value(f.field.Type, valueAt, false)
	nilable := v.nullable
	if f.quoted {
		d.quote(v, structOf(f.field.Type))
	} else if tag.json.quoted {
		tag.fail(tag.json.quotedAt, codeJSONOption, "the json option string does not apply to "+f.field.Type.String(), "it is for strings, numbers and booleans")
	}
	k := &keywords{tag: tag, field: f.field, what: f.field.Type.String()}
	switch {
	case len(tag.directives) == 0:
	case d.mode == input:
		k.apply(v, n, f.name)
	default:
		d.applyAnnotations(k, v, f.field.Type)
	}
	extras(k, v, d.mode)
	d.describe(k, v, f)
	d.contradictions(k, v, f)
	d.problems(tag, f.field, at)
	d.noteRefs(v, f.field, at)
	if d.mode == input {
		v.nullable = v.nullable || k.nullable
	} else if nilable && omitsNil(f) {
		v.nullable = v.nullable && f.field.Type.Kind == model.Pointer && pointsToNil(f.field.Type)
	}
	if d.requires(f, k, v) {
		n.required = append(n.required, f.name)
	}
	if d.mode == output {
		v.fallback = nil
	}
	n.properties = append(n.properties, property{f.name, v})
}

// noteRefs keeps the references of a tag until all definitions are known.
func (d *deriver) noteRefs(v *node, f *model.Field, at place) {
	if len(v.refs) == 0 && v.items != nil {
		v = v.items
	}
	for i, ref := range v.refs {
		here := v.refsAt[i]
		d.refs = append(d.refs, tagRef{ref, problem{from: here.start(), to: here.end()}, f, at})
	}
}

// requires decides whether a property must be there.
func (d *deriver) requires(f jsonField, k *keywords, v *node) bool {
	if d.mode == output {
		omitted := f.indirect || f.omitZero || f.omitEmpty && !neverOmitted(f.field.Type)
		return !omitted
	}
	switch {
	case k.required:
		return true
	case v.fallback != nil || f.indirect:
		return false
	}
	return !f.omitEmpty && !f.omitZero && f.field.Type.Kind != model.Pointer
}

// omitsNil reports whether a nil value of the field is left out rather than written as null.
func omitsNil(f jsonField) bool {
	t := f.field.Type
	if f.omitEmpty && !neverOmitted(t) {
		return true
	}
	return f.omitZero && !t.Methods.IsZero.Has() && !(t.Kind == model.Pointer && t.Elem.Methods.IsZero.Has())
}

// pointsToNil reports whether a pointer that is not nil may still be written as null.
func pointsToNil(t *model.Type) bool {
	switch t.Elem.Kind {
	case model.Pointer, model.Slice, model.Map, model.Interface:
		return true
	}
	return false
}

// applyAnnotations reads the tag as for an input, for the sake of its mistakes, and keeps what does not constrain a value. Of a
// type with its own JSON, the tag's word is taken all the same: its author knows.
func (d *deriver) applyAnnotations(k *keywords, v *node, t *model.Type) {
	scratch := *v
	if v.kind != model.Invalid {
		scratch.minimum, scratch.maximum = "", ""
	}
	if v.items != nil {
		items := *v.items
		scratch.items = &items
	}
	k.apply(&scratch, &node{}, "")
	if c := d.codec(structOf(t), t.Kind == model.Pointer); c.how == asJSON && c.known == nil && c.custom == nil {
		v.typ, v.types = scratch.typ, scratch.types
	}
	v.title, v.description, v.anchor = scratch.title, scratch.description, scratch.anchor
	v.readOnly, v.writeOnly, v.examples = scratch.readOnly, scratch.writeOnly, scratch.examples
	v.valueDocs = scratch.valueDocs
}

// contradictions reports keywords that exclude each other or the field's options.
func (d *deriver) contradictions(k *keywords, v *node, f jsonField) {
	if def, ok := k.seen["default"]; ok && k.required {
		k.fail(def.name, codeContradiction, "a required property never takes its default", "remove required or default")
	}
	if k.tag.description != nil && k.described != nil {
		k.fail(k.described.name, codeContradiction, "the field has two descriptions", "keep jsonschema_description")
	}
}

// problems reports what is wrong in a tag: as errors where the user can mend it, else as one warning.
func (d *deriver) problems(tag *fieldTag, f *model.Field, at place) {
	for _, p := range tag.problems {
		x := p.diagnostic(f)
		if !at.inModule {
			x = diag.Warningf(diag.Pos{}, p.code, "%s: %s", at.path, p.message)
		}
		d.report(at, x)
	}
}

// lint reports tags on fields that never get that far.
func (d *deriver) lint(t *model.Type, p place) {
	for _, f := range t.Fields {
		at := d.at(f, t, p)
		if !at.inModule {
			continue
		}
		tag := d.tagOf(f)
		promoted := f.Embedded && structOf(f.Type).Kind == model.Struct && tag.json.name == ""
		switch {
		case !f.Exported && !f.Embedded && (tag.json.name != "" || len(tag.directives) > 0):
			d.report(at, diag.Warningf(diag.Pos{}, codeUnusedTag, "field %s is unexported, so its tag has no effect", f.Name).
				WithHint("export it, or remove the tag"))
		case tag.json.ignored && len(tag.directives) > 0:
			d.report(at, diag.Warningf(diag.Pos{}, codeUnusedTag, "field %s is left out by json:\"-\", so its jsonschema tag has no effect", f.Name).
				WithHint("remove the tag"))
		case promoted && !tag.json.ignored:
			if len(tag.directives) > 0 {
				tag.fail(tag.schemaAt, codeMisplaced, "keywords do not apply to the embedded struct "+f.Name+", whose fields take its place", "move them to its fields")
			}
			d.problems(tag, f, at)
		}
	}
}

// quote describes what the string option makes of a value. Types with methods of their own do not know about it.
func (d *deriver) quote(v *node, t *model.Type) {
	if c := d.codec(t, true); c.how != structural || c.custom != nil {
		return
	}
	k := t.Kind
	if v.typ == "number" {
		k = model.Float64 // json.Number is a string
	}
	v.quoted = k
	v.typ, v.kind = "string", model.Invalid
	v.minimum, v.maximum = "", ""
	for i, e := range v.enum {
		v.enum[i] = quotedValue(e)
	}
	switch {
	case len(v.enum) > 0 || d.mode == output:
	case k == model.String:
		v.pattern = `^"([^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"$`
	case k == model.Bool:
		v.enum = []any{"true", "false"}
	case k.IsUnsigned():
		v.pattern = `^(0|[1-9][0-9]*)$`
	case k.IsInteger():
		v.pattern = `^-?(0|[1-9][0-9]*)$`
	default:
		v.pattern = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`
	}
}

func quotedValue(e any) any {
	b, err := json.Marshal(e)
	if err != nil {
		return e
	}
	return string(b)
}
