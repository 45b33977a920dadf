package args

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// run decodes input into a T and returns the value, or the violations one per line.
func run[T any](t *testing.T, schema, input string) (got T, problems string) {
	t.Helper()
	list := compileFor[T](t, schema).Decode([]byte(input), &got)
	var lines []string
	for _, v := range list {
		lines = append(lines, v.String())
	}
	return got, strings.Join(lines, "\n")
}

// accepts checks that input becomes want.
func accepts[T any](schema, input string, want T) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		got, problems := run[T](t, schema, input)
		if problems != "" {
			t.Fatalf("%s refused: %s", input, problems)
		}
		if diff := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", input, diff)
		}
	}
}

// refuses checks that input violates the schema in exactly these ways.
func refuses[T any](schema, input string, want ...string) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		_, problems := run[T](t, schema, input)
		if diff := cmp.Diff(strings.Join(want, "\n"), problems); diff != "" {
			t.Errorf("%s (-want +got):\n%s", input, diff)
		}
	}
}

// property returns a schema of a closed object with the optional property v.
func property(schema string) string {
	return `{"type":"object","properties":{"v":` + schema + `},"additionalProperties":false}`
}

// holder is a struct with one field that can have any type.
type holder[T any] struct {
	V T `json:"v"`
}

type (
	color     string
	celsius   float64
	bits8     uint8
	embedded1 struct {
		A int `json:"a"`
		B int `json:"b"`
	}
	embedder struct {
		embedded1
		*Embedded2
		B string `json:"b"`
	}
	Embedded2 struct {
		C int `json:"c"`
	}
	tree struct {
		Name     string  `json:"name"`
		Children []*tree `json:"children,omitempty"`
	}
	page[T any] struct {
		Items []T `json:"items"`
	}
	level    int
	upper    struct{ text string }
	panicker struct{}
)

func (l *level) UnmarshalText(b []byte) error {
	switch string(b) {
	case "low":
		*l = 1
	case "high":
		*l = 2
	default:
		return fmt.Errorf("no level %q", b)
	}
	return nil
}

func (u *upper) UnmarshalJSON(b []byte) error {
	if len(b) > 20 {
		return fmt.Errorf("too long: %s", b)
	}
	u.text = strings.ToUpper(string(b))
	return nil
}

func (u upper) Equal(v upper) bool { return u == v }

func (*panicker) UnmarshalJSON([]byte) error { panic("secret") }

