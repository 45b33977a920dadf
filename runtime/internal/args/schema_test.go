package args

import (
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnsupportedKeywords(t *testing.T) {
	for schema, want := range map[string]UnsupportedError{
		`{"if":{}}`: {"if", "#"},
		`{"properties":{"a b":{"dependentRequired":{}}}}`:        {"dependentRequired", "#/properties/a b"},
		`{"properties":{"a/~":{"unevaluatedProperties":false}}}`: {"unevaluatedProperties", "#/properties/a~1~0"},
		`{"items":{"contains":{}}}`:                              {"contains", "#/items"},
		`{"prefixItems":[true,{"$dynamicRef":"#x"}]}`:            {"$dynamicRef", "#/prefixItems/1"},
		`{"$ref":"#/$defs/a","$defs":{"a":{"$anchor":"x"}}}`:     {"$anchor", "#/$defs/a"},
		`{"anyOf":[{"minlength":1}]}`:                            {"minlength", "#/anyOf/0"},
		`{"properties":{"a":{"$id":"https://example.com"}}}`:     {"$id", "#/properties/a"},
		`{"$schema":"http://json-schema.org/draft-07/schema#"}`:  {"$schema", "#"},
		`{"dependencies":{}}`:                                    {"dependencies", "#"},
	} {
		_, err := Compile(reflect.TypeFor[map[string]any](), []byte(schema))
		var got *UnsupportedError
		if !errors.As(err, &got) {
			t.Errorf("%s: got %v", schema, err)
			continue
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", schema, diff)
		}
	}
	err := &UnsupportedError{"if", "#/items"}
	if got, want := err.Error(), `unsupported JSON Schema keyword "if" at #/items`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMalformedSchemas(t *testing.T) {
	for schema, want := range map[string]string{
		``:                                     `schema is not valid JSON: it ends where a value is expected`,
		`{"type":"string",}`:                   `schema is not valid JSON: unexpected '}' at byte 17 where a property name is expected`,
		`{} {}`:                                `schema is not valid JSON: unexpected '{' at byte 3 where the end is expected`,
		`{"type":"string","type":"object"}`:    `schema has the property "type" more than once`,
		`[]`:                                   `schema at # must be an object or a boolean`,
		`{"type":"text"}`:                      `schema at #: type: "text" is not a type`,
		`{"type":[]}`:                          `schema at #: type: must be a non-empty array`,
		`{"type":1}`:                           `schema at #: type: 1 is not a type`,
		`{"enum":[]}`:                          `schema at #: enum: must be a non-empty array`,
		`{"enum":"a"}`:                         `schema at #: enum: must be a non-empty array`,
		`{"items":{"minLength":-1}}`:           `schema at #/items: minLength: must be a non-negative integer`,
		`{"maxItems":1.5}`:                     `schema at #: maxItems: must be a non-negative integer`,
		`{"pattern":"("}`:                      "schema at #: pattern: error parsing regexp: missing closing ): `(`",
		`{"pattern":1}`:                        `schema at #: pattern: must be a string`,
		`{"patternProperties":{"[":{}}}`:       "schema at #: patternProperties: error parsing regexp: missing closing ]: `[`",
		`{"format":1}`:                         `schema at #: format: must be a string`,
		`{"minimum":"1"}`:                      `schema at #: minimum: must be a number`,
		`{"multipleOf":0}`:                     `schema at #: multipleOf: must be positive and have at most 19 significant digits`,
		`{"multipleOf":-1}`:                    `schema at #: multipleOf: must be positive and have at most 19 significant digits`,
		`{"multipleOf":true}`:                  `schema at #: multipleOf: must be a number`,
		`{"uniqueItems":1}`:                    `schema at #: uniqueItems: must be a boolean`,
		`{"properties":[]}`:                    `schema at #: properties: must be an object`,
		`{"properties":{"a":{"items":1}}}`:     `schema at #/properties/a/items must be an object or a boolean`,
		`{"required":"a"}`:                     `schema at #: required: must be an array`,
		`{"required":["a","a"]}`:               `schema at #: required: "a" occurs twice`,
		`{"required":[1]}`:                     `schema at #: required: must be a string`,
		`{"anyOf":[]}`:                         `schema at #: anyOf: must be a non-empty array`,
		`{"oneOf":{}}`:                         `schema at #: oneOf: must be a non-empty array`,
		`{"$ref":1}`:                           `schema at #: $ref: must be a string`,
		`{"$ref":"#/$defs/a"}`:                 `schema at #: $ref: "#/$defs/a" points to nothing`,
		`{"$ref":"#a"}`:                        `schema at #: $ref: "#a" is not a JSON pointer`,
		`{"$ref":"other.json"}`:                `schema at #: $ref: "other.json" does not point into this document`,
		`{"$ref":"#/%zz"}`:                     `schema at #: $ref: "#/%zz": invalid URL escape "%zz"`,
		`{"$ref":"#"}`:                         `schema at # refers to itself without end`,
		`{"anyOf":[{"not":{"$ref":"#"}}, {}]}`: `schema at # refers to itself without end`,
	} {
		_, err := compileSchema([]byte(schema))
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", schema, err, want)
		}
	}
}

func TestTypesMustFitSchemas(t *testing.T) {
	for name, c := range map[string]struct {
		typ    reflect.Type
		schema string
		want   string
	}{
		"string for int":   {reflect.TypeFor[holder[int]](), property(`{"type":"string"}`), `compile arguments of type args.holder[int]: schema at #/properties/v: the Go type int can't hold a string`},
		"array for struct": {reflect.TypeFor[page[int]](), `{"type":"array"}`, `compile arguments of type args.page[int]: schema at #: the Go type args.page[int] can't hold an array`},
		"no type":          {nil, `{}`, `compile arguments: no type`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Compile(c.typ, []byte(c.schema)); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	for schema, value := range map[string]string{
		`{"$ref":"#/$defs/a%20b","$defs":{"a b":{"type":"integer"}}}`:                      `{"v":"x"}`,
		`{"anyOf":[{"$ref":"#/properties/v/anyOf/1/items"},{"items":{"type":"integer"}}]}`: `{"v":["x"]}`,
		`{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/$defs/b"}}}`:              `{"v":"x"}`,
	} {
		document := `{"type":"object","properties":{"v":` + schema + `},"$defs":{"a b":{"type":"integer"},"b":{"type":"integer"}},"definitions":{"a":{"$ref":"#/$defs/b"}}}`
		if got := compileFor[holder[any]](t, document).Decode([]byte(value), new(holder[any])); got == nil {
			t.Errorf("%s accepted %s", schema, value)
		}
		if got := compileFor[holder[any]](t, document).Decode([]byte(`{"v":1}`), new(holder[any])); got != nil {
			t.Errorf("%s refused 1: %v", schema, got)
		}
	}
}
