package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// probes are put in every place of a valid input.
var probes = []string{
	`null`, `true`, `0`, `-1`, `1.5`, `"ab"`, `"12"`, `[]`, `[1]`, `["ab"]`, `{}`, `{"k":1}`, `1`, `7`, `127`, `128`, `-129`, `65536`, `4294967296`, `""`, `"red"`, `"12"`, `"true"`,
	`"1.5"`, `"\"ab\""`, `"\"red\""`, `"YWI="`, `"2020-01-02T03:04:05Z"`, `"2020-01-02"`, `"123e4567-e89b-12d3-a456-426614174000"`, `"21.5 C"`, `[]`, `["ab"]`, `[1]`,
	`[1,2,3]`, `[true]`, `[null]`, `[["ab"]]`, `{}`, `{"x":1}`, `{"x":1,"y":2}`, `{"1":true}`, `{"k":"v"}`, `{"k":1}`, `{"1":"v"}`, `{"-1":"v"}`,
}

// attempt is an input, and what encoding/json thinks of it.
type attempt struct {
	value   any
	decodes error
	nulls   bool // there is a null in it
}

// attempts are valid inputs of a type, each of them changed in one place.
func attempts(t reflect.Type, s object) ([]attempt, error) {
	var bases []any
	for _, all := range []bool{true, false} {
		v, ok := sampler{root: s, all: all}.sample(s, 3)
		if !ok {
			return nil, fmt.Errorf("no input satisfies the schema")
		}
		bases = append(bases, v)
	}
	var list []attempt
	seen := map[string]bool{}
	add := func(v any) {
		b, err := json.Marshal(v)
		if err != nil || seen[string(b)] {
			return
		}
		seen[string(b)] = true
		d := json.NewDecoder(bytesReader(b))
		d.DisallowUnknownFields()
		list = append(list, attempt{decode(b), d.Decode(reflect.New(t).Interface()), strings.Contains(string(b), "null")})
	}
	for _, base := range bases {
		add(base)
		variants(base, 0, add)
	}
	return list, nil
}

// variants calls add with copies of v that differ in one place.
func variants(v any, depth int, add func(any)) {
	if depth > 3 {
		return
	}
	probes := probes
	if depth > 1 {
		probes = probes[:12] // one of each type is enough deep down
	}
	switch v := v.(type) {
	case object:
		for k := range v {
			for _, p := range probes {
				c := maps.Clone(v)
				c[k] = decode([]byte(p))
				add(c)
			}
			c := maps.Clone(v)
			delete(c, k)
			add(c)
			variants(v[k], depth+1, func(x any) {
				c := maps.Clone(v)
				c[k] = x
				add(c)
			})
		}
		c := maps.Clone(v)
		c["unknown"] = true
		add(c)
	case []any:
		if len(v) > 0 {
			variants(v[0], depth+1, func(x any) { add(append([]any{x}, v[1:]...)) })
			for _, p := range probes {
				add(append([]any{decode([]byte(p))}, v[1:]...))
			}
		}
		add(append(slices.Clone(v), v...))
	}
}

// lenient reports errors that a schema can't foresee: those of a type's own methods, which parse their text as they like, and
// of base64, which JSON Schema only names.
func lenient(err error) bool {
	var typeErr *json.UnmarshalTypeError
	return !errors.As(err, &typeErr) && !strings.HasPrefix(err.Error(), "json: ")
}

