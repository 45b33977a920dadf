package args

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// oracleSchemas are schemas of a value; each is tried with each of oracleValues.
var oracleSchemas = []string{
	`{}`, `true`, `false`,
	`{"type":"string"}`, `{"type":"integer"}`, `{"type":"number"}`, `{"type":"boolean"}`, `{"type":"null"}`, `{"type":"array"}`, `{"type":"object"}`,
	`{"type":["string","null"]}`, `{"type":["integer","string"]}`, `{"type":["number","integer"]}`, `{"type":["array","object","boolean"]}`,
	`{"enum":["a",1,null,[1,2],{"a":1,"b":[]}]}`, `{"enum":["a","b"]}`, `{"enum":[1.50,1e2]}`, `{"const":1}`, `{"const":"a"}`, `{"const":null}`, `{"const":{"b":[],"a":1.0}}`, `{"const":[]}`, `{"const":false}`, `{"const":0}`,
	`{"minLength":2}`, `{"maxLength":2}`, `{"minLength":1,"maxLength":1.0}`, `{"pattern":"^a+$"}`, `{"pattern":"b"}`, `{"pattern":"é"}`,
	`{"minimum":1}`, `{"maximum":1}`, `{"exclusiveMinimum":1}`, `{"exclusiveMaximum":1}`, `{"minimum":-1.5,"maximum":1.5}`, `{"minimum":9007199254740993}`, `{"exclusiveMaximum":-1e-3}`, `{"maximum":0}`,
	`{"multipleOf":0.1}`, `{"multipleOf":2}`, `{"multipleOf":1.5}`, `{"multipleOf":10}`, `{"multipleOf":7e-3}`, `{"multipleOf":1e20}`,
	`{"minItems":1}`, `{"maxItems":1}`, `{"uniqueItems":true}`, `{"uniqueItems":false}`, `{"items":{"type":"integer"}}`, `{"items":false}`, `{"prefixItems":[{"type":"integer"},{"type":"string"}]}`,
	`{"prefixItems":[{"type":"integer"}],"items":false}`, `{"prefixItems":[true,{"const":2}],"items":{"type":"null"}}`,
	`{"required":["a"]}`, `{"required":["a","b"]}`, `{"properties":{"a":{"type":"integer"}}}`, `{"properties":{"a":false}}`,
	`{"properties":{"a":{"type":"integer"}},"additionalProperties":false}`, `{"additionalProperties":{"type":"integer"}}`, `{"additionalProperties":false}`,
	`{"patternProperties":{"^[0-9]+$":{"type":"integer"}},"additionalProperties":false}`, `{"patternProperties":{"a":{"minimum":2},"^a$":{"type":"integer"}}}`,
	`{"properties":{"a":{"maximum":1}},"patternProperties":{"^a":{"type":"integer"}},"additionalProperties":{"type":"string"}}`,
	`{"propertyNames":{"maxLength":1}}`, `{"propertyNames":{"enum":["a","b"]}}`, `{"propertyNames":false}`, `{"propertyNames":{"pattern":"^a"}}`,
	`{"minProperties":1}`, `{"maxProperties":1}`,
	`{"oneOf":[{"type":"string"},{"type":"null"}]}`, `{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `{"oneOf":[{"minimum":1},{"type":"string"}]}`, `{"oneOf":[{"required":["a"]},{"required":["b"]}]}`,
	`{"oneOf":[{},{"type":"null"}]}`, `{"anyOf":[{},{"type":"null"}]}`, `{"anyOf":[{"type":"array","items":{"type":"integer"}},{"type":"null"}]}`, `{"anyOf":[{"maxLength":1},{"minLength":3}],"type":"string"}`,
	`{"anyOf":[{"required":["a"]},{"required":["b"]}]}`, `{"allOf":[{"minimum":0},{"maximum":2}]}`, `{"allOf":[{"type":"string"},{"minLength":2}]}`, `{"not":{"type":"string"}}`, `{"not":{"const":1}}`, `{"not":{"required":["a"]}}`, `{"not":{}}`,
	`{"anyOf":[false,{"type":"integer"}],"oneOf":[true,false]}`, `{"anyOf":[{"type":"string"},{"type":"null"}],"oneOf":[{"type":"string"},{"type":"null"}]}`,
	`{"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s"}`, `{"$defs":{"s":{"type":"string"}},"$ref":"#/$defs/s","minLength":2}`, `{"$defs":{"a/b~c":{"type":"integer"}},"$ref":"#/$defs/a~1b~0c"}`,
	`{"$defs":{"p":{"type":"integer"},"q":{"$ref":"#/$defs/p"}},"anyOf":[{"$ref":"#/$defs/q"},{"type":"null"}]}`,
	`{"properties":{"a":{"$ref":"#"}},"additionalProperties":{"type":"array","items":{"$ref":"#"}}}`, `{"items":{"$ref":"#"},"maxItems":2}`,
	`{"type":"object","properties":{"a":{"type":"integer","default":1},"b":{"type":"array"}},"required":["b"],"additionalProperties":false}`,
	`{"title":"t","description":"d","examples":[1],"deprecated":true,"readOnly":true,"writeOnly":true,"enumNames":["t"],"$comment":"c","x-y":1,"contentEncoding":"base64","contentMediaType":"a/b","format":"unheard-of"}`,
}

var oracleValues = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `1.0`, `-1`, `1.5`, `2`, `3`, `10`, `100`, `1e2`, `0.3`, `0.7`, `0.14`, `0.30000000000000004`, `9007199254740992`, `9007199254740993`, `1e30`, `-1e-3`, `-0.0011`, `1e20`, `150e18`,
	`""`, `"a"`, `"aa"`, `"ab"`, `"aab"`, `"é"`, `"😀"`, `"\ud83d\ude00"`, `"\u0061"`, `"éé"`, `"abc"`, `"1"`, `"null"`,
	`[]`, `[1]`, `[1,2]`, `[2,1]`, `[1,1.0]`, `["1",1]`, `[1,"a",null]`, `[[1],[1]]`, `[{"a":1,"b":2},{"b":2,"a":1}]`, `[null]`, `["a"]`, `[[],[[]]]`, `[[1,2,3]]`, `[false,0]`, `["a","\u0061"]`, `[null,2]`, `[null,2,null]`,
	`{}`, `{"a":1}`, `{"a":3}`, `{"a":"x"}`, `{"a":null}`, `{"b":1}`, `{"a":1,"b":[]}`, `{"b":[],"a":1}`, `{"a":1,"b":2}`, `{"1":1}`, `{"12":"x"}`, `{"aa":1}`, `{"ab":2}`, `{"c":"x"}`, `{"a":{"a":{}}}`, `{"a":{"b":[1]}}`, `{"b":[[]]}`, `{"b":[{"c":[]}]}`, `{"A":1}`, `{"b":[]}`,
}

// oracle returns what santhosh-tekuri/jsonschema makes of a schema, with formats asserted.
func oracle(t testing.TB, schema string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(schema)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	return s
}

// oracleAccepts returns the oracle's opinion; value must be valid JSON.
func oracleAccepts(t testing.TB, s *jsonschema.Schema, value []byte) bool {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	return s.Validate(doc) == nil
}

// nested returns the schema as that of the property v, with its references and definitions moved along.
func nested(schema string) string {
	defs := ""
	if i := bytes.Index([]byte(schema), []byte(`"$defs":`)); i >= 0 {
		var doc struct {
			Defs json.RawMessage `json:"$defs"`
		}
		_ = json.Unmarshal([]byte(schema), &doc)
		defs = `,"$defs":` + string(doc.Defs)
	}
	inner := regexp.MustCompile(`"\$ref":"#"`).ReplaceAllString(schema, `"$$ref":"#/properties/v"`)
	return `{"type":"object","properties":{"v":` + inner + `}` + defs + `}`
}

// Both ways of checking, the interpreter (for json.RawMessage) and the plan beside decoding, agree with the oracle.
func TestValidationAgreesWithOracle(t *testing.T) {
	for _, schema := range oracleSchemas {
		want := oracle(t, schema)
		wrapped := nested(schema)
		decoders := map[string]*Decoder{
			"interpreted": compileFor[holder[json.RawMessage]](t, wrapped),
			"any":         compileFor[holder[any]](t, wrapped),
		}
		bare, err := Compile(reflect.TypeFor[json.RawMessage](), []byte(schema))
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range oracleValues {
			valid := oracleAccepts(t, want, []byte(value))
			for name, d := range decoders {
				got := d.Decode([]byte(`{"v":`+value+`}`), reflect.New(d.pointer.Elem()).Interface())
				if (got == nil) != valid {
					t.Errorf("%s: schema %s, value %s: valid is %t, got %v", name, schema, value, valid, got)
				}
			}
			if value == "null" {
				continue // means {} at the root
			}
			if got := bare.Decode([]byte(value), new(json.RawMessage)); (got == nil) != valid {
				t.Errorf("root: schema %s, value %s: valid is %t, got %v", schema, value, valid, got)
			}
		}
	}
}

// agreesTyped checks a Go type with every schema that suits it: what the plan accepts is what the oracle accepts among
// the values that encoding/json can decode into the type.
func agreesTyped[T any](t *testing.T, exceptions ...string) {
	t.Helper()
	tried := 0
	for _, schema := range oracleSchemas {
		wrapped := nested(schema)
		d, err := Compile(reflect.TypeFor[holder[T]](), []byte(wrapped))
		if err != nil {
			continue // the type can hold nothing of what the schema accepts
		}
		want := oracle(t, schema)
		for _, value := range oracleValues {
			var decoded holder[T]
			data := []byte(`{"v":` + value + `}`)
			if json.Unmarshal(data, &decoded) != nil || isException(value, exceptions) {
				continue
			}
			tried++
			valid := oracleAccepts(t, want, []byte(value))
			var got holder[T]
			problems := d.Decode(data, &got)
			if (problems == nil) != valid {
				t.Errorf("schema %s, value %s: valid is %t, got %v", schema, value, valid, problems)
			}
			if problems == nil && !reflect.DeepEqual(got, decoded) {
				// Defaults are the only thing that may be added, and the corpus has one.
				if !bytes.Contains([]byte(schema), []byte(`"default"`)) {
					t.Errorf("schema %s, value %s: got %#v, want %#v", schema, value, got, decoded)
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d pairs tried", tried)
	}
}

func isException(value string, list []string) bool {
	for _, e := range list {
		if e == value {
			return true
		}
	}
	return false
}

func TestTypedValidationAgreesWithOracle(t *testing.T) {
	type object struct {
		A any `json:"a,omitempty"`
		B any `json:"b,omitempty"`
	}
	t.Run("string", suits[string]())
	t.Run("pointer to string", suits[*string]())
	t.Run("int", suits[int]())
	t.Run("uint64", suits[uint64]())
	t.Run("float64", suits[float64]())
	t.Run("pointer to float64", suits[*float64]())
	t.Run("bool", suits[bool]())
	t.Run("slice", suits[[]any]())
	t.Run("ints", suits[[]int]())
	t.Run("array", suits[[4]any]())
	t.Run("map", suits[map[string]any]())
	// encoding/json folds case, we do not: {"A":1} has no field a.
	t.Run("struct", suits[object](`{"A":1}`))
	t.Run("pointer to struct", suits[*object](`{"A":1}`))
	t.Run("any", suits[any]())
	t.Run("raw", suits[json.RawMessage]())
}

func suits[T any](exceptions ...string) func(*testing.T) {
	return func(t *testing.T) { agreesTyped[T](t, exceptions...) }
}

func TestFormatsAgreeWithOracle(t *testing.T) {
	for format, values := range map[string][]string{
		"date-time":     {"2026-01-02T15:04:05Z", "2026-01-02t15:04:05z", "2026-01-02T15:04:05.123+01:30", "2026-02-30T15:04:05Z", "2026-01-02 15:04:05Z", "2026-01-02T15:04:05", "2016-12-31T23:59:60Z", "2016-12-31T22:59:60Z", "2017-01-01T00:59:60+01:00", "", "x", "2026-01-02T24:00:00Z", "2026-1-2T15:04:05Z"},
		"date":          {"2026-01-02", "2024-02-29", "2026-02-29", "2026-13-01", "26-01-02", "2026-01-02 ", ""},
		"time":          {"15:04:05Z", "15:04:05.Z", "15:04:05.1Z", "15:04:05+24:00", "15:04:05", "15:60:05Z", "23:59:60Z", "23:59:61Z", "00:29:60+00:30", "1:04:05Z", "15-04-05Z", ""},
		"duration":      {"P1D", "P1Y2M3DT4H5M6S", "PT1H", "P1W", "P", "PT", "P1DT", "1D", "P1H", "P1M1Y", "P1W1D", "PD", "P1", ""},
		"email":         {"a@example.com", "a.b+c@x-y.example", "a@localhost", "a", "a@", "a..b@c", ".a@c", "a.@c", `"a b"@c`, `"a"b"@c`, `"`, `"@c`, "a@[127.0.0.1]", "a@[IPv6:::1]", "a@[x]", "a b@c", "a@-b"},
		"hostname":      {"example.com", "localhost", "a-b.c", "-a", "a-", "a..b", "a_b", "", "example.com.", "1.2.3.4"},
		"ipv4":          {"127.0.0.1", "256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "::1", ""},
		"ipv6":          {"::1", "2001:db8::1", "1.2.3.4", "::ffff:1.2.3.4", "fe80::1%eth0", "12345::", ":::", ""},
		"uri":           {"https://example.com/a?b#c", "urn:isbn:1", "mailto:a@b", "//example.com", "/a", "a", "", "http://[::1]/", "http://[x]/", "http://a b/", "%zz:"},
		"uri-reference": {"/a", "a", "", "//example.com", "https://example.com", `\\x`, "#f", "%zz", "?q"},
		"uuid":          {"123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", "", "123e4567-e89b-12d3-a4564-26614174000"},
		"json-pointer":  {"", "/", "/a/0", "/a~0b", "/a~1b", "/a~2", "/a~", "a"},
		"regex":         {"^a+$", "[", "(", "a{2,3}", `\d`},
		"unheard-of":    {"", "anything"},
	} {
		schema := `{"format":"` + format + `"}`
		want := oracle(t, schema)
		d := compileFor[holder[string]](t, nested(schema))
		for _, value := range values {
			raw, _ := json.Marshal(value)
			valid := oracleAccepts(t, want, raw)
			if got := d.Decode([]byte(`{"v":`+string(raw)+`}`), new(holder[string])); (got == nil) != valid {
				t.Errorf("%s %q: valid is %t, got %v", format, value, valid, got)
			}
		}
	}
}
