package args

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type (
	fuzzScalars struct {
		S   string  `json:"s"`
		I   int     `json:"i"`
		I8  int8    `json:"i8"`
		I16 int16   `json:"i16"`
		I32 int32   `json:"i32"`
		U   uint    `json:"u"`
		U8  uint8   `json:"u8"`
		U16 uint16  `json:"u16"`
		U64 uint64  `json:"u64"`
		F   float64 `json:"f"`
		F32 float32 `json:"f32"`
		B   bool    `json:"b"`
		Up  uintptr `json:"up"`
	}
	fuzzPointers struct {
		S **string   `json:"s"`
		I *int       `json:"i"`
		N *fuzzInner `json:"n"`
		A *[]int     `json:"a"`
		M *map[string]int
		Y *any
	}
	fuzzInner struct {
		X int    `json:"x,omitempty"`
		Y string `json:"-"`
		Z bool   `json:"-,"`
		e int
		É string
	}
	fuzzQuoted struct {
		I int         `json:",string"`
		P *int8       `json:"p,string"`
		U uint16      `json:"u,string"`
		F float32     `json:"f,string,omitempty"`
		B bool        `json:"b,string"`
		S string      `json:"s,string"`
		N json.Number `json:"n,string"`
		L level       `json:"l,string"`
		A []int       `json:"a,string"`
	}
	fuzzEmbeds struct {
		fuzzInner
		*Embedded2
		fuzzTwin1
		fuzzTwin2
		*fuzzTwin3
		Tagged Embedded2 `json:"tagged"`
		Named  `json:"named"`
		color
		X string
	}
	fuzzTwin1 struct {
		Same int
		Once int `json:"once"`
		C    bool
	}
	fuzzTwin2 struct {
		Same string
		C    string `json:"C"`
	}
	fuzzTwin3  struct{ Locked int }
	Named      struct{ D []string }
	fuzzCustom struct {
		T  time.Time
		TP *time.Time
		D  time.Duration
		L  level
		LP *level
		U  upper
		UP *upper
		B  *big.Int
		A  netip.Addr
		R  json.RawMessage
		RP *json.RawMessage
		N  json.Number
		W  url.URL
		I  fmt.Stringer
		E  error
	}
	fuzzMaps struct {
		S map[string]string
		C map[color]*fuzzInner
		I map[int]bool
		U map[uint8][]int
		L map[level]string
		N map[string]map[string]any
		J map[bothKey]int
		X map[float64]int
	}
	bothKey   struct{ s string }
	fuzzLists struct {
		B  []byte
		B8 []bits8
		A  [2]int
		AB [3]byte
		S  [][]string
		P  []*int
		N  []fuzzInner
		Z  []struct{}
		Y  []any
		E  [0]int
	}
	fuzzList  []fuzzInner
	fuzzChain struct {
		Next *fuzzChain `json:"next"`
		Via  []fuzzChain
		Map  map[string]fuzzChain
		V    int
	}
)

func (k *bothKey) UnmarshalText(b []byte) error { k.s = "text:" + string(b); return nil }
func (k *bothKey) UnmarshalJSON(b []byte) error { k.s = "json:" + string(b); return nil }

// fuzzTypes are decoded as the field v of a struct and, when they can be, as the root.
var fuzzTypes = []reflect.Type{
	reflect.TypeFor[fuzzScalars](), reflect.TypeFor[fuzzPointers](), reflect.TypeFor[fuzzInner](), reflect.TypeFor[fuzzQuoted](),
	reflect.TypeFor[fuzzEmbeds](), reflect.TypeFor[fuzzCustom](), reflect.TypeFor[fuzzMaps](), reflect.TypeFor[fuzzLists](),
	reflect.TypeFor[fuzzChain](), reflect.TypeFor[flatInput](), reflect.TypeFor[nestedInput](), reflect.TypeFor[tree](),
	reflect.TypeFor[page[page[int]]](), reflect.TypeFor[embedder](), reflect.TypeFor[struct{ time.Time }](),
	reflect.TypeFor[struct{}](), reflect.TypeFor[map[string]fuzzInner](), reflect.TypeFor[map[string]any](),
	reflect.TypeFor[holder[any]](), reflect.TypeFor[holder[json.RawMessage]](), reflect.TypeFor[holder[[]byte]](),
	reflect.TypeFor[holder[map[int8]string]](), reflect.TypeFor[holder[*level]](), reflect.TypeFor[holder[fuzzList]](),
	reflect.TypeFor[holder[float64]](), reflect.TypeFor[holder[int]](), reflect.TypeFor[holder[string]](),
	reflect.TypeFor[holder[struct{ level }]](), reflect.TypeFor[holder[*struct{ level }]](), reflect.TypeFor[holder[[2]fuzzInner]](),
}

