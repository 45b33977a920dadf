// Package corpus holds the Go types on which the rules of schemas and the decoding of arguments are tested. They are compiled into
// the tests, so that reflection and encoding/json see the very types that the generator reads from the source.
//
// Most are made by corpusgen, which combines kinds of types, tags and positions so that each two occur together; the others are
// written by hand, one for each rule that no combination shows.
package corpus

//go:generate go run ./corpusgen/cmd generated.go

import "reflect"

// Entry is one type of the corpus.
type Entry struct {
	Name string
	Type reflect.Type
	// Kind, Tag and Position are those of a generated type.
	Kind, Tag, Position string
}

// Entries lists all types.
func Entries() []Entry { return append(written(), generated()...) }

// Triple is a point of the space that the generated types cover.
type Triple struct{ Kind, Tag, Position string }

// Pairs returns the three pairs of t.
func (t Triple) Pairs() [3][2]string {
	return [3][2]string{{t.Kind, t.Tag}, {t.Kind, "at " + t.Position}, {t.Tag, "at " + t.Position}}
}

// Kind is a type of which fields are made.
type Kind struct {
	Name, Go string
	Shape    string // its JSON type; "" for any JSON
	Item     string // shape of an array's items
	Plain    bool   // keywords of its shape apply, and values for them are known
	Basic    bool   // the string option applies
	Enum     bool   // restricted to declared constants
}

// Kinds are the kinds of generated types.
var Kinds = []Kind{
	{Name: "bool", Go: "bool", Shape: "boolean", Plain: true, Basic: true},
	{Name: "int", Go: "int", Shape: "integer", Plain: true, Basic: true},
	{Name: "int8", Go: "int8", Shape: "integer", Plain: true, Basic: true},
	{Name: "int64", Go: "int64", Shape: "integer", Plain: true, Basic: true},
	{Name: "uint16", Go: "uint16", Shape: "integer", Plain: true, Basic: true},
	{Name: "uint64", Go: "uint64", Shape: "integer", Plain: true, Basic: true},
	{Name: "float32", Go: "float32", Shape: "number", Plain: true, Basic: true},
	{Name: "float64", Go: "float64", Shape: "number", Plain: true, Basic: true},
	{Name: "string", Go: "string", Shape: "string", Plain: true, Basic: true},
	{Name: "named", Go: "Title", Shape: "string", Plain: true, Basic: true},
	{Name: "enum", Go: "Color", Shape: "string", Basic: true, Enum: true},
	{Name: "levels", Go: "Level", Shape: "integer", Basic: true, Enum: true},
	{Name: "flags", Go: "Flags", Shape: "integer", Plain: true, Basic: true},
	{Name: "bytes", Go: "[]byte", Shape: "string"},
	{Name: "text", Go: "Text", Shape: "string"},
	{Name: "time", Go: "time.Time", Shape: "string"},
	{Name: "uuid", Go: "uuid.UUID", Shape: "string"},
	{Name: "duration", Go: "time.Duration", Shape: "integer", Plain: true, Basic: true},
	{Name: "number", Go: "json.Number", Shape: "number"},
	{Name: "strings", Go: "[]string", Shape: "array", Item: "string", Plain: true},
	{Name: "ints", Go: "Ints", Shape: "array", Item: "integer", Plain: true},
	{Name: "nested", Go: "[][]string", Shape: "array", Item: "array"},
	{Name: "structs", Go: "[]Point", Shape: "array", Item: "object"},
	{Name: "triple", Go: "[3]int", Shape: "array", Item: "integer"},
	{Name: "map", Go: "map[string]string", Shape: "object"},
	{Name: "intmap", Go: "map[int]bool", Shape: "object"},
	{Name: "struct", Go: "Point", Shape: "object"},
	{Name: "recursive", Go: "Node", Shape: "object"},
	{Name: "any", Go: "any"},
	{Name: "raw", Go: "json.RawMessage"},
}

// Tag is a use of struct tags. %s in the tag is replaced by a value for the shape.
type Tag struct {
	Name   string
	JSON   string // options of the json tag
	Schema map[string]string
	Other  string // further tags
	// Generic tags apply to all kinds; others where Schema has the shape of the value or of its items.
	Generic bool
	// Own tags apply to the value itself, never to its items.
	Own bool
}

