package args

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// writer makes up schemas and values that have a good chance of meeting.
type writer struct{ *rand.Rand }

func (w writer) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w writer) value(depth int) string {
	if depth == 0 || w.IntN(3) > 0 {
		return w.pick(`null`, `true`, `false`, `0`, `1`, `1.0`, `2`, `-1`, `1.5`, `10`, `0.3`, `""`, `"a"`, `"ab"`, `"é"`, `"abc"`, `"1"`)
	}
	var parts []string
	if w.IntN(2) == 0 {
		for range w.IntN(4) {
			parts = append(parts, w.value(depth-1))
		}
		return `[` + strings.Join(parts, ",") + `]`
	}
	for _, name := range []string{"a", "b", "ab", "1"} {
		if w.IntN(2) == 0 {
			parts = append(parts, fmt.Sprintf("%q:%s", name, w.value(depth-1)))
		}
	}
	w.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return `{` + strings.Join(parts, ",") + `}`
}

func (w writer) schemas(depth int) string {
	var parts []string
	for range 1 + w.IntN(3) {
		parts = append(parts, w.schema(depth-1))
	}
	return `[` + strings.Join(parts, ",") + `]`
}

func (w writer) schema(depth int) string {
	if w.IntN(12) == 0 {
		return w.pick(`true`, `false`, `{}`)
	}
	if w.IntN(6) == 0 {
		return `{"oneOf":[` + w.schema(max(0, depth-1)) + `,{"type":"null"}]}`
	}
	keywords := map[string]func() string{
		"type": func() string {
			return w.pick(`"string"`, `"integer"`, `"number"`, `"array"`, `"object"`, `["string","null"]`, `["integer","boolean"]`, `["object","array"]`, `["number","string"]`)
		},
		"enum":             func() string { return `[` + w.value(1) + `,` + w.value(2) + `,1,"a"]` },
		"const":            func() string { return w.value(1) },
		"minLength":        func() string { return w.pick(`0`, `1`, `2`) },
		"maxLength":        func() string { return w.pick(`0`, `1`, `2`) },
		"pattern":          func() string { return w.pick(`"a"`, `"^a"`, `"^.$"`) },
		"minimum":          func() string { return w.pick(`0`, `1`, `-0.5`) },
		"exclusiveMaximum": func() string { return w.pick(`2`, `1.5`, `10`) },
		"multipleOf":       func() string { return w.pick(`1`, `0.1`, `0.5`, `2`) },
		"minItems":         func() string { return w.pick(`1`, `2`) },
		"maxItems":         func() string { return w.pick(`0`, `1`, `2`) },
		"uniqueItems":      func() string { return `true` },
		"minProperties":    func() string { return w.pick(`1`, `2`) },
		"maxProperties":    func() string { return w.pick(`1`, `2`) },
		"required":         func() string { return w.pick(`["a"]`, `["b","a"]`, `["1"]`) },
		"propertyNames":    func() string { return w.pick(`{"maxLength":1}`, `{"enum":["a","b"]}`, `{"pattern":"a|b"}`) },
		"$ref":             func() string { return w.pick(`"#/$defs/s"`, `"#/$defs/t"`, `"#/$defs/n"`) },
	}
	if depth > 0 {
		keywords["items"] = func() string { return w.schema(depth - 1) }
		keywords["prefixItems"] = func() string { return w.schemas(depth) }
		keywords["additionalProperties"] = func() string { return w.schema(depth - 1) }
		keywords["properties"] = func() string { return `{"a":` + w.schema(depth-1) + `,"b":` + w.schema(depth-1) + `}` }
		keywords["patternProperties"] = func() string { return `{"^a":` + w.schema(depth-1) + `,"b$":` + w.schema(depth-1) + `}` }
		keywords["allOf"] = func() string { return w.schemas(depth) }
		keywords["anyOf"] = func() string { return w.schemas(depth) }
		keywords["oneOf"] = func() string { return w.schemas(depth) }
		keywords["not"] = func() string { return w.schema(depth - 1) }
	}
	var names, parts []string
	for _, name := range []string{"type", "enum", "const", "minLength", "maxLength", "pattern", "minimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", "propertyNames", "$ref", "items", "prefixItems", "additionalProperties", "properties", "patternProperties", "allOf", "anyOf", "oneOf", "not"} {
		if keywords[name] != nil {
			names = append(names, name)
		}
	}
	seen := map[string]bool{}
	for range 1 + w.IntN(3) {
		name := names[w.IntN(len(names))]
		if !seen[name] {
			seen[name] = true
			parts = append(parts, fmt.Sprintf("%q:%s", name, keywords[name]()))
		}
	}
	return `{` + strings.Join(parts, ",") + `}`
}