func TestDecodeKinds(t *testing.T) {
	text, number := "x", 7
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for name, check := range map[string]func(*testing.T){
		"string":          accepts(property(`{"type":"string"}`), `{"v":"a\n\u00e9\ud83d\ude00\/"}`, holder[string]{"a\né😀/"}),
		"lone surrogate":  accepts(property(`{"type":"string"}`), `{"v":"\ud800\u0041\udc00"}`, holder[string]{"\ufffdA\ufffd"}),
		"invalid UTF-8":   accepts(property(`{"type":"string"}`), "{\"v\":\"a\xff\xe2\x82\"}", holder[string]{"a\ufffd\ufffd\ufffd"}),
		"named string":    accepts(property(`{"type":"string"}`), `{"v":"red"}`, holder[color]{"red"}),
		"true":            accepts(property(`{"type":"boolean"}`), `{"v":true}`, holder[bool]{true}),
		"int":             accepts(property(`{"type":"integer"}`), `{"v":-12}`, holder[int]{-12}),
		"int64 least":     accepts(property(`{"type":"integer"}`), `{"v":-9223372036854775808}`, holder[int64]{-1 << 63}),
		"uint64 most":     accepts(property(`{"type":"integer"}`), `{"v":18446744073709551615}`, holder[uint64]{1<<64 - 1}),
		"int of 1.0":      accepts(property(`{"type":"integer"}`), `{"v":1.0}`, holder[int8]{1}),
		"int of 1.2e2":    accepts(property(`{"type":"integer"}`), `{"v":1.2e2}`, holder[int8]{120}),
		"uint of -0":      accepts(property(`{"type":"integer"}`), `{"v":-0.0}`, holder[uint]{0}),
		"uint8":           accepts(property(`{"type":"integer"}`), `{"v":255}`, holder[bits8]{255}),
		"float":           accepts(property(`{"type":"number"}`), `{"v":-1.5e-3}`, holder[float64]{-0.0015}),
		"float32":         accepts(property(`{"type":"number"}`), `{"v":0.1}`, holder[float32]{0.1}),
		"named float":     accepts(property(`{"type":"number"}`), `{"v":21}`, holder[celsius]{21}),
		"pointer":         accepts(property(`{"type":"string"}`), `{"v":"x"}`, holder[*string]{&text}),
		"duration":        accepts(property(`{"type":"integer"}`), `{"v":1500}`, holder[time.Duration]{1500}),
		"bytes":           accepts(property(`{"type":"string","contentEncoding":"base64"}`), `{"v":"AQID"}`, holder[[]byte]{[]byte{1, 2, 3}}),
		"bytes as array":  accepts(property(`{}`), `{"v":[1,2,3]}`, holder[[]byte]{[]byte{1, 2, 3}}),
		"no bytes":        accepts(property(`{"type":"string"}`), `{"v":""}`, holder[[]byte]{[]byte{}}),
		"slice":           accepts(property(`{"type":"array","items":{"type":"integer"}}`), `{"v":[1, 2,3,4,5,6,7,8,9]}`, holder[[]int]{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9}}),
		"empty slice":     accepts(property(`{"type":"array"}`), `{"v":[ ]}`, holder[[]int]{[]int{}}),
		"nested slice":    accepts(property(`{"type":"array"}`), `{"v":[["a"],[],["b","c"]]}`, holder[[][]string]{[][]string{{"a"}, {}, {"b", "c"}}}),
		"array":           accepts(property(`{"type":"array"}`), `{"v":[1,2]}`, holder[[3]int]{[3]int{1, 2, 0}}),
		"array overfull":  accepts(property(`{"type":"array"}`), `{"v":[1,2,3]}`, holder[[2]int]{[2]int{1, 2}}),
		"map":             accepts(property(`{"type":"object"}`), `{"v":{"a":1,"b":2}}`, holder[map[string]int]{map[string]int{"a": 1, "b": 2}}),
		"empty map":       accepts(property(`{"type":"object"}`), `{"v":{}}`, holder[map[string]int]{map[string]int{}}),
		"map by int":      accepts(property(`{"type":"object"}`), `{"v":{"-1":"a"}}`, holder[map[int8]string]{map[int8]string{-1: "a"}}),
		"map by text":     accepts(property(`{"type":"object"}`), `{"v":{"10.0.0.1":"a"}}`, holder[map[netip.Addr]string]{map[netip.Addr]string{netip.MustParseAddr("10.0.0.1"): "a"}}),
		"map of pointers": accepts(property(`{"type":"object"}`), `{"v":{"a":7}}`, holder[map[string]*int]{map[string]*int{"a": &number}}),
		"time":            accepts(property(`{"type":"string","format":"date-time"}`), `{"v":"2026-01-02T12:00:00Z"}`, holder[time.Time]{noon}),
		"time pointer":    accepts(property(`{"type":"string"}`), `{"v":"2026-01-02T12:00:00Z"}`, holder[*time.Time]{&noon}),
		"text":            accepts(property(`{"type":"string"}`), `{"v":"h\u0069gh"}`, holder[level]{2}),
		"own JSON":        accepts(property(`{}`), `{"v": [ "a" ]}`, holder[upper]{upper{`[ "A" ]`}}),
		"own JSON null":   accepts(property(`{}`), `{"v":null}`, holder[upper]{upper{`NULL`}}),
		"any": accepts(property(`{}`), `{"v":[null,true,1.5,"s",{"k":[]}]}`,
			holder[any]{[]any{nil, true, 1.5, "s", map[string]any{"k": []any{}}}}),
		"raw":              accepts(property(`{}`), `{"v": {"a" : 1} }`, holder[json.RawMessage]{json.RawMessage(`{"a" : 1}`)}),
		"raw null":         accepts(property(`{}`), `{"v":null}`, holder[json.RawMessage]{json.RawMessage(`null`)}),
		"json.Number":      accepts(property(`{}`), `{"v":1.50}`, holder[json.Number]{"1.50"}),
		"json.Number text": accepts(property(`{"type":"string"}`), `{"v":"1e3"}`, holder[json.Number]{"1e3"}),
		"embedded": accepts(`{"type":"object"}`, `{"a":1,"b":"two","c":3}`,
			embedder{embedded1{A: 1}, &Embedded2{3}, "two"}),
		"recursive": accepts(treeSchema, `{"name":"a","children":[{"name":"b"},{"name":"c","children":[]}]}`,
			tree{"a", []*tree{{Name: "b"}, {Name: "c", Children: []*tree{}}}}),
		"generic":      accepts(`{"type":"object"}`, `{"items":[{"v":1}]}`, page[holder[int]]{[]holder[int]{{1}}}),
		"missing root": accepts(property(`{"type":"string"}`), ` `, holder[string]{}),
		"null root":    accepts(property(`{"type":"string"}`), ` null `, holder[string]{}),
		"root pointer": accepts(property(`{"type":"string"}`), `{"v":"x"}`, &holder[string]{"x"}),
		"root raw":     accepts(property(`{"type":"string"}`), ` {"v": "x"} `, json.RawMessage(`{"v": "x"}`)),
		"root map":     accepts(`{"type":"object"}`, `{"v":"x"}`, map[string]any{"v": "x"}),
	} {
		t.Run(name, check)
	}
}

