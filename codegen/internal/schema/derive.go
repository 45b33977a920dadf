package schema

import (
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

type mode uint8

const (
	input mode = iota
	output
)

// deriver holds the state of one schema.
type deriver struct {
	mode  mode
	opts  Options
	diags []diag.Diagnostic
	defs  []*definition // in the order of first use
	byTyp map[*model.Type]*definition
	refs  []tagRef
	tags  map[*model.Field]*fieldTag
}

// tagOf reads the tag of f once.
func (d *deriver) tagOf(f *model.Field) *fieldTag {
	t := d.tags[f]
	if t == nil {
		t = tagOf(f)
		d.tags[f] = t
	}
	return t
}

// tagRef is a reference that a tag makes.
type tagRef struct {
	ref  string
	at   problem
	from *model.Field
	p    place
}

func newDeriver(m mode, opts Options) *deriver {
	return &deriver{mode: m, opts: opts, byTyp: map[*model.Type]*definition{}, tags: map[*model.Field]*fieldTag{}}
}

// place says where the deriver is: by path for people, and by the deepest position in the user's own module.
type place struct {
	path     string
	pos      diag.Pos
	inModule bool   // the struct at hand is the user's
	typed    bool   // a tag says the type of the value at hand
	typ      string // for problems that are one, whichever way leads there
}

// of returns p for a problem of the type t alone.
func (p place) of(t *model.Type) place {
	p.typ = t.String()
	return p
}

func (p place) elem(suffix string) place {
	p.path += suffix
	p.typed = false
	return p
}

// report adds a diagnostic at the deepest place that the user can change.
func (d *deriver) report(p place, x diag.Diagnostic) {
	x = x.At(p.pos).At(d.opts.Pos)
	if p.typ != "" {
		x = x.WithKey(p.typ)
	}
	d.diags = append(d.diags, x)
}

// root derives the whole schema of t.
func (d *deriver) root(t *model.Type) (*Result, []diag.Diagnostic) {
	p := place{path: t.String(), inModule: t.InModule}
	if t.InModule {
		p.pos = t.Pos
	}
	if t.Kind == model.Pointer && t.Elem.Kind == model.Struct {
		p.path = t.Elem.String()
	}
	n := d.value(t, p, true)
	if t.Kind == model.Map || t.Kind == model.Pointer && t.Elem.Kind == model.Struct {
		n.nullable = false
	}
	return d.finish(n), d.diags
}

// value derives the schema of one value of type t. addressable is as for codec.
func (d *deriver) value(t *model.Type, p place, addressable bool) *node {
	if t.Kind == model.Pointer {
		return d.pointer(t, p)
	}
	d.hooks(t, p)
	c := d.codec(t, addressable)
	if c.custom != nil {
		return d.customNode(c, p)
	}
	if c.via != "" && t.InModule && len(t.Fields) > 1 {
		d.promoted(t, c)
		p.typed = true
	}
	switch {
	case c.how == uncertain:
		d.report(p.of(t), diag.Warningf(diag.Pos{}, codeNotAddressed, "%s: %s marshals itself with a pointer receiver, which encoding/json calls only for some values", p.path, t).
			WithHint("use *%s, or give the method a value receiver", t))
		return &node{}
	case c.known != nil:
		return &node{typ: c.known.typ, format: c.known.format, kind: numberKind(c.known.typ, t), description: c.known.description, text: knownText(t)}
	case c.how == asText:
		n := &node{typ: "string", text: knownText(t)}
		if t.Name == "UUID" && t.Kind == model.Array && t.Len == 16 && !t.InModule {
			n.format = "uuid"
		}
		return n
	case c.how == asJSON:
		d.opaque(t, p)
		return &node{}
	}
	if d.mode == input && t.Methods.MarshalText.Has() && !t.Methods.MarshalJSON.Has() && t.InModule {
		d.report(p.of(t), diag.Warningf(diag.Pos{}, codeOneWay, "%s: %s is written as text but read as %s", p.path, t, t.Kind).
			WithHint("add func (*%s) UnmarshalText([]byte) error", t.Name))
	}
	return d.structure(t, p)
}

// promoted warns about a struct of whose JSON an embedded type has taken charge.
func (d *deriver) promoted(t *model.Type, c codec) {
	x := diag.Warningf(diag.Pos{}, codePromoted, "%s inherits %s from the embedded %s, so its other fields are not part of its JSON", t, c.method, c.via)
	name, _, _ := strings.Cut(c.via, ".")
	for _, f := range t.Fields {
		if f.Name == name {
			x = x.WithHint("give the embedded field a name: %s %s", name, f.Type)
		}
	}
	d.report(place{pos: t.Pos}.of(t), x)
}

// numberKind is the Go kind whose range a known type's numbers have.
func numberKind(typ string, t *model.Type) model.Kind {
	if typ == "integer" && t.Kind.IsInteger() {
		return t.Kind
	}
	return model.Invalid
}

func (d *deriver) pointer(t *model.Type, p place) *node {
	elem := t.Elem
	for hops := 0; elem.Kind == model.Pointer; elem = elem.Elem {
		if hops++; hops > 100 { // type P *P
			return d.unsupported(t, p, "points only to itself")
		}
	}
	n := d.value(elem, p, true)
	n.nullable = n.nullable || d.mode == output
	return n
}

// structure follows the type itself.
func (d *deriver) structure(t *model.Type, p place) *node {
	switch k := t.Kind; {
	case k == model.Bool:
		return &node{typ: "boolean"}
	case k.IsInteger():
		n := &node{typ: "integer", kind: k}
		d.integerBounds(n)
		d.enumerate(n, t)
		return n
	case k.IsFloat():
		return &node{typ: "number", kind: k}
	case k == model.String:
		n := &node{typ: "string"}
		d.enumerate(n, t)
		return n
	case k == model.Interface:
		return d.iface(t, p)
	case k == model.Slice || k == model.Array || k == model.Map:
		return d.composite(t, p)
	case k == model.Struct:
		return d.object(t, p)
	case k == model.Invalid:
		return &node{} // the compiler says more about it
	}
	return d.unsupported(t, p, "")
}

func (d *deriver) unsupported(t *model.Type, p place, reason string) *node {
	if reason == "" {
		reason = "JSON has no " + t.Kind.String()
		if t.Kind == model.Complex64 || t.Kind == model.Complex128 {
			reason = "JSON has no complex numbers"
		}
	}
	what, cure := p.path+": "+t.String(), `leave the field out with json:"-", or choose another type`
	if p.path == t.String() { // no field, but all that a handler returns
		what, cure = p.path, "choose another type"
	}
	d.report(p.of(t), diag.Errorf(diag.Pos{}, codeUnsupported, "unsupported type %s: %s", what, reason).WithHint("%s", cure))
	return &node{}
}

func (d *deriver) iface(t *model.Type, p place) *node {
	if d.mode == input && !t.IsEmptyInterface() {
		d.report(p.of(t), diag.Errorf(diag.Pos{}, codeInterface, "%s: encoding/json can't decode into %s, an interface with methods", p.path, t).
			WithHint("use a concrete type, any, or json.RawMessage"))
	}
	return &node{}
}

// composite derives arrays, slices and maps. One that contains itself becomes a definition, the others stay in place, so
// that the keywords of a tag reach their items.
func (d *deriver) composite(t *model.Type, p place) *node {
	if !t.Named() || !containsItself(t) {
		return d.compositeNode(t, p)
	}
	return d.define(t, p, d.compositeNode)
}

func (d *deriver) compositeNode(t *model.Type, p place) *node {
	n := &node{nullable: d.mode == output && t.Kind != model.Array}
	switch {
	case d.isBytes(t):
		n.typ, n.contentEncoding = "string", "base64"
	case t.Kind == model.Map:
		n.typ = "object"
		n.names = d.key(t.Key, p)
		n.values = d.value(t.Elem, p.elem("["+t.Key.String()+"]"), false)
	default:
		n.typ = "array"
		n.items = d.value(t.Elem, p.elem("[]"), t.Kind == model.Slice)
		if t.Kind == model.Array {
			size := uint64(t.Len)
			n.minItems, n.maxItems, n.fixedLen = &size, &size, true
		}
	}
	return n
}

// containsItself reports whether a declared array, slice or map reaches itself without a struct in between.
func containsItself(t *model.Type) bool {
	var reaches func(at *model.Type, depth int) bool
	reaches = func(at *model.Type, depth int) bool {
		if at == nil || depth > 100 {
			return at != nil
		}
		switch at.Kind {
		case model.Array, model.Slice, model.Map, model.Pointer:
			return at.Elem == t || reaches(at.Elem, depth+1)
		}
		return false
	}
	return reaches(t, 0)
}

// key derives what the names of a map's entries look like; nil means any text.
func (d *deriver) key(t *model.Type, p place) *node {
	text := t.Methods.MarshalText
	if d.mode == input {
		text = t.Methods.UnmarshalText
	}
	isText := text.Receiver == model.ValueReceiver || d.mode == input && text.Has()
	if t.Kind == model.Pointer { // of a pointer, encoding/json asks the pointer's own method set
		isText = d.mode == output && t.Elem.Methods.MarshalText.Has()
	}
	switch k := t.Kind; {
	case k == model.String && (d.mode == output || !isText):
		n := &node{typ: "string"}
		d.enumerate(n, t)
		if d.mode == output || len(n.enum) == 0 {
			return nil
		}
		return &node{enum: n.enum}
	case isText, k == model.Invalid:
		return nil
	case k.IsUnsigned():
		return &node{pattern: "^[0-9]+$"}
	case k.IsSigned():
		return &node{pattern: "^-?[0-9]+$"}
	}
	d.report(p.of(t), diag.Errorf(diag.Pos{}, codeMapKey, "unsupported type %s: a map with %s keys", p.path, t).
		WithHint("keys are strings, integers, or types with MarshalText and UnmarshalText"))
	return nil
}

// object derives a struct: a declared one as a definition, another one in place.
func (d *deriver) object(t *model.Type, p place) *node {
	if t.Named() {
		return d.define(t, p, d.structNode)
	}
	return d.structNode(t, p)
}

// define derives a declared type once, and returns a node that stands for it.
func (d *deriver) define(t *model.Type, p place, derive func(*model.Type, place) *node) *node {
	def := d.byTyp[t]
	if def == nil {
		def = &definition{typ: t}
		d.byTyp[t] = def
		d.defs = append(d.defs, def)
		p.inModule = t.InModule
		def.node = derive(t, p)
		def.node.nullable = false // that is up to each use
	}
	return &node{def: def, nullable: d.mode == output && t.Kind != model.Struct && t.Kind != model.Array}
}

// opaque warns about a type whose JSON only its methods know.
func (d *deriver) opaque(t *model.Type, p place) {
	if p.typed {
		return
	}
	method := "MarshalJSON"
	if d.mode == input {
		method = "UnmarshalJSON"
	}
	x := diag.Warningf(diag.Pos{}, codeOpaque, "%s: %s has its own %s, so any JSON is allowed here", p.path, t, method)
	if t.InModule {
		x = x.WithHint("add func (%s) JSONSchema() *jsonschema.Schema, or name the type in the field's tag: jsonschema:\"type=string\"", t.Name)
	} else {
		x = x.WithHint("name the type in the field's tag: jsonschema:\"type=string\"")
	}
	d.report(p.of(t), x)
}

// customNode stands for a type that describes itself, provided that the generated file can call it.
func (d *deriver) customNode(c codec, p place) *node {
	if _, ok := c.custom.Spell(func(_, name string) string { return name }, d.opts.Package); !ok {
		d.report(p.of(c.custom), diag.Warningf(diag.Pos{}, codeCustom, "%s: the JSONSchema method of %s can't be called from package %s, so any JSON is allowed here", p.path, c.custom, d.opts.Package).
			WithHint("export the type"))
		return &node{}
	}
	return &node{custom: c.custom}
}

// hooks warns about methods that invopop/jsonschema would call while reflecting.
func (d *deriver) hooks(t *model.Type, p place) {
	if !t.InModule || len(t.Methods.Hooks) == 0 || t.Methods.JSONSchema.Has() {
		return
	}
	d.report(place{pos: t.Pos}, diag.Warningf(diag.Pos{}, codeHook, "%s of %s is not called: schemas are derived without running code", strings.Join(t.Methods.Hooks, ", "), t).
		WithHint("write a JSONSchema method, which the server calls when it starts"))
}

// integerBounds gives n the range of its Go type. What a handler returns is within it anyway, so of an output only an
// unsigned number's zero is worth the words.
func (d *deriver) integerBounds(n *node) {
	least, greatest := bounds(n.kind)
	n.minimum, n.maximum = jsonNumber(least), jsonNumber(greatest)
	if d.mode == output {
		n.maximum = ""
		if n.kind.IsSigned() {
			n.minimum = ""
		}
	}
}

// enumerate restricts n to the declared constants of t, where they are all that there is: at least two, exported ones
// if any are, and neither flags nor units.
func (d *deriver) enumerate(n *node, t *model.Type) {
	if !t.Named() || !t.InModule {
		return
	}
	consts := t.Consts
	if slices.ContainsFunc(consts, func(c model.Const) bool { return c.Exported }) {
		consts = slices.DeleteFunc(slices.Clone(consts), func(c model.Const) bool { return !c.Exported })
	}
	if n.typ == "integer" && slices.ContainsFunc(consts, func(c model.Const) bool { return c.Computed }) {
		return
	}
	var docs []string
	for _, c := range consts {
		var v any = c.Value
		if n.typ == "integer" {
			v = jsonNumber(c.Value)
		}
		if slices.Contains(n.enum, v) {
			continue
		}
		n.enum = append(n.enum, v)
		if c.Doc != "" {
			docs = append(docs, "- "+c.Value+": "+constDoc(c))
		} else if n.typ == "integer" {
			docs = append(docs, "- "+c.Value+": "+c.Name)
		}
	}
	if len(n.enum) < 2 {
		n.enum = nil
		return
	}
	n.declaredEnum, n.valueDocs = true, strings.Join(docs, "\n")
	n.minimum, n.maximum = "", ""
}
