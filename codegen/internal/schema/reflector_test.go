package schema_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/invopop/jsonschema"

	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
	"github.com/xmcpgo/xmcpgo/internal/corpus"
)

// pair is one place of a type as we and the Reflector describe it. Rows change theirs into what the rule makes of it.
type comparison struct {
	ours, theirs object
	typ          reflect.Type // without pointers
	field        *reflect.StructField
	inner        bool // an item or a map value, to which a field's tag does not apply
}

func (c *comparison) tag(keyword string) bool {
	if c.field == nil || c.inner {
		return false
	}
	for _, d := range strings.Split(c.field.Tag.Get("jsonschema"), ",") {
		if name, _, _ := strings.Cut(d, "="); name == keyword {
			return true
		}
	}
	return false
}

func (c *comparison) implements(target reflect.Type) bool {
	return c.typ.Kind() != reflect.Interface && reflect.PointerTo(c.typ).Implements(target)
}

func (c *comparison) is(t reflect.Type) bool { return c.typ == t }

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType = reflect.TypeFor[json.Unmarshaler]()
	enums    = map[reflect.Type][]any{
		reflect.TypeFor[corpus.Color](): {"red", "green", "blue"},
		reflect.TypeFor[corpus.Level](): {json.Number("1"), json.Number("2"), json.Number("3")},
	}
	quotable = []reflect.Kind{
		reflect.Bool, reflect.String, reflect.Float32, reflect.Float64, reflect.Int, reflect.Int8, reflect.Int16,
		reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
	}
)

func (c *comparison) quoted() bool {
	return c.field != nil && !c.inner && strings.Contains(c.field.Tag.Get("json"), ",string") && slices.Contains(quotable, c.typ.Kind())
}