const treeSchema = `{
	"type": "object", "additionalProperties": false, "required": ["name"],
	"properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}}
}`

func TestDecodeQuotedFields(t *testing.T) {
	type quoted struct {
		I int      `json:"i,string"`
		U uint8    `json:"u,string"`
		F float64  `json:"f,string"`
		B bool     `json:"b,string"`
		S string   `json:"s,string"`
		P *int     `json:"p,string"`
		T []string `json:"t,string"` // the option means nothing here
	}
	seven := 7
	schema := `{"type":"object"}`
	for name, check := range map[string]func(*testing.T){
		"all": accepts(schema, `{"i":"-5","u":"200","f":"1.5","b":"true","s":"\"x\"","p":"7","t":["a"]}`,
			quoted{-5, 200, 1.5, true, "x", &seven, []string{"a"}}),
		"null in quotes": accepts(schema, `{"i":"null","p":"null"}`, quoted{}),
		"bare":           refuses[quoted](schema, `{"i":5}`, `$.i must be a string or null, got a number`),
		"junk":           refuses[quoted](schema, `{"i":"5x"}`, `$.i must be an integer in quotes that fits in int`),
		"too large":      refuses[quoted](schema, `{"u":"256"}`, `$.u must be an integer in quotes that fits in uint8`),
		"unquoted text":  refuses[quoted](schema, `{"s":"x"}`, `$.s must be a JSON string in quotes`),
		"no boolean":     refuses[quoted](schema, `{"b":"yes"}`, `$.b must be a boolean in quotes`),
	} {
		t.Run(name, check)
	}
}

