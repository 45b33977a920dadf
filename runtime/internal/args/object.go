package args

import (
	"reflect"
	"slices"
	"unsafe"
)

// objectPlan is how an object gets into a struct.
type objectPlan struct {
	rules    *objectRules
	fields   []fieldPlan
	index    nameIndex
	required int // fields[:required] are the required ones, in the schema's order
	defaults []int
}

// fieldPlan is what to do with a property that the type or the schema knows.
type fieldPlan struct {
	name   string
	typ    reflect.Type
	offset uintptr
	hops   []hop // through embedded pointers, before offset
	locked bool  // behind an embedded pointer to an unexported struct, which can't be set
	plan   *plan // nil when only the schema knows the property
	node   *node

	defaultRaw   []byte
	defaultValue unsafe.Pointer // the decoded default when a plain copy of it will do
}

// hop is an embedded pointer at an offset.
type hop struct {
	offset uintptr
	elem   reflect.Type
}

func (b *planner) objectPlan(t reflect.Type, n *node) *objectPlan {
	o := &objectPlan{rules: n.obj}
	if o.rules == nil {
		o.rules = &objectRules{max: -1, additional: b.wildcard}
	}
	add := func(f fieldPlan) {
		if slices.ContainsFunc(o.fields, func(g fieldPlan) bool { return g.name == f.name }) {
			return
		}
		f.node = o.rules.nodeFor(f.name)
		if f.node.never && !slices.Contains(o.rules.required, f.name) {
			return // as unknown as any other
		}
		o.fields = append(o.fields, f)
	}
	for _, name := range o.rules.required {
		add(fieldPlan{name: name})
	}
	o.required = len(o.fields)
	fields := structFields(t)
	for _, sf := range fields {
		add(fieldPlan{name: sf.name})
	}
	for _, name := range o.rules.names {
		add(fieldPlan{name: name})
	}
	names := make([]string, len(o.fields))
	for i := range o.fields {
		f := &o.fields[i]
		names[i] = f.name
		if j := slices.IndexFunc(fields, func(sf structField) bool { return sf.name == f.name }); j >= 0 {
			b.bind(f, t, fields[j])
		}
		if raw := f.node.defaultValue(); raw != nil && f.plan != nil && !f.locked && i >= o.required {
			b.addDefault(f, f.node.pointer, raw)
			o.defaults = append(o.defaults, i)
		}
	}
	o.index = newNameIndex(names)
	return o
}

// bind finds out where the field is and how it is decoded.
func (b *planner) bind(f *fieldPlan, t reflect.Type, sf structField) {
	f.typ = sf.typ
	for i, at := range sf.path {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
			f.hops = append(f.hops, hop{f.offset, t})
			f.offset = 0
		}
		field := t.Field(at)
		f.offset += field.Offset
		t = field.Type
		pointer := t.Kind() == reflect.Pointer && (i < len(sf.path)-1 || sf.hidden)
		if pointer && !field.IsExported() {
			f.locked = true
		}
	}
	f.plan = b.plan(planKey{typ: sf.typ, node: f.node, quoted: sf.quoted, hidden: sf.hidden})
}

// nameIndex finds a name's place without hashing all of it.
type nameIndex struct {
	names []string
	table []int32 // place + 1, open addressing
}

func newNameIndex(names []string) nameIndex {
	size := 8
	for size < 4*len(names) {
		size *= 2
	}
	x := nameIndex{names, make([]int32, size)}
	for i, name := range names {
		at := mix(name) & (size - 1)
		for x.table[at] != 0 {
			at = (at + 1) & (size - 1)
		}
		x.table[at] = int32(i + 1)
	}
	return x
}

// mix tells names apart by their length and three of their bytes.
func mix[T string | []byte](name T) int {
	n := len(name)
	if n == 0 {
		return 0
	}
	return n*131 + int(name[0])*7 + int(name[n/2])*31 + int(name[n-1])*17
}

// find returns the place of a name or -1. It looks at hint first: callers write properties in the order of the schema.
func (x *nameIndex) find(name []byte, hint int) int {
	if hint < len(x.names) && x.names[hint] == string(name) {
		return hint
	}
	for at := mix(name) & (len(x.table) - 1); x.table[at] != 0; at = (at + 1) & (len(x.table) - 1) {
		if i := int(x.table[at]) - 1; x.names[i] == string(name) {
			return i
		}
	}
	return -1
}