// rows are all the rules by which our input schema of a value differs from the Reflector's. Each is used, and each has its
// reason. Where a row edits, the place is compared as edited.
var rows = []struct {
	rule, reason string
	applies      func(*comparison) bool
	edit         func(*comparison)
}{
	{"nullable is a second type", "a type list needs no combinator, and keywords of the type stay where they were",
		func(c *comparison) bool { return c.tag("nullable") },
		func(c *comparison) {
			if list, ok := c.theirs["oneOf"].([]any); ok {
				c.theirs = asObject(list[0])
			}
			withoutNull(c)
		}},
	{"a type that describes itself", "the server calls JSONSchema, whatever type it returns",
		func(c *comparison) bool { return isCustom(c.ours) },
		func(c *comparison) { c.theirs = c.ours }},
	{"text is a string", "encoding/json calls UnmarshalText",
		func(c *comparison) bool {
			return c.implements(textType) && !c.implements(jsonType) || c.typ.Kind() == reflect.Slice && c.typ.PkgPath() == "net"
		},
		func(c *comparison) {
			c.theirs = keep(c.theirs, "title", "description", "x-one", "x-two", "deprecated", "examples")
			c.theirs["type"] = "string"
			if c.is(reflect.TypeFor[uuid.UUID]()) {
				c.theirs["format"] = "uuid"
			}
		}},
	{"own JSON is any JSON", "encoding/json calls UnmarshalJSON, of which nobody knows what it takes",
		func(c *comparison) bool { return c.is(reflect.TypeFor[corpus.Decimal]()) },
		func(c *comparison) {
			if !c.tag("anyof_type") && !c.tag("type") {
				c.theirs = object{}
				return
			}
			for _, k := range []string{"properties", "additionalProperties"} {
				delete(c.theirs, k)
			}
			if c.tag("anyof_type") {
				delete(c.theirs, "type")
			}
			if c.tag("type") && c.ours["pattern"] != nil {
				c.theirs["pattern"] = "^[0-9]+$"
			}
		}},
	{"big.Int is an integer", "it is written and read as one", func(c *comparison) bool { return c.is(reflect.TypeFor[big.Int]()) },
		func(c *comparison) { c.theirs = object{"type": "integer"} }},
	{"json.Number is a number", "it is written as one", func(c *comparison) bool { return c.is(reflect.TypeFor[json.Number]()) },
		func(c *comparison) { c.theirs["type"] = "number" }},
	{"integers have the range of their type", "a value beyond it can't be decoded; of 64 bits only the zero of unsigned ones is said",
		func(c *comparison) bool { return !c.quoted() && c.ours["type"] == "integer" && enums[c.typ] == nil },
		func(c *comparison) {
			low, high := intRange(c.typ)
			for k, v := range map[string]string{"minimum": low, "maximum": high} {
				if _, ok := c.theirs[k]; !ok && v != "" {
					c.theirs[k] = json.Number(v)
				}
			}
		}},
	{"declared constants are an enum", "the compiler can't keep a caller from sending another value, the schema can",
		func(c *comparison) bool { return enums[c.typ] != nil && !c.quoted() },
		func(c *comparison) {
			noenum := c.field != nil && strings.Contains(c.field.Tag.Get("jsonschema"), "noenum")
			if _, ok := c.theirs["enum"]; !ok && !noenum {
				c.theirs["enum"] = enums[c.typ]
			}
		}},
	{"the string option has the form of its values", "any other string can't be decoded", (*comparison).quoted,
		func(c *comparison) {
			c.theirs["type"] = "string"
			switch {
			case enums[c.typ] != nil:
				var list []any
				for _, v := range enums[c.typ] {
					b, err := json.Marshal(v)
					if err != nil {
						panic(err)
					}
					list = append(list, string(b))
				}
				c.theirs["enum"] = list
			case c.typ.Kind() == reflect.Bool:
				c.theirs["enum"] = []any{"true", "false"}
			case c.ours["pattern"] != nil: // which the decoder proves
				c.theirs["pattern"] = c.ours["pattern"]
			}
		}},
	{"an array's default has its items' type", "a default of integers is decoded into integers",
		func(c *comparison) bool {
			_, ok := c.theirs["default"].([]any)
			return ok && c.typ.Elem().Kind() != reflect.String
		},
		func(c *comparison) {
			var list []any
			for _, v := range c.theirs["default"].([]any) {
				list = append(list, decode([]byte(v.(string))))
			}
			c.theirs["default"] = list
		}},
	{"keys of a map are checked", "encoding/json takes negative ones too, text keys and declared constants",
		func(c *comparison) bool {
			return c.typ.Kind() == reflect.Map && (c.typ.Key().Kind() != reflect.String || enums[c.typ.Key()] != nil) && !reflect.PointerTo(c.typ.Key()).Implements(textType)
		},
		func(c *comparison) {
			if p, ok := c.theirs["patternProperties"].(object); ok {
				delete(c.theirs, "patternProperties")
				c.theirs["additionalProperties"] = p["^[0-9]+$"]
			}
			switch kind := c.typ.Key().Kind(); {
			case enums[c.typ.Key()] != nil:
				c.theirs["propertyNames"] = object{"enum": enums[c.typ.Key()]}
			case kind >= reflect.Uint && kind <= reflect.Uint64:
				c.theirs["propertyNames"] = object{"pattern": "^[0-9]+$"}
			default:
				c.theirs["propertyNames"] = object{"pattern": "^-?[0-9]+$"}
			}
		}},
	{"a map says that its values are open", "an object without a word about its properties reads as an empty one",
		func(c *comparison) bool {
			return c.typ.Kind() == reflect.Map && c.theirs["additionalProperties"] == nil && c.theirs["type"] == "object"
		},
		func(c *comparison) { c.theirs["additionalProperties"] = object{} }},
	{"comments are descriptions", "the generator reads the source",
		func(c *comparison) bool { return c.theirs["description"] == nil && c.ours["description"] != nil },
		func(c *comparison) { c.theirs["description"] = c.ours["description"] }},
	{"a comment may deprecate", "so does Go's own convention",
		func(c *comparison) bool { return c.theirs["deprecated"] == nil && c.ours["deprecated"] != nil },
		func(c *comparison) { c.theirs["deprecated"] = true }},
	{"a pointer is optional", "nil is what an absent property leaves",
		func(c *comparison) bool { return c.typ.Kind() == reflect.Struct },
		func(c *comparison) {
			c.dropRequired(func(f structField) bool {
				return f.Type.Kind() == reflect.Pointer && !tagged(f.StructField, "required")
			})
		}},
	{"a default is not required", "it is applied where the property is absent",
		func(c *comparison) bool { return c.typ.Kind() == reflect.Struct },
		func(c *comparison) {
			c.dropRequired(func(f structField) bool { return tagged(f.StructField, "default") })
		}},
	{"fields of an embedded pointer are optional", "encoding/json leaves them out with the pointer",
		func(c *comparison) bool { return c.typ.Kind() == reflect.Struct },
		func(c *comparison) {
			c.dropRequired(func(f structField) bool { return f.indirect && !tagged(f.StructField, "required") })
		}},
	{"what constants mean follows the description", "a model reads the description before it picks from an enum",
		func(c *comparison) bool { return enums[c.typ] != nil && c.theirs["description"] != nil },
		func(c *comparison) {
			theirs, _ := c.theirs["description"].(string)
			if ours, _ := c.ours["description"].(string); strings.HasPrefix(ours, theirs+"\n- ") {
				c.theirs["description"] = ours
			}
		}},
	{"declared bytes are base64 too", "encoding/json goes by the kind of the items",
		func(c *comparison) bool {
			return c.typ.Kind() == reflect.Slice && c.typ.Elem().Kind() == reflect.Uint8 && c.theirs["type"] == "array"
		},
		func(c *comparison) {
			delete(c.theirs, "items")
			c.theirs["type"], c.theirs["contentEncoding"] = "string", "base64"
		}},
}