func TestDecodeRefusesValues(t *testing.T) {
	for name, check := range map[string]func(*testing.T){
		"wrong type":    refuses[holder[string]](property(`{"type":"string"}`), `{"v":1}`, `$.v must be a string, got a number`),
		"null":          refuses[holder[*string]](property(`{"type":"string"}`), `{"v":null}`, `$.v must be a string, got null`),
		"fraction":      refuses[holder[int]](property(`{"type":"integer"}`), `{"v":1.5}`, `$.v must be an integer, got 1.5`),
		"int8":          refuses[holder[int8]](property(`{"type":"integer"}`), `{"v":128}`, `$.v must fit in 8 bits with a sign`),
		"int64":         refuses[holder[int64]](property(`{"type":"integer"}`), `{"v":9223372036854775808}`, `$.v must fit in 64 bits with a sign`),
		"int64 of 1e99": refuses[holder[int64]](property(`{"type":"integer"}`), `{"v":1e99}`, `$.v must fit in 64 bits with a sign`),
		"int32 least":   refuses[holder[int32]](property(`{"type":"integer"}`), `{"v":-2147483649}`, `$.v must fit in 32 bits with a sign`),
		"uint":          refuses[holder[uint]](property(`{"type":"integer"}`), `{"v":-1}`, `$.v must not be negative`),
		"uint16":        refuses[holder[uint16]](property(`{"type":"integer"}`), `{"v":65536}`, `$.v must fit in 16 bits without a sign`),
		"uint with minimum": refuses[holder[uint]](property(`{"type":"integer","minimum":0}`), `{"v":-1}`,
			`$.v must be at least 0`),
		"float":      refuses[holder[float64]](property(`{"type":"number"}`), `{"v":1e999}`, `$.v must fit in a floating-point number of 64 bits`),
		"float32":    refuses[holder[float32]](property(`{"type":"number"}`), `{"v":1e39}`, `$.v must fit in a floating-point number of 32 bits`),
		"any number": refuses[holder[any]](property(`{}`), `{"v":[1e999]}`, `$.v[0] must fit in a floating-point number of 64 bits`),
		"base64":     refuses[holder[[]byte]](property(`{"type":"string"}`), `{"v":"A"}`, `$.v must be base64 with padding (RFC 4648, section 4)`),
		"time":       refuses[holder[time.Time]](property(`{"type":"string","format":"date-time"}`), `{"v":"now"}`, `$.v must be an RFC 3339 date-time such as 2006-01-02T15:04:05Z`),
		"text":       refuses[holder[level]](property(`{"type":"string"}`), `{"v":"mid"}`, `$.v is not valid: no level "mid"`),
		"own JSON": refuses[holder[upper]](property(`{}`), `{"v":"`+strings.Repeat("x", 1000)+`"}`,
			`$.v is not valid: too long: "`+strings.Repeat("x", 189)+`…`),
		"interface":      refuses[holder[fmt.Stringer]](property(`{}`), `{"v":1}`, `$.v can't be set: the Go type fmt.Stringer has no JSON form`),
		"channel":        refuses[holder[chan int]](property(`{}`), `{"v":1}`, `$.v can't be set: the Go type chan int has no JSON form`),
		"map key":        refuses[holder[map[int8]int]](property(`{"type":"object"}`), `{"v":{"128":1,"x":2}}`, `$.v has the property "128", whose name must be an integer within the range of int8`, `$.v has the property "x", whose name must be an integer within the range of int8`),
		"map text key":   refuses[holder[map[level]int]](property(`{"type":"object"}`), `{"v":{"mid":1}}`, `$.v has the property "mid", whose name is not valid: no level "mid"`),
		"same map key":   refuses[holder[map[int]int]](property(`{"type":"object"}`), `{"v":{"1":1,"01":1}}`, `$.v has the property "01" more than once`),
		"number in text": refuses[holder[json.Number]](property(`{}`), `{"v":"1x"}`, `$.v must be a number in quotes`),
		"locked":         refuses[struct{ *embedded1 }](`{"type":"object"}`, `{"a":1}`, `$.a can't be set: it belongs to an embedded pointer to an unexported struct`),
		"item":           refuses[page[holder[int]]](`{"type":"object"}`, `{"items":[{"v":1},{"v":"x"},{"v":[]}]}`, `$.items[1].v must be an integer or null, got a string`, `$.items[2].v must be an integer or null, got an array`),
		"map value":      refuses[holder[map[string]int]](property(`{"type":"object"}`), `{"v":{"a b":"x","c":"y"}}`, `$.v["a b"] must be an integer or null, got a string`, `$.v.c must be an integer or null, got a string`),
		"root":           refuses[holder[int]](property(`{"type":"integer"}`), `[1]`, `$ must be an object, got an array`),
		"recursive":      refuses[tree](treeSchema, `{"name":"a","children":[{"name":1},{"children":[{"nam":"x"}]}]}`, `$.children[0].name must be a string, got a number`, `$.children[1].children[0] unknown property "nam", did you mean "name"?`, `$.children[1].children[0] missing required property "name"`, `$.children[1] missing required property "name"`),
	} {
		t.Run(name, check)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	schema := property(`{"type":"string"}`)
	for name, check := range map[string]func(*testing.T){
		"case":             refuses[holder[string]](schema, `{"V":"x"}`, `$ unknown property "V", did you mean "v"?`),
		"duplicate":        refuses[holder[string]](schema, `{"v":"x","v":"y"}`, `$ has the property "v" more than once`),
		"escaped twin":     refuses[holder[string]](schema, `{"v":"x","\u0076":"y"}`, `$ has the property "v" more than once`),
		"unknown twin":     refuses[holder[string]](`{"type":"object"}`, `{"w":"x","\u0077":"y"}`, `$ has the property "w" more than once`),
		"twin in any":      refuses[holder[any]](property(`{}`), `{"v":{"a":[{"b":1,"b":2}]}}`, `$.v.a[0] has the property "b" more than once`),
		"twin in raw":      refuses[holder[json.RawMessage]](property(`{}`), `{"v":{"a":1,"a":2}}`, `$.v has the property "a" more than once`),
		"twin in map":      refuses[holder[map[string]int]](property(`{"type":"object"}`), `{"v":{"a":1,"a":2}}`, `$.v has the property "a" more than once`),
		"twin in unread":   refuses[holder[int]](`{"type":"object"}`, `{"w":{"a":1,"a":2}}`, `$.w has the property "a" more than once`),
		"trailing":         refuses[holder[string]](schema, `{"v":"x"} {}`, `$ is not valid JSON: unexpected '{' at byte 10 where the end is expected`),
		"trailing comma":   refuses[holder[string]](schema, `{"v":"x",}`, `$ is not valid JSON: unexpected '}' at byte 9 where a property name is expected`),
		"comment":          refuses[holder[string]](schema, `{/**/}`, `$ is not valid JSON: unexpected '/' at byte 1 where a property name is expected`),
		"cut off":          refuses[holder[string]](schema, `{"v":"x`, `$ is not valid JSON: it ends where '"' is expected`),
		"control":          refuses[holder[string]](schema, "{\"v\":\"\x01\"}", `$ is not valid JSON: unexpected byte 0x01 at byte 6 where '"' is expected`),
		"bad escape":       refuses[holder[string]](schema, `{"v":"\x"}`, `$ is not valid JSON: unexpected '\' at byte 6 where a valid escape is expected`),
		"bad hex":          refuses[holder[string]](schema, `{"v":"\u00g0"}`, `$ is not valid JSON: unexpected '\' at byte 6 where a valid escape is expected`),
		"leading zero":     refuses[holder[int]](property(`{"type":"integer"}`), `{"v":01}`, `$ is not valid JSON: unexpected '1' at byte 6 where ',' or '}' is expected`),
		"plus":             refuses[holder[int]](property(`{"type":"integer"}`), `{"v":+1}`, `$ is not valid JSON: unexpected '+' at byte 5 where a value is expected`),
		"bare dot":         refuses[holder[int]](property(`{"type":"integer"}`), `{"v":1.}`, `$ is not valid JSON: unexpected '}' at byte 7 where a digit is expected`),
		"NaN":              refuses[holder[float64]](property(`{"type":"number"}`), `{"v":NaN}`, `$ is not valid JSON: unexpected 'N' at byte 5 where a value is expected`),
		"nul":              refuses[holder[*int]](property(`{}`), `{"v":nul}`, `$ is not valid JSON: unexpected 'n' at byte 5 where a value is expected`),
		"nothing but open": refuses[holder[int]](property(`{}`), `{`, `$ is not valid JSON: it ends where a property name is expected`),
		"not quite null":   refuses[holder[int]](property(`{}`), `null,`, `$ is not valid JSON: unexpected ',' at byte 4 where the end is expected`),
		"byte order mark":  refuses[holder[int]](property(`{}`), "\ufeff{}", `$ is not valid JSON: unexpected byte 0xef at byte 0 where a value is expected`),
	} {
		t.Run(name, check)
	}
}

// A type that panics is at fault itself: the caller hears of it, and the next decoding works.
func TestPanicsOfDecodersAreTheCallers(t *testing.T) {
	d := compileFor[holder[panicker]](t, property(`{}`))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		d.Decode([]byte(`{"v":1}`), new(holder[panicker]))
	}()
	if v := d.Decode([]byte(`{}`), new(holder[panicker])); v != nil {
		t.Errorf("after the panic: %v", v)
	}
}

func TestDecodeIntoWrongTypePanics(t *testing.T) {
	d := compileFor[holder[int]](t, property(`{}`))
	for _, dst := range []any{nil, holder[int]{}, &holder[string]{}, (*holder[int])(nil)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Decode into %s did not panic", reflect.TypeOf(dst))
				}
			}()
			d.Decode([]byte(`{}`), dst)
		}()
	}
}
