package args

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestMessages(t *testing.T) {
	type object struct {
		A string `json:"a,omitempty"`
		B string `json:"b,omitempty"`
		C int    `json:"c,omitempty"`
	}
	alternatives := func(keyword string) string {
		return property(`{"type":"object","` + keyword + `":[{"required":["a"]},{"required":["b","c"]}]}`)
	}
	for name, check := range map[string]func(*testing.T){
		"minLength 1":      refuses[holder[string]](property(`{"type":"string","minLength":1}`), `{"v":""}`, `$.v must be at least 1 character long`),
		"minLength":        refuses[holder[string]](property(`{"type":"string","minLength":3}`), `{"v":"éé"}`, `$.v must be at least 3 characters long`),
		"maxLength":        refuses[holder[string]](property(`{"type":"string","maxLength":2}`), `{"v":"ééé"}`, `$.v must be at most 2 characters long`),
		"pattern":          refuses[holder[string]](property(`{"type":"string","pattern":"^[a-z]+$"}`), `{"v":"A"}`, `$.v must match the pattern ^[a-z]+$`),
		"several":          refuses[holder[string]](property(`{"type":"string","pattern":"b","minLength":2}`), `{"v":"A"}`, `$.v must be at least 2 characters long`, `$.v must match the pattern b`),
		"format":           refuses[holder[string]](property(`{"type":"string","format":"uuid"}`), `{"v":"A"}`, `$.v must be a UUID such as 123e4567-e89b-12d3-a456-426614174000`),
		"enum":             refuses[holder[string]](property(`{"enum":["a","b","c"]}`), `{"v":"d"}`, `$.v must be one of "a", "b", "c"`),
		"enum of integers": refuses[holder[int]](property(`{"enum":[1,2]}`), `{"v":3}`, `$.v must be one of 1, 2`),
		"enum and null":    refuses[holder[*string]](property(`{"type":["string","null"],"enum":["a"]}`), `{"v":null}`, `$.v must be one of "a"`),
		"long enum":        refuses[holder[int]](property(`{"enum":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]}`), `{"v":0}`, `$.v must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, … (22 in all)`),
		"const":            refuses[holder[string]](property(`{"const":"a"}`), `{"v":"b"}`, `$.v must be "a"`),
		"minimum":          refuses[holder[int]](property(`{"type":"integer","minimum":1}`), `{"v":0}`, `$.v must be at least 1`),
		"maximum":          refuses[holder[int]](property(`{"type":"integer","maximum":100}`), `{"v":1e2000}`, `$.v must be at most 100`),
		"maximum of float": refuses[holder[float64]](property(`{"type":"number","maximum":0.1}`), `{"v":0.10000000000000000001}`, `$.v must be at most 0.1`),
		"exclusiveMinimum": refuses[holder[float64]](property(`{"type":"number","exclusiveMinimum":0}`), `{"v":0}`, `$.v must be greater than 0`),
		"exclusiveMaximum": refuses[holder[int]](property(`{"type":"integer","exclusiveMaximum":5}`), `{"v":5}`, `$.v must be less than 5`),
		"multipleOf":       refuses[holder[float64]](property(`{"type":"number","multipleOf":0.1}`), `{"v":0.35}`, `$.v must be a multiple of 0.1`),
		"integral float":   refuses[holder[float64]](property(`{"type":"integer"}`), `{"v":0.5}`, `$.v must be an integer, got 0.5`),
		"types":            refuses[holder[any]](property(`{"type":["string","integer","null"]}`), `{"v":[]}`, `$.v must be a string, an integer or null, got an array`),
		"minItems":         refuses[holder[[]int]](property(`{"type":"array","minItems":1}`), `{"v":[]}`, `$.v must have at least 1 item`),
		"maxItems":         refuses[holder[[]int]](property(`{"type":"array","maxItems":2}`), `{"v":[1,2,3]}`, `$.v must have at most 2 items, got 3`),
		"uniqueItems":      refuses[holder[[]string]](property(`{"type":"array","uniqueItems":true}`), `{"v":["a","b","\u0061"]}`, `$.v[2] must be unique, but equals item 0`),
		"minProperties":    refuses[holder[map[string]int]](property(`{"type":"object","minProperties":2}`), `{"v":{"a":1}}`, `$.v must have at least 2 properties`),
		"maxProperties":    refuses[holder[map[string]int]](property(`{"type":"object","maxProperties":1}`), `{"v":{"a":1,"b":2}}`, `$.v must have at most 1 property, got 2`),
		"propertyNames":    refuses[holder[map[string]int]](property(`{"type":"object","propertyNames":{"maxLength":1}}`), `{"v":{"a":1,"bb":2}}`, `$.v has the property "bb", whose name must be at most 1 character long`),
		"required":         refuses[holder[object]](property(`{"type":"object","required":["a","c"]}`), `{"v":{"b":""}}`, `$.v missing required property "a"`, `$.v missing required property "c"`),
		"nullable":         refuses[holder[*int]](property(`{"oneOf":[{"type":"integer","minimum":1},{"type":"null"}]}`), `{"v":0}`, `$.v must be at least 1`),
		"nullable type":    refuses[holder[*int]](property(`{"oneOf":[{"type":"integer","minimum":1},{"type":"null"}]}`), `{"v":"x"}`, `$.v must be an integer or null, got a string`),
		"anyOf types":      refuses[holder[any]](property(`{"anyOf":[{"type":"string"},{"type":"integer"}]}`), `{"v":true}`, `$.v must be a string or an integer, got a boolean`),
		"anyOf one fits":   refuses[holder[any]](property(`{"anyOf":[{"type":"string","minLength":2},{"type":"integer"}]}`), `{"v":"a"}`, `$.v must be at least 2 characters long`),
		"anyOf":            refuses[holder[any]](property(`{"anyOf":[{"type":"string","minLength":2},{"const":"b"}]}`), `{"v":"a"}`, `$.v must satisfy at least one of 2 alternatives: (1) must be at least 2 characters long; (2) must be "b"`),
		"oneOf neither":    refuses[holder[object]](alternatives("oneOf"), `{"v":{"b":"x"}}`, `$.v must have exactly one of these: "a"; "b" and "c"`),
		"oneOf both":       refuses[holder[object]](alternatives("oneOf"), `{"v":{"a":"x","b":"y","c":1}}`, `$.v must have exactly one of these: "a"; "b" and "c"`),
		"anyOf neither":    refuses[holder[object]](alternatives("anyOf"), `{"v":{}}`, `$.v must have at least one of these: "a"; "b" and "c"`),
		"oneOf several":    refuses[holder[float64]](property(`{"oneOf":[{"minimum":1},{"multipleOf":2}]}`), `{"v":4}`, `$.v must satisfy exactly one of 2 alternatives, but satisfies numbers 1 and 2`),
		"allOf":            refuses[holder[int]](property(`{"type":"integer","allOf":[{"minimum":3},{"multipleOf":2}]}`), `{"v":1}`, `$.v must be at least 3`, `$.v must be a multiple of 2`),
		"not type":         refuses[holder[any]](property(`{"not":{"type":"string"}}`), `{"v":""}`, `$.v must not be a string`),
		"not const":        refuses[holder[any]](property(`{"not":{"const":0}}`), `{"v":0}`, `$.v must not be 0`),
		"not enum":         refuses[holder[any]](property(`{"not":{"enum":[0,1]}}`), `{"v":1}`, `$.v must not be one of 0, 1`),
		"not":              refuses[holder[object]](property(`{"not":{"required":["a"]}}`), `{"v":{"a":"x"}}`, `$.v matches what the schema forbids here`),
		"reference":        refuses[holder[int]](`{"type":"object","properties":{"v":{"$ref":"#/$defs/n","maximum":5}},"$defs":{"n":{"type":"integer","minimum":7}}}`, `{"v":6}`, `$.v must be at most 5`, `$.v must be at least 7`),
		"unknown":          refuses[object](`{"type":"object","properties":{"a":{},"b":{},"c":{}},"additionalProperties":false}`, `{"d":1,"a":"x"}`, `$ unknown property "d", known are "a", "b", "c"`),
		"did you mean": refuses[holder[string]](`{"type":"object","properties":{"user_name":{},"text":{}},"additionalProperties":false}`, `{"userName":1,"txt":1,"tetx":1,"zzz":1}`,
			`$ unknown property "userName", did you mean "user_name"?`, `$ unknown property "txt", did you mean "text"?`, `$ unknown property "tetx", did you mean "text"?`, `$ unknown property "zzz", known are "user_name", "text"`),
		"no properties":    refuses[struct{}](`{"type":"object","additionalProperties":false}`, `{"a":1}`, `$ unknown property "a"`),
		"not in schema":    refuses[holder[int]](`{"type":"object","properties":{},"additionalProperties":false}`, `{"v":1}`, `$ unknown property "v"`),
		"forbidden":        refuses[holder[int]](property(`false`), `{"v":1}`, `$ unknown property "v"`),
		"only in schema":   refuses[struct{}](property(`{"type":"integer"}`), `{"v":"x"}`, `$.v must be an integer, got a string`),
		"additional":       refuses[struct{}](`{"type":"object","additionalProperties":{"type":"integer"}}`, `{"v":"x"}`, `$.v must be an integer, got a string`),
		"pattern property": refuses[holder[int]](`{"type":"object","patternProperties":{"^v":{"minimum":2},"v$":{"maximum":0}}}`, `{"v":1}`, `$.v must be at most 0`, `$.v must be at least 2`),
		"raw":              refuses[holder[json.RawMessage]](property(`{"type":"array","items":{"type":"integer"}}`), `{"v":[1,"x"]}`, `$.v[1] must be an integer, got a string`),
		"everything at once": refuses[object](`{"type":"object","properties":{"a":{"type":"string","minLength":1},"b":{"type":"string"},"c":{"type":"integer"}},"required":["b"],"additionalProperties":false}`,
			`{"c":"x","x":1,"a":""}`, `$.c must be an integer, got a string`, `$ unknown property "x", known are "a", "b", "c"`, `$.a must be at least 1 character long`, `$ missing required property "b"`),
	} {
		t.Run(name, check)
	}
}