// different are types of which encoding/json sees other fields than the Reflector, or none. Their input schemas are written
// out in [TestEncodingJSONDecidesTheFields].
var different = map[string]struct{ reason, schema string }{
	"Shadowed":       {"the outer field wins, whatever the order", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"],"additionalProperties":false}`},
	"ShadowedLast":   {"the outer field wins, whatever the order", `{"type":"object","properties":{"b":{"type":"integer"},"a":{"type":"string"}},"required":["b","a"],"additionalProperties":false}`},
	"Ambiguous":      {"two fields with one name annihilate each other", `{"type":"object","properties":{"A":{"type":"integer"},"C":{"type":"integer"}},"required":["A","C"],"additionalProperties":false}`},
	"TaggedWins":     {"a tagged name wins over an untagged one", `{"type":"object","properties":{"B":{"type":"string"}},"required":["B"],"additionalProperties":false}`},
	"Deep":           {"the least nested wins", `{"type":"object","properties":{"L1":{"type":"integer"},"L2":{"type":"integer"},"L3":{"type":"boolean"}},"required":["L3","L2","L1"],"additionalProperties":false}`},
	"Twice":          {"a struct embedded twice annihilates its fields", `{"type":"object","properties":{"d":{"type":"integer"}},"required":["d"],"additionalProperties":false}`},
	"EmbeddedScalar": {"unexported embedded fields that are no structs are left out", `{"type":"object","properties":{"MyInt":{"type":"integer"},"Title":{"type":"string"}},"required":["MyInt","Title"],"additionalProperties":false}`},
	"Dash":           {"json:\"-,\" names a field \"-\"", `{"type":"object","properties":{"-":{"type":"integer"},"b":{"type":"integer"}},"required":["-","b"],"additionalProperties":false}`},
	"EmbeddedText":   {"a promoted UnmarshalText reads the whole struct", `{"type":"object","properties":{"Value":{"type":"string"}},"required":["Value"],"additionalProperties":false}`},
	"Address":        {"uintptr is an integer to encoding/json", `{"type":"object","properties":{"A":{"type":"integer","minimum":0}},"required":["A"],"additionalProperties":false}`},
	"Foreign":        {"url.URL is a struct to encoding/json", `{"type":"object","properties":{"URL":{"type":"object","properties":{"Scheme":{"type":"string"},"Opaque":{"type":"string"},"User":{"type":"object","additionalProperties":false},"Host":{"type":"string"},"Path":{"type":"string"},"Fragment":{"type":"string"},"RawQuery":{"type":"string"},"RawPath":{"type":"string"},"RawFragment":{"type":"string"},"ForceQuery":{"type":"boolean"},"OmitHost":{"type":"boolean"}},"required":["Scheme","Opaque","Host","Path","Fragment","RawQuery","RawPath","RawFragment","ForceQuery","OmitHost"],"additionalProperties":false},"UUID":{"type":"string","format":"uuid"},"Mask":{"type":"string","contentEncoding":"base64"}},"required":["URL","UUID","Mask"],"additionalProperties":false}`},
	"Levels":         {"slog.Level writes and reads its own text", `{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"},"c":{"type":"array","items":{"type":"string"}},"d":{"type":"object","additionalProperties":{"type":"integer"}},"e":{"type":"string","default":"INFO"}},"required":["a","c","d"],"additionalProperties":false}`},
	"Refs":           {"references of a tag keep our definitions", `{"type":"object","properties":{"p":{"$ref":"#/$defs/corpus.Point"},"q":{"$ref":"#/$defs/corpus.Point"},"a":{"anyOf":[{"$ref":"#/$defs/corpus.Point"},{"$ref":"#/$defs/corpus.Node"}]},"l":{"type":"array","items":{"oneOf":[{"$ref":"#/$defs/corpus.Point"}]}},"n":{"type":"array","items":{"$ref":"#/$defs/corpus.Node"}}},"required":["p","q","a","l","n"],"additionalProperties":false,"$defs":{"corpus.Node":{"type":"object","description":"Node refers to itself.","properties":{"name":{"type":"string"},"kids":{"type":"array","items":{"$ref":"#/$defs/corpus.Node"}},"next":{"$ref":"#/$defs/corpus.Node"},"by":{"type":"object","additionalProperties":{"$ref":"#/$defs/corpus.Node"}}},"required":["name","kids"],"additionalProperties":false},"corpus.Point":{"type":"object","description":"Point is used in many places.","properties":{"x":{"type":"number"},"y":{"type":"number"}},"required":["x","y"],"additionalProperties":false}}}`},
}

func tagged(f reflect.StructField, keyword string) bool {
	c := comparison{field: &f}
	return c.tag(keyword)
}

func (c *comparison) dropRequired(is func(structField) bool) {
	required := stringsOf(c.theirs["required"])
	fields := fieldsOf(c.typ)
	var left []any
	for _, name := range required {
		if f, ok := fields[name]; !ok || !is(f) {
			left = append(left, name)
		}
	}
	delete(c.theirs, "required")
	if len(left) > 0 {
		c.theirs["required"] = left
	}
}

func isCustom(s object) bool { return s["x-custom"] == true || s["allOf"] != nil && describesItself(s) }

func withoutNull(c *comparison) {
	switch types := typesOf(c.ours); {
	case len(types) == 1:
		c.ours["null"] = "is refused"
	case slices.Contains(types, "null"):
		c.ours["type"] = types[0]
		if list, ok := c.ours["enum"].([]any); ok {
			if list[len(list)-1] != nil {
				c.ours["null"] = "is refused by the enum"
			} else {
				c.ours["enum"] = list[:len(list)-1]
			}
		}
	case c.ours["anyOf"] != nil:
		list := c.ours["anyOf"].([]any)
		inner := maps.Clone(asObject(list[0]))
		for k, v := range c.ours {
			if k != "anyOf" {
				inner[k] = v
			}
		}
		c.ours = inner
	}
}

func keep(s object, keys ...string) object {
	c := object{}
	for _, k := range keys {
		if v, ok := s[k]; ok {
			c[k] = v
		}
	}
	return c
}

func intRange(t reflect.Type) (low, high string) {
	switch t.Kind() {
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return "0", ""
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return "0", fmt.Sprint(uint64(1)<<t.Bits() - 1)
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return fmt.Sprint(-int64(1) << (t.Bits() - 1)), fmt.Sprint(int64(1)<<(t.Bits()-1) - 1)
	}
	return "", ""
}

// asObject reads a schema; the Reflector writes true for the one that admits everything.
func asObject(v any) object {
	if m, ok := v.(object); ok {
		return maps.Clone(m)
	}
	return object{}
}

type structField struct {
	reflect.StructField
	indirect bool
}

// fieldsOf finds fields by JSON name, for types without conflicts.
func fieldsOf(t reflect.Type) map[string]structField {
	fields := map[string]structField{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			for n, sub := range fieldsOf(inner) {
				sub.indirect = sub.indirect || f.Type.Kind() == reflect.Pointer
				fields[n] = sub
			}
			continue
		}
		if name == "" {
			name = f.Name
		}
		fields[name] = structField{StructField: f}
	}
	return fields
}