type randomObject struct {
	A   any            `json:"a,omitempty"`
	B   []any          `json:"b,omitempty"`
	AB  *randomObject  `json:"ab,omitempty"`
	One map[string]any `json:"1,omitempty"`
}

// Random schemas, applied to random values decoded into several types, agree with the oracle: what is valid and can be
// decoded by encoding/json is accepted, with the same value, and nothing else is.
func TestRandomSchemasAgreeWithOracle(t *testing.T) {
	types := []reflect.Type{
		reflect.TypeFor[holder[any]](), reflect.TypeFor[holder[json.RawMessage]](), reflect.TypeFor[holder[randomObject]](), reflect.TypeFor[holder[*randomObject]](),
		reflect.TypeFor[holder[map[string]any]](), reflect.TypeFor[holder[[]any]](), reflect.TypeFor[holder[float64]](), reflect.TypeFor[holder[*string]](),
		reflect.TypeFor[holder[*int]](), reflect.TypeFor[holder[bool]](), reflect.TypeFor[holder[map[string]*randomObject]](), reflect.TypeFor[holder[[]*float64]](),
	}
	w := writer{rand.New(rand.NewPCG(7, 11))}
	const defs = `"$defs":{"s":{"type":"string","minLength":1},"t":{"type":"object","properties":{"a":{"$ref":"#/$defs/s"}}},"n":{"oneOf":[{"type":"array","items":{"type":"integer"}},{"type":"null"}]}}`
	accepted, refused := 0, 0
	for range 600 {
		schema := `{"type":"object","properties":{"v":` + w.schema(3) + `},` + defs + `}`
		want := oracle(t, schema)
		decoders := map[reflect.Type]*Decoder{}
		for _, typ := range types {
			if d, err := Compile(typ, []byte(schema)); err == nil {
				decoders[typ] = d
			}
		}
		if decoders[types[0]] == nil {
			t.Fatalf("schema %s can't be compiled", schema)
		}
		for range 12 {
			data := []byte(`{"v":` + w.value(3) + `}`)
			valid := oracleAccepts(t, want, data)
			for typ, d := range decoders {
				ours, theirs := reflect.New(typ), reflect.New(typ)
				decodable := json.Unmarshal(data, theirs.Interface()) == nil
				problems := d.Decode(data, ours.Interface())
				switch {
				case problems == nil && !valid:
					t.Fatalf("%s: schema %s, value %s is not valid, but accepted", typ, schema, data)
				case problems != nil && valid && decodable:
					t.Fatalf("%s: schema %s, value %s is valid, but refused: %v", typ, schema, data, problems)
				case problems == nil && decodable && !reflect.DeepEqual(ours.Interface(), theirs.Interface()):
					t.Fatalf("%s: schema %s, value %s: got %#v, want %#v", typ, schema, data, ours.Elem(), theirs.Elem())
				case problems == nil:
					accepted++
				default:
					refused++
				}
			}
		}
	}
	if accepted < 5_000 || refused < 5_000 {
		t.Errorf("%d accepted and %d refused is no balance", accepted, refused)
	}
}