// An attacker decides what is in the arguments, but not how long the answer is.
func TestAnswersAreBounded(t *testing.T) {
	long := strings.Repeat("k", 10_000)
	object := `{"type":"object","additionalProperties":false,"properties":{"v":{}}}`
	for name, c := range map[string]struct{ schema, input string }{
		"unknown property":   {object, `{"` + long + `":1}`},
		"control characters": {object, `{"` + strings.Repeat(`\u0000`, 10_000) + `":1}`},
		"path":               {property(`{"additionalProperties":{"additionalProperties":{"type":"string"}}}`), `{"v":{"` + long + `":{"` + long + `":1}}}`},
		"depth":              {`{"additionalProperties":{"$ref":"#"},"type":"object"}`, strings.Repeat(`{"key":`, 900) + `1` + strings.Repeat(`}`, 900)},
		"number":             {property(`{"type":"integer"}`), `{"v":0.` + strings.Repeat("1", 10_000) + `}`},
		"many":               {property(`{"items":{"type":"string"}}`), `{"v":[` + strings.Repeat(`1,`, 10_000) + `1]}`},
		"own error":          {property(`{}`), `{"v":"` + long + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			violations := compileFor[map[string]any](t, c.schema).Decode([]byte(c.input), new(map[string]any))
			if name == "own error" {
				violations = compileFor[holder[upper]](t, c.schema).Decode([]byte(c.input), new(holder[upper]))
			}
			if len(violations) == 0 || len(violations) > 33 {
				t.Fatalf("%d violations", len(violations))
			}
			for _, v := range violations {
				if len(v.Path) > 500 || len(v.Message) > 500 {
					t.Errorf("%d bytes of path, %d of message", len(v.Path), len(v.Message))
				}
			}
		})
	}
	many := compileFor[holder[[]string]](t, property(`{"items":{"type":"string"}}`)).Decode(
		[]byte(`{"v":[`+strings.Repeat(`1,`, 99)+`1]}`), new(holder[[]string]))
	if got := fmt.Sprint(many[31:]); got != "[$.v[31] must be a string, got a number $ and 68 more problems]" {
		t.Errorf("got %s", got)
	}
}