// comparer walks two schemas of a type side by side.
type comparer struct {
	ours, theirs object
	seen         map[string]bool
	used         map[string]int
	wrong        []string
}

var structural = []string{"properties", "items", "additionalProperties", "$defs", "$schema", "$ref"}

// deref follows references; what stands beside one wins over what it leads to.
func deref(root, s object) object {
	for range 10 {
		if _, ok := s["$ref"].(string); !ok {
			return s
		}
		_, target := resolve(root, "", s)
		if target == nil {
			return object{"$ref": "dangling"}
		}
		merged := maps.Clone(target)
		for k, v := range s {
			if k != "$ref" {
				merged[k] = v
			}
		}
		s = merged
	}
	return s
}

func (w *comparer) compare(at string, c comparison) {
	for c.typ.Kind() == reflect.Pointer {
		c.typ = c.typ.Elem()
	}
	c.ours, c.theirs = maps.Clone(deref(w.ours, c.ours)), maps.Clone(deref(w.theirs, c.theirs))
	key := fmt.Sprint(c.typ, c.field, c.inner, c.ours)
	if w.seen[key] {
		return
	}
	w.seen[key] = true
	if kind := c.typ.Kind(); c.field != nil && !c.inner && c.typ.Name() != "" && (kind == reflect.Slice || kind == reflect.Array || kind == reflect.Map) && !isCustom(c.ours) && !c.implements(textType) {
		w.redeclare(&c)
	}
	for _, r := range rows {
		if !r.applies(&c) {
			continue
		}
		before := fmt.Sprintf("%#v %#v", c.ours, c.theirs)
		r.edit(&c)
		c.ours, c.theirs = maps.Clone(deref(w.ours, c.ours)), maps.Clone(deref(w.theirs, c.theirs))
		if fmt.Sprintf("%#v %#v", c.ours, c.theirs) != before {
			w.used[r.rule]++
		}
	}
	ours, theirs := maps.Clone(c.ours), maps.Clone(c.theirs)
	for _, k := range structural {
		delete(ours, k)
		delete(theirs, k)
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		w.wrong = append(w.wrong, fmt.Sprintf("%s (-Reflector +ours):\n%s", at, diff))
	}
	if !isCustom(c.ours) {
		w.children(at, c)
	}
}