// closedSchema describes what encoding/json accepts with DisallowUnknownFields: closed structs, and nothing else.
func closedSchema(t reflect.Type) string {
	defs := map[reflect.Type]string{}
	var texts []string
	var of func(t reflect.Type, pointed bool) string
	of = func(t reflect.Type, pointed bool) string {
		ptr := reflect.PointerTo(t)
		switch {
		case t.Kind() == reflect.Pointer:
			return of(t.Elem(), true)
		case (pointed || t.Name() != "") && (ptr.Implements(jsonUnmarshaler) || ptr.Implements(textUnmarshaler)):
			return `{}`
		case t.Kind() != reflect.Slice && t.Kind() != reflect.Array && t.Kind() != reflect.Map && t.Kind() != reflect.Struct:
			return `{}`
		}
		name, ok := defs[t]
		if !ok {
			name = fmt.Sprintf("t%d", len(defs))
			defs[t] = name
			var text string
			switch t.Kind() {
			case reflect.Map:
				text = `"additionalProperties":` + of(t.Elem(), false)
			case reflect.Struct:
				var members []string
				for _, f := range structFields(t) {
					schema := of(f.typ, false)
					if f.quoted {
						schema = `{}`
					}
					key, _ := json.Marshal(f.name)
					members = append(members, string(key)+":"+schema)
				}
				text = `"additionalProperties":false,"properties":{` + strings.Join(members, ",") + `}`
			default:
				text = `"items":` + of(t.Elem(), false)
			}
			texts = append(texts, fmt.Sprintf(`%q:{%s}`, name, text))
		}
		return fmt.Sprintf(`{"$ref":"#/$defs/%s"}`, name)
	}
	root := of(t, true)
	return root[:len(root)-1] + map[bool]string{true: "", false: ","}[root == `{}`] + `"$defs":{` + strings.Join(texts, ",") + `}}`
}

// names collects every property name of a JSON text and reports whether an object repeats one.
func names(data []byte) (all []string, repeated bool) {
	type frame struct {
		object bool
		seen   map[string]bool
		isName bool
	}
	var stack []*frame
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return all, repeated
		}
		var top *frame
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:len(stack)-1]
			continue
		}
		if top != nil && top.object {
			if top.isName = !top.isName; top.isName {
				name := token.(string)
				repeated = repeated || top.seen[name]
				top.seen[name] = true
				all = append(all, name)
				continue
			}
		}
		if delim, ok := token.(json.Delim); ok {
			stack = append(stack, &frame{object: delim == '{', seen: map[string]bool{}})
		}
	}
}

// folded reports whether encoding/json, ignoring case, would take a name for a field that we don't take it for.
func folded(t reflect.Type, all []string) bool {
	known := map[string]bool{}
	done := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if done[t] {
			return
		}
		done[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			visit(t.Elem())
		case reflect.Struct:
			for _, f := range structFields(t) {
				known[f.name] = true
				visit(f.typ)
			}
		}
	}
	visit(t)
	for _, name := range all {
		for k := range known {
			if name != k && strings.EqualFold(name, k) {
				return true
			}
		}
	}
	return false
}

func depth(data []byte) (most int) {
	level := 0
	for _, c := range data {
		switch c {
		case '{', '[':
			level++
			most = max(most, level)
		case '}', ']':
			level--
		}
	}
	return most
}

func FuzzDecode(f *testing.F) {
	for i := range fuzzTypes {
		for _, seed := range decodeSeeds {
			f.Add(uint16(i), []byte(seed))
		}
	}
	f.Fuzz(agreement(f, fuzzTypes))
}