// allowances are inputs that encoding/json takes and a schema refuses, by rule.
var allowances = []struct {
	rule   string
	reason string
	match  func(s subject, text string) bool
}{
	{"bytes are base64", "encoding/json also reads []byte from an array of numbers; one form is enough for a caller",
		func(s subject, _ string) bool { return reaches(s.Type, isBytes) }},
	{"the length of an array is part of its type", "encoding/json drops what is beyond it unread",
		func(s subject, text string) bool { return s.Name == "Arrays" && strings.Contains(text, "/B/0") }},
	{"json.Number is a number", "encoding/json also reads it from a string",
		func(s subject, _ string) bool {
			return reaches(s.Type, func(t reflect.Type) bool { return t == reflect.TypeFor[json.Number]() })
		}},
	{"a tag names the type", "type, anyof_type and oneof_type narrow what any JSON may be",
		func(s subject, _ string) bool {
			return strings.HasPrefix(s.Tag, "type") || slices.Contains([]string{"OneOfTypes", "Refs", "Decimals", "Groups"}, s.Name)
		}},
	{"a type describes itself", "its JSONSchema method may be stricter than its UnmarshalJSON", func(s subject, _ string) bool {
		return slices.Contains([]string{"Custom", "CustomPlaces", "EmbeddedTime"}, s.Name)
	}},
	{"hidden fields", "jsonschema:\"-\" keeps a caller from setting what encoding/json would read",
		func(s subject, _ string) bool { return s.Tag == "hidden" }},
	{"declared constants are all there is", "an enum's map keys are checked as keys", func(s subject, _ string) bool { return s.Name == "EnumKeys" || s.Name == "EnumPlaces" }},
}

func isBytes(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

func reaches(t reflect.Type, is func(reflect.Type) bool) bool {
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type) bool
	visit = func(t reflect.Type) bool {
		if is(t) {
			return true
		}
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			return visit(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if visit(t.Field(i).Type) {
					return true
				}
			}
		}
		return false
	}
	return visit(t)
}

// skeleton drops all keywords that constrain values beyond their type, which a decoder does not know.
func skeleton(v any) any {
	switch v := v.(type) {
	case object:
		c := object{}
		for k, x := range v {
			switch k {
			case "properties", "$defs":
				named := object{}
				for name, sub := range x.(object) {
					named[name] = skeleton(sub)
				}
				c[k] = named
			case "items", "additionalProperties", "anyOf":
				c[k] = skeleton(x)
			case "type", "$ref", "propertyNames", "required":
				c[k] = x
			}
		}
		return c
	case []any:
		var c []any
		for _, x := range v {
			c = append(c, skeleton(x))
		}
		return c
	}
	return v
}

// checkInput says what is wrong with an input schema, given what encoding/json thinks of the attempts. required are the
// attempts' own: a missing property is the schema's business alone.
func checkInput(s subject, in object, list []attempt) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if in["type"] != "object" {
		fail("the root is no object")
	}
	full, err := compileStrict(in)
	if err != nil {
		return append(wrong, err.Error())
	}
	bare, err := compile(skeleton(in))
	if err != nil {
		return append(wrong, err.Error())
	}
	accepted := 0
	for _, a := range list {
		ok := full.Validate(a.value) == nil
		if ok {
			accepted++
			if a.decodes != nil && !lenient(a.decodes) {
				fail("accepts %v, which encoding/json refuses: %v", a.value, a.decodes)
				return wrong
			}
		}
		if a.decodes != nil || a.nulls {
			continue
		}
		if err := bare.Validate(a.value); err != nil && !missing(err) && !allowed(s, err.Error()) {
			fail("refuses %v, which encoding/json takes: %v", a.value, err)
			return wrong
		}
	}
	if accepted == 0 {
		fail("accepts nothing")
	}
	return wrong
}

// missing reports whether a validation error is about a required property.
func missing(err error) bool { return strings.Contains(err.Error(), "missing propert") }

func allowed(s subject, text string) bool {
	for _, a := range allowances {
		if a.match(s, text) {
			return true
		}
	}
	return false
}

// compileStrict asserts formats as well.
func compileStrict(schema any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///schema.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("mem:///schema.json")
}