// redeclare has the Reflector see a declared list without its name. Declared lists are definitions to it; ours stay in place,
// so that a field's keywords reach them.
func (w *comparer) redeclare(c *comparison) {
	var plain reflect.Type
	switch c.typ.Kind() {
	case reflect.Slice:
		plain = reflect.SliceOf(c.typ.Elem())
	case reflect.Array:
		plain = reflect.ArrayOf(c.typ.Len(), c.typ.Elem())
	default:
		plain = reflect.MapOf(c.typ.Key(), c.typ.Elem())
	}
	if plain.Kind() == reflect.Slice && c.typ.Elem() == c.typ || plain.Kind() == reflect.Map && c.typ.Elem() == c.typ || c.is(reflect.TypeFor[json.RawMessage]()) {
		return
	}
	t := reflect.StructOf([]reflect.StructField{{Name: "V", Type: plain, Tag: reflect.StructTag(strings.Replace(string(c.field.Tag), `json:"`, `json:"V`, 1))}})
	got := reflected(t)
	for _, s := range asObject(got["properties"]) {
		c.theirs = deref(got, asObject(s))
		w.used["keywords reach a declared list"]++
	}
}

func (w *comparer) children(at string, c comparison) {
	switch c.typ.Kind() {
	case reflect.Struct:
		a, b := asObject(c.ours["properties"]), asObject(c.theirs["properties"])
		if diff := cmp.Diff(slices.Sorted(maps.Keys(b)), slices.Sorted(maps.Keys(a))); diff != "" {
			w.wrong = append(w.wrong, fmt.Sprintf("%s: properties (-Reflector +ours):\n%s", at, diff))
		}
		if len(a) > 0 && c.ours["additionalProperties"] != c.theirs["additionalProperties"] {
			w.wrong = append(w.wrong, fmt.Sprintf("%s: additionalProperties %v, the Reflector %v", at, c.ours["additionalProperties"], c.theirs["additionalProperties"]))
		}
		fields := fieldsOf(c.typ)
		for name := range a {
			if f, ok := fields[name]; ok && b[name] != nil {
				w.compare(at+"/"+name, comparison{ours: asObject(a[name]), theirs: asObject(b[name]), typ: f.Type, field: &f.StructField})
			}
		}
	case reflect.Slice, reflect.Array:
		a, okA := c.ours["items"]
		b, okB := c.theirs["items"]
		if okA != okB {
			w.wrong = append(w.wrong, fmt.Sprintf("%s: items %v, the Reflector %v", at, a, b))
		} else if okA {
			w.compare(at+"/[]", comparison{ours: asObject(a), theirs: asObject(b), typ: c.typ.Elem(), field: c.field, inner: true})
		}
	case reflect.Map:
		w.compare(at+"/*", comparison{ours: asObject(c.ours["additionalProperties"]), theirs: asObject(c.theirs["additionalProperties"]), typ: c.typ.Elem(), inner: true})
	}
}