// agreement returns a check that decodes into one of the types, with a schema that asks for nothing and with one that has closed
// structs only: what comes of it is what encoding/json makes of it.
func agreement(tb testing.TB, types []reflect.Type) func(t *testing.T, which uint16, data []byte) {
	tb.Helper()
	type pair struct{ open, closed *Decoder }
	var decoders []pair
	for _, t := range types {
		open, err := Compile(t, []byte(`{}`))
		if err != nil {
			tb.Fatalf("%s: %v", t, err)
		}
		closed, err := Compile(t, []byte(closedSchema(t)))
		if err != nil {
			tb.Fatalf("%s: %s: %v", t, closedSchema(t), err)
		}
		decoders = append(decoders, pair{open, closed})
	}
	return func(t *testing.T, which uint16, data []byte) {
		i := int(which) % len(types)
		typ := types[i]
		if bytes.Count(data, []byte(`":`)) > maxRepeats {
			return // may end the pass before a syntax error is met
		}
		if root := string(bytes.TrimSpace(data)); root == "" || root == "null" || depth(data) > 900 {
			return // documented differences
		}
		all, repeated := names(data)
		for name, d := range map[string]*Decoder{"open": decoders[i].open, "closed": decoders[i].closed} {
			input := bytes.Clone(data)
			ours, theirs := reflect.New(typ), reflect.New(typ)
			problems := d.Decode(input, ours.Interface())
			if !bytes.Equal(input, data) {
				t.Fatalf("%s: the input was changed", name)
			}
			if !json.Valid(data) {
				if len(problems) != 1 || problems[0].Path != "$" || !strings.HasPrefix(problems[0].Message, "is not valid JSON") {
					t.Fatalf("%s %s: %q is not JSON, got %v", name, typ, data, problems)
				}
				return
			}
			if repeated {
				if problems == nil {
					t.Fatalf("%s %s: %q repeats a name and was accepted", name, typ, data)
				}
				return
			}
			if folded(typ, all) {
				return
			}
			reference := json.NewDecoder(bytes.NewReader(data))
			if name == "closed" {
				reference.DisallowUnknownFields()
			}
			err := reference.Decode(theirs.Interface())
			switch {
			case err == nil && problems != nil:
				if strings.Contains(problems[0].Message, "more than once") {
					return // two names of one map key
				}
				t.Fatalf("%s %s: %q is refused: %v", name, typ, data, problems)
			case err != nil && problems == nil:
				if typeErr, ok := err.(*json.UnmarshalTypeError); ok && strings.HasPrefix(typeErr.Value, "number ") {
					return // 1.0 and -0 are integers
				}
				t.Fatalf("%s %s: %q is accepted, but encoding/json says: %v", name, typ, data, err)
			case err == nil:
				// What was decoded must not change when the input's memory is used again.
				for j := range input {
					input[j] = 'x'
				}
				if !reflect.DeepEqual(ours.Interface(), theirs.Interface()) {
					t.Fatalf("%s %s: %q: got %#v, want %#v", name, typ, data, ours.Elem(), theirs.Elem())
				}
			}
		}
	}
}

