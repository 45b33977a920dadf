package args

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// operation is how a value gets into memory.
type operation uint8

const (
	opNever operation = iota // encoding/json can't decode anything into the type
	opBool
	opInt
	opUint
	opFloat
	opString
	opBytes
	opSlice
	opArray
	opMap
	opStruct
	opAny    // an empty interface
	opRaw    // json.RawMessage
	opNumber // json.Number
	opQuoted // a field with the option ",string"
	opTime   // time.Time, whose UnmarshalJSON needs no interface
	opJSON   // any other type with UnmarshalJSON
	opText   // a type with UnmarshalText
)

// natural is the set of JSON types that encoding/json accepts for an operation, besides null.
func (op operation) natural() kind {
	switch op {
	case opBool:
		return kindBool
	case opInt, opUint, opFloat:
		return kindNumber
	case opString, opQuoted, opText:
		return kindString
	case opBytes:
		return kindString | kindArray
	case opSlice, opArray:
		return kindArray
	case opMap, opStruct:
		return kindObject
	case opNumber:
		return kindNumber | kindString
	case opAny, opRaw, opTime, opJSON:
		return kindAny
	}
	return 0
}

// plan is how values of one Go type are decoded at a place that one schema describes.
type plan struct {
	op       operation
	accept   kind // what both the schema and the type accept
	nullable bool // null is accepted by an alternative, so that no other rule applies to it
	checked  bool // whether the schema has an enum or a const
	node     *node
	extra    []*node // further schemas, to be checked by the interpreter
	always   int     // extra[:always] apply to null too when the plan is nullable

	typ      reflect.Type // without pointers
	pointers []reflect.Type
	size     uintptr // bytes of a number

	elem   *plan // of slices and arrays
	stride uintptr
	few    reflect.Type // an array of the items that a slice has room for at first
	prefix []*plan      // of items that have schemas of their own
	object *objectPlan
	mapped *mapPlan
	quoted *quotedPlan
}

// planKey identifies what a plan is for. Recursive types meet their own plan again.
type planKey struct {
	typ    reflect.Type
	node   *node
	quoted bool
	hidden bool
	root   bool
}

type planner struct {
	plans    map[planKey]*plan
	pending  []func() error // defaults, which need complete plans to be decoded
	wildcard *node
	err      error // the first contradiction
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessageType  = reflect.TypeFor[json.RawMessage]()
	timeType        = reflect.TypeFor[time.Time]()
	jsonNumberType  = reflect.TypeFor[json.Number]()
)

func (b *planner) plan(key planKey) *plan {
	if key.node.trivial {
		key.node = b.wildcard
	}
	if pl := b.plans[key]; pl != nil {
		return pl
	}
	pl := &plan{typ: key.typ}
	b.plans[key] = pl
	pl.place(key.node)
	if key.quoted {
		pl.op, pl.quoted = opQuoted, newQuotedPlan(key.typ)
	} else {
		pl.findOperation(key)
	}
	if n := pl.node; n.combines() && !pl.op.opaque() {
		pl.extra = append(pl.extra, &node{pointer: n.pointer, allOf: n.allOf, anyOf: n.anyOf, oneOf: n.oneOf, not: n.not})
	}
	if types := pl.accept &^ kindNull; types != 0 && types&pl.op.natural() == 0 && pl.op != opNever && b.err == nil {
		b.err = fmt.Errorf("schema at %s: the Go type %s can't hold %s", pl.node.pointer, key.typ, wordTypes(types, false))
	}
	pl.accept &= pl.op.natural() | kindNull
	pl.checked = pl.node.enum != nil || pl.node.constant != nil
	pl.size = pl.typ.Size()
	b.children(pl)
	return pl
}

// place splits a schema into the one that decoding follows and others that are checked beside it.
func (pl *plan) place(n *node) {
	for {
		if alternative := nullOr(n); alternative != nil && !n.local() && n.ref == nil {
			if !pl.nullable {
				pl.nullable, pl.always = true, len(pl.extra)
			}
			n = alternative
			continue
		}
		if n.ref == nil {
			break
		}
		if n.local() || n.combines() {
			rest := *n
			rest.ref = nil
			pl.extra = append(pl.extra, &rest)
		}
		n = n.ref
	}
	pl.node = n
	pl.accept = kindAny
	if n.types != 0 {
		pl.accept = n.types
	}
	if n.never {
		pl.accept = 0
	}
	if pl.nullable {
		pl.accept |= kindNull
	}
}

