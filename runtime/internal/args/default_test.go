package args

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type withDefaults struct {
	Text   string         `json:"text"`
	Count  int            `json:"count"`
	Small  uint8          `json:"small"`
	Ratio  float64        `json:"ratio"`
	On     bool           `json:"on"`
	Tags   []string       `json:"tags"`
	Map    map[string]any `json:"map"`
	Inner  inner          `json:"inner"`
	Ptr    *inner         `json:"ptr"`
	Number *int           `json:"number"`
	Level  level          `json:"level"`
	List   []inner        `json:"list"`
	*Embedded2
}

type inner struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

const defaultsSchema = `{
	"type": "object", "additionalProperties": false,
	"properties": {
		"text": {"type": "string", "default": "h\u00e9"}, "count": {"type": "integer", "default": 1e1}, "small": {"type": "integer", "default": 200},
		"ratio": {"type": "number", "default": 0.5}, "on": {"type": "boolean", "default": true},
		"tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]}, "map": {"type": "object", "default": {"k": [1]}},
		"inner": {"$ref": "#/$defs/inner"}, "ptr": {"oneOf": [{"$ref": "#/$defs/inner"}, {"type": "null"}], "default": {"name": "p"}},
		"number": {"type": "integer", "default": 7}, "level": {"type": "string", "default": "high"},
		"list": {"type": "array", "items": {"$ref": "#/$defs/inner"}}, "c": {"type": "integer", "default": 3}
	},
	"$defs": {"inner": {"type": "object", "additionalProperties": false,
		"properties": {"name": {"type": "string"}, "n": {"type": "integer", "minimum": 1, "default": 5}}}}
}`

func TestDefaultsAreApplied(t *testing.T) {
	seven := 7
	all := withDefaults{"hé", 10, 200, 0.5, true, []string{"a", "b"}, map[string]any{"k": []any{1.0}}, inner{}, &inner{"p", 5}, &seven, 2, nil, &Embedded2{3}}
	some := all
	some.Text, some.Tags, some.Map, some.Ptr = "", []string{}, map[string]any{}, nil
	some.Inner, some.List, some.Count = inner{N: 5}, []inner{{N: 5}, {"x", 1}}, 0
	for name, check := range map[string]func(*testing.T){
		"nothing given": accepts(defaultsSchema, `{}`, all),
		"no text":       accepts(defaultsSchema, ``, all),
		"zero values and nested objects": accepts(defaultsSchema,
			`{"text":"","tags":[],"map":{},"ptr":null,"inner":{},"list":[{},{"name":"x","n":1}],"count":0}`, some),
		"required wins": refuses[holder[int]](
			`{"type":"object","properties":{"v":{"type":"integer","default":1}},"required":["v"]}`, `{}`, `$ missing required property "v"`),
		"null where allowed": accepts(property(`{"type":["integer","null"],"default":null}`), `{}`, holder[*int]{}),
		"own JSON":           accepts(property(`{"default":{"a":1}}`), `{}`, holder[upper]{upper{`{"A":1}`}}),
		"quoted": accepts(property(`{"type":"string","default":"12"}`), `{}`, struct {
			V int `json:"v,string"`
		}{12}),
		"only in schema": accepts(property(`{"type":"integer","default":1}`), `{}`, struct{}{}),
	} {
		t.Run(name, check)
	}
}

// What one call does to its values must not reach the next one.
func TestDefaultsAreNotShared(t *testing.T) {
	d := compileFor[withDefaults](t, defaultsSchema)
	var first, second withDefaults
	d.Decode(nil, &first)
	first.Tags[0], first.Map["k"].([]any)[0], first.Map["new"] = "changed", "changed", true
	*first.Number, first.Ptr.Name, first.Embedded2.C = 0, "changed", 0
	d.Decode(nil, &second)
	var third withDefaults
	d.Decode([]byte(`{}`), &third)
	if diff := cmp.Diff(third, second); diff != "" {
		t.Error(diff)
	}
	if second.Tags[0] != "a" || second.Ptr.Name != "p" || *second.Number != 7 || second.Embedded2.C != 3 {
		t.Errorf("got %+v", second)
	}
}

func TestDefaultsMustFit(t *testing.T) {
	type loop struct {
		Next *loop `json:"next"`
	}
	for name, c := range map[string]struct {
		typ          reflect.Type
		schema, want string
	}{
		"wrong type": {reflect.TypeFor[holder[int]](), property(`{"type":"integer","default":"x"}`),
			"compile arguments of type args.holder[int]: schema at #/properties/v: the default does not fit: $ must be an integer, got a string"},
		"violation": {reflect.TypeFor[holder[[]string]](), property(`{"type":"array","items":{"type":"string","minLength":1},"default":["a",""]}`),
			"compile arguments of type args.holder[[]string]: schema at #/properties/v: the default does not fit: $[1] must be at least 1 character long"},
		"Go type": {reflect.TypeFor[holder[int8]](), property(`{"type":"integer","default":1000}`),
			"compile arguments of type args.holder[int8]: schema at #/properties/v: the default does not fit: $ must fit in 8 bits with a sign"},
		"in itself": {reflect.TypeFor[loop](), `{"type":"object","properties":{"next":{"$ref":"#","default":{}}}}`,
			"compile arguments of type args.loop: schema at #/properties/next: the default does not fit: $ nests deeper than 1000 levels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Compile(c.typ, []byte(c.schema))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