var decodeSeeds = []string{
	`{}`, `null`, `[]`, `"x"`, `{"v":null}`, `{"v":1}`, `{"v":"x"}`, `{"v":[1,"a",{"k":null}]}`, `{"v":{"1":"a","-2":"b"}}`, `{"v":"AQ=="}`, `{"v":[{"x":1},{"É":"é"}]}`,
	`{"s":"a\u00e9\n","i":-1,"i8":127,"i16":1,"i32":1,"u":1,"u8":255,"u16":65535,"u64":18446744073709551615,"f":1.5e3,"f32":-0.1,"b":true,"up":1}`,
	`{"s":null,"i":null,"n":{"x":1,"-":true},"a":[1],"M":{"a":1},"Y":[{}]}`, `{"n":null,"a":[]}`,
	`{"I":"1","p":"-8","u":"007","f":"1.5","b":"false","s":"\"q\"","n":"12","l":"\"low\"","a":[1]}`, `{"I":"null","p":null,"b":"null","n":"1x","l":"low"}`,
	`{"x":1,"-":true,"É":"e","c":2,"Same":1,"once":2,"C":"c","tagged":{"c":1},"named":{"D":["a"]},"level":"low","X":"x"}`, `{"Locked":1}`, `{"C":true}`,
	`{"T":"2026-01-02T15:04:05Z","TP":null,"D":5,"L":"low","LP":"high","U":[1, 2],"UP":null,"B":123456789012345678901234567890,"A":"::1","R":{"a" :1},"RP":null,"N":"1e5","W":{"Host":"h"},"I":null,"E":null}`,
	`{"S":{"a":"b"},"C":{"red":{"x":1},"blue":null},"I":{"1":true,"-1":false},"U":{"255":[1]},"L":{"low":"x"},"N":{"a":{"b":[1]}},"J":{"k":1}}`, "{\"J\" : {\"<&\\u00e9\\n/\u2028\" : 1}}", `{"X":{"1.5":1}}`, `{"U":{"256":[]}}`,
	`{"B":"AQID","B8":"AQ==","A":[1,2,3],"AB":[1],"S":[["a"],[]],"P":[1,null],"N":[{},{"x":2}],"Z":[{},{}],"Y":[1],"E":[1]}`, `{"B":[1,2,null]}`, `{"A":null}`,
	`{"next":{"next":{"V":1}},"Via":[{"Map":{"a":{"V":2}}}],"V":3}`, `{"items":[{"items":[1,2,3]},{"items":[]}]}`, `{"name":"a","children":[{"name":"b","children":[null]}]}`,
	flatBody, nestedBody, `{"a":1,"b":"x","c":2}`, `{"v":1.0}`, `{"v":-0}`, `{"v":1e400}`, `{"v":"\ud800"}`, "{\"v\":\"\xff\"}", `{"v":"low"}`, `{"v":{"level":"low"}}`, `{"Time":"2026-01-02T15:04:05Z"}`, `"2026-01-02T15:04:05Z"`,
	`{"v":true} x`, `{"v":`, `{"v":01}`, `{"v":1,"v":2}`, `{"unknown":[{"a":{"b":"c"}}]}`, ` {"v" : [ 1 , 2 ] } `,
}

// FuzzValidate compares the interpreter with the oracle, for every schema of its corpus.
func FuzzValidate(f *testing.F) {
	for _, value := range oracleValues {
		f.Add([]byte(value))
	}
	type pair struct {
		schema string
		want   *jsonschema.Schema
		d      *Decoder
	}
	var pairs []pair
	for _, schema := range oracleSchemas {
		pairs = append(pairs, pair{schema, oracle(f, schema), compileFor[holder[json.RawMessage]](f, nested(schema))})
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if !json.Valid(value) || depth(value) > 100 || bytes.ContainsAny(value, "eE") {
			return // the oracle computes with all digits of 1e999999
		}
		if _, repeated := names(value); repeated {
			return
		}
		data := append(append([]byte(`{"v":`), value...), '}')
		for _, p := range pairs {
			valid := oracleAccepts(t, p.want, value)
			if got := p.d.Decode(data, new(holder[json.RawMessage])); (got == nil) != valid {
				t.Fatalf("schema %s, value %s: valid is %t, got %v", p.schema, value, valid, got)
			}
		}
	})
}