// nullOr returns the alternative to null when the only thing a schema says is "that or null".
func nullOr(n *node) *node {
	if n.allOf != nil || n.not != nil || n.anyOf != nil && n.oneOf != nil {
		return nil
	}
	list := append(n.anyOf[:len(n.anyOf):len(n.anyOf)], n.oneOf...)
	if len(list) != 2 {
		return nil
	}
	for i, m := range list {
		other := list[1-i]
		onlyNull := m.types == kindNull && m.enum == nil && m.constant == nil && !m.combines() && m.ref == nil
		if onlyNull && (n.oneOf == nil || other.accepts()&kindNull == 0) {
			return other
		}
	}
	return nil
}

// findOperation walks through pointers as encoding/json does: methods count for a type that has a name, and for any type
// behind a pointer, as the root is.
func (pl *plan) findOperation(key planKey) {
	t := pl.typ
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
		pl.pointers = append(pl.pointers, t)
	}
	pl.typ = t
	if !key.hidden && (t.Name() != "" || len(pl.pointers) > 0 || key.root) {
		switch ptr := reflect.PointerTo(t); {
		case t == rawMessageType:
			pl.op = opRaw
			return
		case t == timeType:
			pl.op = opTime
			return
		case ptr.Implements(jsonUnmarshaler):
			pl.op = opJSON
			return
		case ptr.Implements(textUnmarshaler):
			pl.op = opText
			return
		}
	}
	switch t.Kind() {
	case reflect.Bool:
		pl.op = opBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		pl.op = opInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		pl.op = opUint
	case reflect.Float32, reflect.Float64:
		pl.op = opFloat
	case reflect.String:
		pl.op = opString
		if t == jsonNumberType {
			pl.op = opNumber
		}
	case reflect.Slice:
		pl.op = opSlice
		if t.Elem().Kind() == reflect.Uint8 {
			pl.op = opBytes
		}
	case reflect.Array:
		pl.op = opArray
	case reflect.Map:
		if keyOperation(t.Key()) != opNever {
			pl.op = opMap
		}
	case reflect.Struct:
		pl.op = opStruct
	case reflect.Interface:
		if t.NumMethod() == 0 {
			pl.op = opAny
		}
	}
}

func (b *planner) children(pl *plan) {
	n, t := pl.node, pl.typ
	switch pl.op {
	case opSlice, opBytes, opArray:
		pl.stride, pl.few = t.Elem().Size(), reflect.ArrayOf(fewItems, t.Elem())
		if n.arr == nil {
			pl.elem = b.plan(planKey{typ: t.Elem(), node: b.wildcard})
			break
		}
		pl.elem = b.plan(planKey{typ: t.Elem(), node: n.arr.items})
		for _, item := range n.arr.prefix {
			pl.prefix = append(pl.prefix, b.plan(planKey{typ: t.Elem(), node: item}))
		}
	case opMap:
		pl.mapped = b.mapPlan(t, n)
	case opStruct:
		pl.object = b.objectPlan(t, n)
	}
}

// item returns the plan of the item with an index.
func (pl *plan) item(i int) *plan {
	if i < len(pl.prefix) {
		return pl.prefix[i]
	}
	return pl.elem
}

// want returns the words for what the place accepts.
func (pl *plan) want() string {
	if pl.accept == 0 {
		return "absent"
	}
	return wordTypes(pl.accept, pl.node.whole || pl.op == opInt || pl.op == opUint)
}

// addDefault decodes a default once all plans are made, so that one that does not fit is found at the start.
func (b *planner) addDefault(f *fieldPlan, pointer string, raw []byte) {
	b.pending = append(b.pending, func() error {
		p := newParser(raw, defaultLimits)
		defer p.release()
		value := reflect.New(f.typ)
		if p.value(f.plan, value.UnsafePointer()) {
			p.end()
		}
		if v := p.report(); len(v) > 0 {
			return fmt.Errorf("schema at %s: the default does not fit: %s", pointer, v[0])
		}
		f.defaultRaw = raw
		if scalar(f.typ) {
			f.defaultValue = value.UnsafePointer()
		}
		return nil
	})
}