var odd = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// reflected is the Reflector's schema of t, with names that can't collide.
func reflected(t reflect.Type) object {
	r := jsonschema.Reflector{Anonymous: true, Namer: func(t reflect.Type) string {
		if t.Name() == "" {
			return ""
		}
		return path.Base(t.PkgPath()) + "." + odd.ReplaceAllString(t.Name(), "-")
	}}
	b, err := json.Marshal(r.ReflectFromType(t))
	if err != nil {
		panic(err)
	}
	root := decode(b).(object)
	return deref(root, root)
}

// TestTagsMeanWhatTheReflectorMakesOfThem compares input schemas with invopop's, apart from the rows of the table.
func TestTagsMeanWhatTheReflectorMakesOfThem(t *testing.T) {
	used := map[string]int{}
	compared := 0
	for _, s := range subjects(t) {
		if _, ok := different[s.Name]; ok {
			continue
		}
		compared++
		for _, w := range compareReflector(s, s.derive(t, schema.Input), reflected(s.Type), used) {
			t.Errorf("%s (%s, %s, %s): %s", s.Name, s.Kind, s.Tag, s.Position, w)
		}
	}
	for _, r := range rows {
		if used[r.rule] == 0 {
			t.Errorf("row %q is never used", r.rule)
		}
		t.Logf("%5d× %s: %s", used[r.rule], r.rule, r.reason)
	}
	t.Logf("%5d× keywords reach a declared list", used["keywords reach a declared list"])
	t.Logf("%d types compared, %d left to encoding/json", compared, len(different))
}

// TestEncodingJSONDecidesTheFields holds the types that the Reflector reads otherwise against schemas written by hand.
func TestEncodingJSONDecidesTheFields(t *testing.T) {
	found := 0
	for _, s := range subjects(t) {
		want, ok := different[s.Name]
		if !ok {
			continue
		}
		found++
		if diff := cmp.Diff(decode([]byte(want.schema)), any(s.derive(t, schema.Input))); diff != "" {
			t.Errorf("%s, where %s (-want +got):\n%s", s.Name, want.reason, diff)
		}
	}
	if found != len(different) {
		t.Errorf("%d of %d types are in the corpus", found, len(different))
	}
}

func compareReflector(s subject, ours, theirs object, used map[string]int) []string {
	w := comparer{ours: ours, theirs: theirs, seen: map[string]bool{}, used: used}
	w.compare("", comparison{ours: ours, theirs: theirs, typ: s.Type})
	return w.wrong
}
