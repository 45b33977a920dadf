package pages

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Bounds on how much of a schema is written in words; the whole of it follows as JSON.
const (
	maxNesting    = 4
	maxProperties = 200
)

// property is one line of a schema in words.
type property struct {
	path        string // "address.street", "tags[]"
	kind        string // "string", "list of integer"
	required    bool
	description string
	rules       []string // "at least 1", "one of a, b"
}

// object is a schema of which parts are read.
type object []wire.Member

// parse reads an object; the work of a description is bounded, since references can lead to the same place over and over.
func (d *description) parse(schema []byte) object {
	if d.work -= len(schema); d.work < 0 {
		return nil
	}
	members, err := wire.AppendMembers(nil, schema, wire.MaxDepth)
	if err != nil {
		return nil // true, false, or no schema at all: nothing to say
	}
	return members
}

func (o object) get(key string) []byte {
	for _, m := range o {
		if string(m.Key) == key {
			return m.Value
		}
	}
	return nil
}

func (o object) text(key string) string {
	s, err := wire.Unquote(o.get(key))
	if err != nil {
		return ""
	}
	return s
}

// describe lists the properties of a schema, those of objects and lists within it after their own line.
func describe(schema string) []property {
	d := description{work: 50*len(schema) + 10_000}
	root := d.parse([]byte(schema))
	d.root = root
	if root.text("type") == "array" || root.get("items") != nil {
		d.value("[]", root.get("items"), false, 0)
	} else {
		d.properties("", root, 0)
	}
	return d.list
}

type description struct {
	root object
	work int // bytes that may still be read
	list []property
}

func (d *description) properties(prefix string, o object, depth int) {
	o = d.resolve(o)
	var required []string
	_ = json.Unmarshal(o.get("required"), &required) // without a list nothing is required
	for _, m := range d.parse(o.get("properties")) {
		name, needed := string(m.Key), false
		for _, r := range required {
			needed = needed || r == name
		}
		if prefix != "" {
			name = prefix + "." + name
		}
		d.value(name, m.Value, needed, depth)
	}
}

func (d *description) value(path string, schema []byte, required bool, depth int) {
	if len(d.list) >= maxProperties {
		return
	}
	o := d.parse(schema)
	p := property{path: path, required: required, description: o.text("description")}
	o = d.resolve(o)
	if p.description == "" {
		p.description = o.text("description")
	}
	p.kind, p.rules = d.kind(o, 0), rules(o)
	d.list = append(d.list, p)
	if depth+1 >= maxNesting {
		return
	}
	if items := d.resolve(d.parse(o.get("items"))); items != nil {
		d.properties(path+"[]", items, depth+1)
		return
	}
	d.properties(path, o, depth+1)
}

// resolve follows references within the schema; recursive ones end with the bound on nesting.
func (d *description) resolve(o object) object {
	for range maxNesting {
		ref := o.text("$ref")
		if !strings.HasPrefix(ref, "#") {
			return o
		}
		at := d.root
		for part := range strings.SplitSeq(strings.TrimPrefix(ref[1:], "/"), "/") {
			if part != "" {
				at = d.parse(at.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(part)))
			}
		}
		o = at
	}
	return o
}

// kind is the type of a schema in words.
func (d *description) kind(o object, depth int) string {
	var types []string
	if one := o.text("type"); one != "" {
		types = []string{one}
	} else if json.Unmarshal(o.get("type"), &types) != nil || len(types) == 0 {
		switch {
		case o.get("enum") != nil:
			return "choice"
		case o.get("anyOf") != nil, o.get("oneOf") != nil:
			return d.alternatives(o, depth)
		}
		return "anything"
	}
	for i, t := range types {
		if t == "array" && depth < maxNesting {
			if items := o.get("items"); items != nil {
				types[i] = "list of " + d.kind(d.resolve(d.parse(items)), depth+1)
			} else {
				types[i] = "list"
			}
		}
	}
	return strings.Join(types, " or ")
}

func (d *description) alternatives(o object, depth int) string {
	var list []json.RawMessage
	if d.work -= len(o.get("anyOf")) + len(o.get("oneOf")); d.work < 0 {
		return "anything"
	}
	if json.Unmarshal(o.get("anyOf"), &list) != nil {
		_ = json.Unmarshal(o.get("oneOf"), &list) // then there are none
	}
	var kinds []string
	seen := map[string]bool{}
	for _, raw := range list[:min(len(list), 10)] {
		kind := "anything"
		if depth < maxNesting {
			kind = d.kind(d.resolve(d.parse(raw)), depth+1)
		}
		if !seen[kind] {
			seen[kind] = true
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds, " or ")
}

// worded are the keywords that are said in words, in their order.
var worded = [...]struct{ key, before, after string }{
	{"const", "always ", ""},
	{"minLength", "at least ", " characters"}, {"maxLength", "at most ", " characters"},
	{"minimum", "at least ", ""}, {"exclusiveMinimum", "more than ", ""},
	{"maximum", "at most ", ""}, {"exclusiveMaximum", "less than ", ""}, {"multipleOf", "a multiple of ", ""},
	{"minItems", "at least ", " elements"}, {"maxItems", "at most ", " elements"},
	{"format", "", ""}, {"pattern", "matches ", ""}, {"default", "default ", ""},
}

func rules(o object) []string {
	var list []string
	var enum []json.RawMessage
	if json.Unmarshal(o.get("enum"), &enum) == nil && len(enum) > 0 {
		values := make([]string, 0, min(len(enum), 30))
		for _, v := range enum[:min(len(enum), 30)] {
			values = append(values, string(v))
		}
		text := "one of " + strings.Join(values, ", ")
		if more := len(enum) - len(values); more > 0 {
			text += " and " + strconv.Itoa(more) + " more"
		}
		list = append(list, text)
	}
	for _, w := range worded {
		if v := o.get(w.key); v != nil {
			text := string(v)
			if s, err := wire.Unquote(v); err == nil && w.key != "default" && w.key != "const" {
				text = s
			}
			list = append(list, w.before+text+w.after)
		}
	}
	return list
}