// Tags are the uses of tags in generated types.
var Tags = []Tag{
	{Name: "none", Generic: true},
	{Name: "omitempty", JSON: ",omitempty", Generic: true},
	{Name: "omitzero", JSON: ",omitzero", Generic: true},
	{Name: "required", JSON: ",omitempty", Schema: map[string]string{"": "required"}, Generic: true},
	{Name: "nullable", Schema: map[string]string{"": "nullable"}, Generic: true},
	{Name: "title", Schema: map[string]string{"": `title=A title,description=Escaped\\, as it must be`}, Generic: true},
	{Name: "described", Other: `jsonschema_description:"Free text, with a = and a comma."`, Generic: true},
	{Name: "extras", Other: `jsonschema_extras:"x-one=1,x-two=a,x-two=b,deprecated=true"`, Generic: true},
	{Name: "hidden", Schema: map[string]string{"": "-"}, Generic: true},
	{Name: "group", JSON: ",omitempty", Schema: map[string]string{"": "anyof_required=a,anyof_required=b"}, Generic: true},
	{Name: "string", JSON: ",string", Own: true},
	{Name: "default", Schema: map[string]string{"string": "default=ab", "integer": "default=7", "number": "default=1.5", "boolean": "default=true"}},
	{Name: "enum", Schema: map[string]string{"string": "enum=ab,enum=cd", "integer": "enum=1,enum=2", "number": "enum=1.5,enum=2"}},
	{Name: "example", Schema: map[string]string{"string": "example=ab,example=cd", "integer": "example=1,example=2", "number": "example=1.5"}},
	{Name: "bounds", Schema: map[string]string{"string": "minLength=2,maxLength=9", "integer": "minimum=1,maximum=9", "number": "minimum=0.5,maximum=9.5"}},
	{Name: "exclusive", Schema: map[string]string{"integer": "exclusiveMinimum=1,exclusiveMaximum=9,multipleOf=2", "number": "exclusiveMinimum=-1,exclusiveMaximum=1,multipleOf=0.25"}},
	{Name: "pattern", Schema: map[string]string{"string": `pattern=^\\w{1\\,3}$`}},
	{Name: "format", Schema: map[string]string{"string": "format=email"}},
	{Name: "readonly", Schema: map[string]string{"string": "readOnly=true,writeOnly=false"}},
	{Name: "size", Schema: map[string]string{"array": "minItems=1,maxItems=4,uniqueItems=true"}, Own: true},
	{Name: "type", Schema: map[string]string{"any": "type=string,minLength=1"}, Own: true},
	{Name: "types", Schema: map[string]string{"any": "anyof_type=string;integer"}, Own: true},
	{Name: "noenum", Schema: map[string]string{"enum": "noenum"}},
}

// Positions are the places of a kind in a type.
var Positions = []string{"field", "pointer", "item", "array item", "map value", "embedded", "embedded pointer"}

// SchemaTag returns what t writes on kind k at position p, and whether the three go together.
func SchemaTag(k Kind, t Tag, p string) (tag string, ok bool) {
	if t.Generic {
		return t.Schema[""], true
	}
	inside := p == "item" || p == "array item"
	shape, item := k.Shape, k.Item
	if inside {
		shape, item = "array", k.Shape
	}
	if p == "map value" {
		shape, item = "object", ""
	}
	switch t.Name {
	case "string":
		return "", k.Basic && !inside && p != "map value"
	case "type", "types":
		return t.Schema["any"], shape == ""
	case "noenum":
		return t.Schema["enum"], k.Enum && p != "map value"
	case "size":
		return t.Schema["array"], shape == "array" && p != "array item" && k.Name != "triple"
	}
	if !k.Plain || p == "map value" || inside && k.Shape == "array" {
		return "", false
	}
	if shape == "array" {
		tag, ok = t.Schema[item]
		if t.Name == "default" && ok && p == "array item" {
			tag += "," + tag
		}
		return tag, ok
	}
	tag, ok = t.Schema[shape]
	return tag, ok
}

// Space returns all triples that go together.
func Space() []Triple {
	var all []Triple
	for _, k := range Kinds {
		for _, t := range Tags {
			for _, p := range Positions {
				if _, ok := SchemaTag(k, t, p); ok {
					all = append(all, Triple{k.Name, t.Name, p})
				}
			}
		}
	}
	return all
}

// Cover picks triples until each two values that go together in the space occur together: always the first one that adds most.
func Cover(space []Triple) []Triple {
	open := map[[2]string]bool{}
	for _, t := range space {
		for _, p := range t.Pairs() {
			open[p] = true
		}
	}
	var picked []Triple
	for len(open) > 0 {
		best, most := Triple{}, 0
		for _, t := range space {
			n := 0
			for _, p := range t.Pairs() {
				if open[p] {
					n++
				}
			}
			if n > most {
				best, most = t, n
			}
		}
		picked = append(picked, best)
		for _, p := range best.Pairs() {
			delete(open, p)
		}
	}
	return picked
}