func TestDepthIsLimited(t *testing.T) {
	nest := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for name, check := range map[string]func(string) func(*testing.T){
		"any": func(in string) func(*testing.T) {
			return refuses[holder[any]](property(`{}`), in, `$ nests deeper than 1000 levels`)
		},
		"raw": func(in string) func(*testing.T) {
			return refuses[holder[json.RawMessage]](property(`{"items":{}}`), in, `$ nests deeper than 1000 levels`)
		},
		"unread": func(in string) func(*testing.T) {
			return refuses[struct{}](`{"type":"object"}`, in, `$ nests deeper than 1000 levels`)
		},
	} {
		t.Run(name, check(`{"v":`+nest(1000)+`}`))
	}
	t.Run("just so", func(t *testing.T) {
		if _, problems := run[holder[json.RawMessage]](t, property(`{}`), `{"v":`+nest(999)+`}`); problems != "" {
			t.Error(problems)
		}
	})
	t.Run("recursive", func(t *testing.T) {
		deep := strings.Repeat(`{"name":"a","children":[`, 501) + strings.Repeat(`]}`, 501)
		refuses[tree](treeSchema, deep, `$ nests deeper than 1000 levels`)(t)
	})
}

// A schema whose alternatives refer to themselves twice would need time exponential in the depth.
func TestWorkIsLimited(t *testing.T) {
	schema := `{"$defs":{"n":{"anyOf":[{"type":"object","required":["x"],"properties":{"a":{"$ref":"#/$defs/n"}}},
		{"type":"object","required":["y"],"properties":{"a":{"$ref":"#/$defs/n"}}},
		{"type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"required":["z"]}]}},"type":"object","properties":{"v":{"$ref":"#/$defs/n"}}}`
	refuses[holder[any]](schema, `{"v":`+strings.Repeat(`{"a":`, 300)+`1`+strings.Repeat(`}`, 300)+`}`,
		`$ is too large to be checked against all alternatives of its schema`)(t)
}