// constrained pairs types with schemas that use most keywords on the planned path.
var constrained = []struct {
	typ    reflect.Type
	schema string
}{
	{reflect.TypeFor[flatInput](), flatSchema},
	{reflect.TypeFor[nestedInput](), nestedSchema},
	{reflect.TypeFor[tree](), treeSchema},
	{reflect.TypeFor[fuzzScalars](), `{"type":"object","additionalProperties":false,"required":["i"],"properties":{
		"s":{"type":"string","minLength":1,"maxLength":3,"pattern":"[a-zé]"},"i":{"type":"integer","multipleOf":3},"i8":{"type":"integer","enum":[1,2,300]},
		"u8":{"type":"integer","exclusiveMaximum":200.5},"u64":{"type":"integer","minimum":18446744073709551000},"f":{"type":"number","minimum":0.1,"multipleOf":0.05},
		"f32":{"type":["number","null"],"exclusiveMinimum":-1},"b":{"const":true}}}`},
	{reflect.TypeFor[fuzzMaps](), `{"type":"object","minProperties":1,"additionalProperties":false,"properties":{
		"S":{"type":"object","minProperties":1,"maxProperties":2,"propertyNames":{"minLength":1},"additionalProperties":{"type":"string","minLength":1}},
		"I":{"type":"object","patternProperties":{"^-?[0-9]+$":{"type":"boolean"}},"additionalProperties":false},
		"U":{"type":"object","properties":{"1":{"type":"array","maxItems":1}},"required":["1"],"additionalProperties":{"type":"array"}}}}`},
	{reflect.TypeFor[fuzzLists](), `{"type":"object","properties":{"B":{"type":"string","maxLength":8},"A":{"type":"array","minItems":2,"maxItems":2,"items":{"type":"integer"}},
		"S":{"type":"array","uniqueItems":true,"items":{"type":"array","maxItems":1,"items":{"type":"string"}}},"P":{"type":"array","items":{"oneOf":[{"type":"integer","minimum":2},{"type":"null"}]}},
		"N":{"type":"array","uniqueItems":true,"items":{"type":"object","additionalProperties":false,"properties":{"x":{"type":"integer"}}}},
		"Y":{"prefixItems":[{"type":"string"}],"items":{"anyOf":[{"type":"integer"},{"type":"array","uniqueItems":true}]}}},"additionalProperties":false}`},
	{reflect.TypeFor[fuzzPointers](), `{"type":"object","additionalProperties":false,"oneOf":[{"required":["s"]},{"required":["i"]}],"properties":{
		"s":{"oneOf":[{"type":"string","maxLength":2},{"type":"null"}]},"i":{"type":"integer","allOf":[{"minimum":1},{"not":{"const":5}}]},
		"n":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]},"a":{"type":"array","items":{"$ref":"#/$defs/i","maximum":9}},"Y":{"not":{"type":"string"}}},
		"$defs":{"n":{"type":"object","additionalProperties":false,"properties":{"x":{"$ref":"#/$defs/i"}}},"i":{"type":"integer","minimum":3}}}`},
}

// FuzzConstrained checks that decoding accepts exactly what both the oracle and encoding/json accept.
func FuzzConstrained(f *testing.F) {
	var decoders []*Decoder
	var oracles []*jsonschema.Schema
	for i, c := range constrained {
		d, err := Compile(c.typ, []byte(c.schema))
		if err != nil {
			f.Fatal(err)
		}
		decoders, oracles = append(decoders, d), append(oracles, oracle(f, c.schema))
		for _, seed := range constrainedSeeds {
			f.Add(uint8(i), []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		i := int(which) % len(constrained)
		if !json.Valid(data) || string(bytes.TrimSpace(data)) == "null" || depth(data) > 100 || bytes.ContainsAny(data, "E+") ||
			bytes.Contains(data, []byte("e99")) {
			return
		}
		if _, repeated := names(data); repeated {
			return
		}
		typ := constrained[i].typ
		ours, theirs := reflect.New(typ), reflect.New(typ)
		problems := decoders[i].Decode(data, ours.Interface())
		valid := oracleAccepts(t, oracles[i], data)
		err := json.Unmarshal(data, theirs.Interface())
		switch {
		case problems == nil && !valid:
			t.Fatalf("%s: %q is not valid, but accepted", typ, data)
		case problems == nil && err == nil && !reflect.DeepEqual(ours.Interface(), theirs.Interface()):
			t.Fatalf("%s: %q: got %#v, want %#v", typ, data, ours.Elem(), theirs.Elem())
		case problems != nil && valid && err == nil && !strings.Contains(problems[0].Message, "more than once"):
			t.Fatalf("%s: %q is valid, but refused: %v", typ, data, problems)
		}
	})
}

var constrainedSeeds = append([]string{
	`{"s":"aé","i":9,"i8":2,"u8":200,"u64":18446744073709551615,"f":0.15,"f32":null,"b":true}`, `{"i":4,"f":0.12,"f32":-1,"b":false,"i8":3,"u8":201,"s":"AAAA"}`,
	`{"S":{"a":"b"},"I":{"1":true,"-2":false},"U":{"1":[1],"2":[1,2]}}`, `{"S":{"":""},"I":{"x":true},"U":{}}`,
	`{"B":"AQID","A":[1,2],"S":[["a"],[]],"P":[2,null],"N":[{},{"x":1}],"Y":["a",1,[1,2]]}`, `{"A":[1],"S":[["a"],["a"]],"P":[1],"N":[{"x":1},{"x":1}],"Y":[1]}`,
	`{"s":"ab","n":{"x":3},"a":[3,9]}`, `{"i":4,"n":null,"Y":1}`, `{"s":null,"i":5,"a":[2,10],"Y":"x"}`,
}, decodeSeeds...)
