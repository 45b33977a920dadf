package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// encoder writes a schema as compact JSON in a fixed order: first what a value is, then what people read, then the parts. Unlike
// encoding/json on the same data it writes {} for the schema that admits everything, since some clients can't read true, and
// leaves < > & as they are.
type encoder struct {
	parts  []Part
	b      strings.Builder
	buf    bytes.Buffer
	json   *json.Encoder
	first  bool
	custom map[*jsonschema.Schema]*model.Type
}

func (e *encoder) finish() []Part {
	e.flush()
	return e.parts
}

func (e *encoder) flush() {
	if e.b.Len() > 0 {
		e.parts = append(e.parts, Part{Text: e.b.String()})
		e.b.Reset()
	}
}

func (e *encoder) key(k string) {
	if !e.first {
		e.b.WriteByte(',')
	}
	e.first = false
	e.value(k)
	e.b.WriteByte(':')
}

// value writes what a schema holds: texts, numbers that were checked, booleans, nil, and lists of them, so there is no error
// to meet.
func (e *encoder) value(v any) {
	if e.json == nil {
		e.json = json.NewEncoder(&e.buf)
		e.json.SetEscapeHTML(false)
	}
	e.buf.Reset()
	if err := e.json.Encode(v); err != nil {
		e.b.WriteString("null")
		return
	}
	e.b.Write(bytes.TrimSuffix(e.buf.Bytes(), []byte("\n")))
}

func field[T comparable](e *encoder, key string, v T) {
	var zero T
	if v != zero {
		e.key(key)
		e.value(v)
	}
}

func count(e *encoder, key string, v *uint64) {
	if v != nil {
		field(e, key, json.Number(strconv.FormatUint(*v, 10)))
	}
}

func list[T any](e *encoder, key string, v []T) {
	if len(v) > 0 {
		e.key(key)
		e.value(v)
	}
}

func (e *encoder) sub(key string, s *jsonschema.Schema) {
	if s == nil {
		return
	}
	e.key(key)
	e.schema(s)
	e.first = false
}

func (e *encoder) subs(key string, list []*jsonschema.Schema) {
	if len(list) == 0 {
		return
	}
	e.key(key)
	e.b.WriteByte('[')
	for i, s := range list {
		if i > 0 {
			e.b.WriteByte(',')
		}
		e.schema(s)
	}
	e.b.WriteByte(']')
	e.first = false
}

func (e *encoder) schema(s *jsonschema.Schema) {
	if t := e.custom[s]; t != nil {
		e.flush()
		e.parts = append(e.parts, Part{Custom: t})
		return
	}
	if s == jsonschema.FalseSchema {
		e.b.WriteString("false")
		return
	}
	e.b.WriteByte('{')
	e.first = true
	extras := maps.Clone(s.Extras)
	if t, ok := extras["type"]; ok {
		delete(extras, "type")
		e.key("type")
		e.value(t)
	}
	field(e, "type", s.Type)
	field(e, "$ref", s.Ref)
	field(e, "$anchor", s.Anchor)
	field(e, "title", s.Title)
	field(e, "description", s.Description)
	e.constraints(s)
	e.sub("items", s.Items)
	e.sub("propertyNames", s.PropertyNames)
	if s.Properties != nil {
		e.key("properties")
		e.b.WriteByte('{')
		e.first = true
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			e.sub(p.Key, p.Value)
		}
		e.b.WriteByte('}')
		e.first = false
	}
	list(e, "required", s.Required)
	e.sub("additionalProperties", s.AdditionalProperties)
	e.subs("allOf", s.AllOf)
	e.subs("anyOf", s.AnyOf)
	e.subs("oneOf", s.OneOf)
	if s.Default != nil {
		e.key("default")
		e.value(s.Default)
	}
	list(e, "examples", s.Examples)
	field(e, "deprecated", s.Deprecated)
	field(e, "readOnly", s.ReadOnly)
	field(e, "writeOnly", s.WriteOnly)
	for _, k := range slices.Sorted(maps.Keys(extras)) {
		e.key(k)
		e.value(extras[k])
	}
	if len(s.Definitions) > 0 {
		e.key("$defs")
		e.b.WriteByte('{')
		e.first = true
		for _, k := range slices.Sorted(maps.Keys(s.Definitions)) {
			e.sub(k, s.Definitions[k])
		}
		e.b.WriteByte('}')
	}
	e.b.WriteByte('}')
}

func (e *encoder) constraints(s *jsonschema.Schema) {
	list(e, "enum", s.Enum)
	field(e, "format", s.Format)
	field(e, "pattern", s.Pattern)
	count(e, "minLength", s.MinLength)
	count(e, "maxLength", s.MaxLength)
	field(e, "contentEncoding", s.ContentEncoding)
	field(e, "minimum", s.Minimum)
	field(e, "maximum", s.Maximum)
	field(e, "exclusiveMinimum", s.ExclusiveMinimum)
	field(e, "exclusiveMaximum", s.ExclusiveMaximum)
	field(e, "multipleOf", s.MultipleOf)
	count(e, "minItems", s.MinItems)
	count(e, "maxItems", s.MaxItems)
	field(e, "uniqueItems", s.UniqueItems)
}
