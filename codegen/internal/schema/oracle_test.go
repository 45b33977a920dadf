package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

// object is a schema or an instance as data.
type object = map[string]any

// compile makes a validator of a schema, which must be valid itself and have no dangling reference.
func compile(schema any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///schema.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("mem:///schema.json")
}

// profile is what was seen at one place of a schema over many instances.
type profile struct {
	seen     int
	types    map[string]bool
	always   map[string]bool // keys that each object had
	keys     map[string]bool
	negative bool
	fraction bool
	min, max int // items
}

// observer walks instances along a schema and counts what it meets.
type observer struct {
	root     object
	profiles map[string]*profile
	schemas  map[string]object
}

func observe(root object, all []instance) *observer {
	o := &observer{root: root, profiles: map[string]*profile{}, schemas: map[string]object{}}
	for _, v := range all {
		o.walk("#", root, v.value, v.times)
	}
	return o
}

// resolve follows a reference.
func resolve(root object, at string, s object) (string, object) {
	for range 10 {
		ref, ok := s["$ref"].(string)
		if !ok {
			break
		}
		at = ref
		s = root
		if name, ok := strings.CutPrefix(ref, "#/$defs/"); ok {
			defs, _ := root["$defs"].(object)
			s, _ = defs[name].(object)
		}
	}
	return at, s
}

func (o *observer) walk(at string, s object, v any, times int) {
	at, s = resolve(o.root, at, s)
	if s == nil {
		return
	}
	p := o.profiles[at]
	if p == nil {
		p = &profile{types: map[string]bool{}, keys: map[string]bool{}, min: 1 << 30}
		o.profiles[at], o.schemas[at] = p, s
	}
	p.seen += times
	// A schema or null is one place for the null and another for the rest.
	if list, ok := s["anyOf"].([]any); ok && len(list) == 2 {
		if last, _ := list[1].(object); last["type"] == "null" {
			p.types[typeOf(v)] = true
			if v != nil {
				o.walk(at+"/anyOf/0", list[0].(object), v, times)
			}
			return
		}
	}
	p.types[typeOf(v)] = true
	switch v := v.(type) {
	case json.Number:
		p.negative = p.negative || v[0] == '-'
		p.fraction = p.fraction || strings.ContainsAny(v.String(), ".")
	case []any:
		p.min, p.max = min(p.min, len(v)), max(p.max, len(v))
		if items, ok := s["items"].(object); ok {
			for _, x := range v {
				o.walk(at+"/items", items, x, times)
			}
		}
	case object:
		if p.always == nil {
			p.always = map[string]bool{}
			for k := range v {
				p.always[k] = true
			}
		}
		maps.DeleteFunc(p.always, func(k string, _ bool) bool { _, ok := v[k]; return !ok })
		props, _ := s["properties"].(object)
		for k, x := range v {
			p.keys[k] = true
			if sub, ok := props[k].(object); ok {
				o.walk(at+"/properties/"+k, sub, x, times)
			} else if more, ok := s["additionalProperties"].(object); ok {
				o.walk(at+"/additionalProperties", more, x, times)
			}
		}
	}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case []any:
		return "array"
	}
	return "object"
}

// outputKeywords are all that an output schema may hold: nothing of it depends on the value that a handler chooses.
var outputKeywords = []string{
	"type", "title", "description", "properties", "required", "items", "additionalProperties", "propertyNames", "minItems",
	"maxItems", "minimum", "format", "contentEncoding", "anyOf", "$ref", "$defs", "$anchor", "examples", "deprecated", "readOnly",
	"writeOnly", "x-one", "x-two",
}

// checkOutput says what is wrong with the output schema of a type of which encoding/json wrote the instances. hidden are
// the keys that a tag leaves out of the schema; opaque says that some of its JSON comes from methods nobody can foresee.
func checkOutput(s object, all []instance, hidden map[string]bool, opaque bool) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	validator, err := compile(s)
	if err != nil {
		return []string{err.Error()}
	}
	for _, v := range all {
		if err := validator.Validate(v.value); err != nil {
			fail("encoding/json writes %v, which the schema refuses: %v", v.value, err)
			return wrong
		}
	}
	o := observe(s, all)
	for _, at := range slices.Sorted(maps.Keys(o.profiles)) {
		o.check(at, hidden, opaque, fail)
	}
	return wrong
}