// TestInputIsWhatEncodingJSONReads holds input schemas against the decoder: what they accept can be decoded with unknown
// fields disallowed, and what can be decoded they accept, apart from null and what tags constrain.
func TestInputIsWhatEncodingJSONReads(t *testing.T) {
	total := 0
	for _, s := range subjects(t) {
		in := s.derive(t, schema.Input)
		list, err := attempts(s.Type, in)
		if err != nil {
			t.Errorf("%s (%s, %s, %s): %v in %v", s.Name, s.Kind, s.Tag, s.Position, err, in)
			continue
		}
		total += len(list)
		for _, w := range checkInput(s, in, list) {
			t.Errorf("%s (%s, %s, %s): %s", s.Name, s.Kind, s.Tag, s.Position, w)
		}
	}
	t.Logf("%d inputs tried", total)
}

// sampler makes a value that satisfies a schema.
type sampler struct {
	root object
	all  bool // optional properties too
}

// candidates are tried where a schema constrains more than a type.
var candidates = []string{
	`"ab"`, `"abcd"`, `"red"`, `"a@b.c"`, `"YWI="`, `"YWJjZA=="`, `"2020-01-02T03:04:05Z"`, `"123e4567-e89b-12d3-a456-426614174000"`, `"12"`,
	`"1.5"`, `"true"`, `"\"ab\""`, `"\"red\""`, `"21.5 C"`, `2`, `4`, `7`, `0.5`, `0.25`, `1`, `0`, `true`,
}

func (m sampler) sample(s object, depth int) (any, bool) {
	_, s = resolve(m.root, "", s)
	if s == nil {
		return nil, false
	}
	types := typesOf(s)
	switch {
	case slices.Contains(types, "object"):
		return m.object(s, depth)
	case slices.Contains(types, "array"):
		return m.array(s, depth)
	case len(types) == 0 && s["anyOf"] == nil && s["oneOf"] == nil && s["allOf"] == nil && s["enum"] == nil:
		return "any", true
	}
	withDefs := maps.Clone(s)
	withDefs["$defs"] = m.root["$defs"]
	if m.root["$defs"] == nil {
		delete(withDefs, "$defs")
	}
	validator, err := compileStrict(withDefs)
	if err != nil {
		return nil, false
	}
	tries := candidates
	if list, ok := s["enum"].([]any); ok {
		return list[0], true
	}
	tries = append(slices.Clone(tries), `{"x":1,"y":2}`)
	for _, c := range tries {
		if v := decode([]byte(c)); validator.Validate(v) == nil {
			return v, true
		}
	}
	return nil, false
}

func (m sampler) object(s object, depth int) (any, bool) {
	v := object{}
	props, _ := s["properties"].(object)
	required := stringsOf(s["required"])
	for k, sub := range props {
		if !slices.Contains(required, k) && (!m.all || depth <= 0) && s["oneOf"] == nil && s["anyOf"] == nil || k == "a" && s["oneOf"] != nil {
			continue
		}
		x, ok := m.sample(sub.(object), depth-1)
		if !ok {
			return nil, false
		}
		v[k] = x
	}
	if values, ok := s["additionalProperties"].(object); ok && m.all && depth > 0 {
		for _, key := range []string{"1", "red", "k", "123e4567-e89b-12d3-a456-426614174000"} {
			if names, ok := s["propertyNames"]; ok {
				validator, err := compile(names)
				if err != nil || validator.Validate(key) != nil {
					continue
				}
			}
			x, ok := m.sample(values, depth-1)
			if !ok {
				return nil, false
			}
			v[key] = x
		}
	}
	return v, true
}

func (m sampler) array(s object, depth int) (any, bool) {
	n := 1
	if least, ok := s["minItems"].(json.Number); ok {
		if _, err := fmt.Sscan(least.String(), &n); err != nil {
			return nil, false
		}
	} else if depth <= 0 || !m.all {
		return []any{}, true
	}
	v := []any{}
	items, _ := s["items"].(object)
	for range n {
		x, ok := m.sample(items, depth-1)
		if !ok {
			return nil, false
		}
		v = append(v, x)
	}
	return v, true
}