// check compares what the schema says at one place with what was seen there.
func (o *observer) check(at string, hidden map[string]bool, opaque bool, fail func(string, ...any)) {
	p, s := o.profiles[at], o.schemas[at]
	if s["x-custom"] != nil {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(s)) {
		if !slices.Contains(outputKeywords, k) && (k != "allOf" || !describesItself(s)) {
			fail("%s: keyword %s constrains what a handler returns", at, k)
		}
	}
	if s["anyOf"] != nil && s["type"] == nil {
		if !p.types["null"] && !alternatives(s) {
			fail("%s: null is never written", at)
		}
		return
	}
	types := typesOf(s)
	if s["allOf"] != nil {
		return
	}
	if len(types) == 0 {
		if len(p.types) < 3 && !opaque {
			fail("%s: any JSON, but only %v is written", at, p.types)
		}
		return
	}
	for _, t := range types {
		switch {
		case p.types[t], t == "number" && p.fraction, t == "number" && p.types["integer"] && p.seen < 4:
		default:
			fail("%s: type %s is never written", at, t)
		}
	}
	if slices.Contains(types, "number") && !p.fraction && p.seen > 20 {
		fail("%s: only integers are written", at)
	}
	if slices.Contains(types, "integer") {
		if hasMin := s["minimum"] == json.Number("0"); p.seen > 20 && hasMin == p.negative {
			fail("%s: minimum 0 is %v, negative numbers written %v", at, hasMin, p.negative)
		}
	}
	if slices.Contains(types, "array") {
		o.checkArray(at, fail)
	}
	if slices.Contains(types, "object") {
		o.checkObject(at, hidden, fail)
	}
}

// describesItself reports whether the allOf of s only sets a description beside a type's own schema.
func describesItself(s object) bool {
	list, _ := s["allOf"].([]any)
	first, _ := list[0].(object)
	return len(list) == 1 && first["x-custom"] == true
}

// alternatives reports whether a tag gives an anyOf that is none of null.
func alternatives(s object) bool {
	list, _ := s["anyOf"].([]any)
	last, _ := list[len(list)-1].(object)
	return last["type"] != "null"
}

func (o *observer) checkArray(at string, fail func(string, ...any)) {
	p, s := o.profiles[at], o.schemas[at]
	if _, ok := s["items"]; !ok {
		fail("%s: nothing is said of the items", at)
	}
	least, hasMin := s["minItems"].(json.Number)
	most, hasMax := s["maxItems"].(json.Number)
	switch {
	case hasMin != hasMax:
		fail("%s: one of minItems and maxItems", at)
	case hasMin && (least.String() != fmt.Sprint(p.min) || most.String() != fmt.Sprint(p.max)):
		fail("%s: %s to %s items, written %d to %d", at, least, most, p.min, p.max)
	case !hasMin && p.min == p.max && p.seen > 40:
		fail("%s: always %d items", at, p.min)
	}
}

func (o *observer) checkObject(at string, hidden map[string]bool, fail func(string, ...any)) {
	p, s := o.profiles[at], o.schemas[at]
	props, _ := s["properties"].(object)
	if values, isMap := s["additionalProperties"]; isMap {
		if _, ok := values.(object); !ok {
			fail("%s: an output is open", at)
		}
		if len(props) > 0 {
			fail("%s: a map with properties", at)
		}
		return
	}
	for k := range p.keys {
		if props[k] == nil && !hidden[k] {
			fail("%s: property %s is written but not described", at, k)
		}
	}
	for k := range props {
		if !p.keys[k] {
			fail("%s: property %s is never written", at, k)
		}
	}
	required := stringsOf(s["required"])
	for k := range p.always {
		if !slices.Contains(required, k) && !hidden[k] && p.seen > 20 {
			fail("%s: property %s is always written but not required", at, k)
		}
	}
	for _, k := range required {
		if !p.always[k] {
			fail("%s: property %s is required but not always written", at, k)
		}
	}
}

func typesOf(s object) []string {
	if t, ok := s["type"].(string); ok {
		return []string{t}
	}
	return stringsOf(s["type"])
}

func stringsOf(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
