package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

// walker goes through a schema of an input.
type walker struct {
	*reviewer
	root any
	refs map[string]bool // references that are being followed
	seen map[string]bool // references that were followed
}

// maxDepth bounds schemas that nobody wrote by hand.
const maxDepth = 200

func (r *reviewer) inputSchema(raw json.RawMessage) {
	root := decode(raw)
	w := &walker{reviewer: r, root: root, refs: map[string]bool{}, seen: map[string]bool{}}
	m, ok := root.(map[string]any)
	if !ok {
		r.add("schema-root", "input", "the schema is no object")
		return
	}
	if typ := m["type"]; typ != "object" && m["$ref"] == nil {
		r.add("schema-root", "input", `the schema has no "type": "object"`)
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf", "not", "if", "enum", "const", "$ref"} {
		if _, ok := m[key]; ok {
			r.add("schema-root", "input", "the schema has %s at its root", key)
		}
	}
	properties, _ := m["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !propertyName.MatchString(name) {
			r.add("property-name", "input."+name, "clients refuse the name")
		}
	}
	w.schema("input", m, 0)
}

var propertyName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)

// schemaTexts looks through the texts of a schema only.
func (r *reviewer) schemaTexts(path string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	w := &walker{reviewer: r}
	w.texts(path, decode(raw), 0)
}

func decode(raw json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	return v
}

// texts are all strings of a schema: models read values and names as well as descriptions.
func (w *walker) texts(path string, v any, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case string:
		w.text(path, v)
	case []any:
		for _, e := range v {
			w.texts(path, e, depth+1)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			w.text(path, key)
			w.texts(path, v[key], depth+1)
		}
	}
}

// unsupported are keywords that function calling of several models drops or refuses.
var unsupported = []string{
	"patternProperties", "propertyNames", "dependentSchemas", "dependentRequired", "unevaluatedProperties", "unevaluatedItems", "contains", "prefixItems",
	"if", "not", "$dynamicRef", "$anchor", "$id",
}

func (w *walker) schema(path string, v any, depth int) {
	m, ok := v.(map[string]any)
	if !ok || depth > maxDepth {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(unsupported, key) && (depth > 0 || key != "if" && key != "not") {
			w.add("keyword-unsupported", path, "uses %s", key)
		}
		switch value := m[key].(type) {
		case string:
			if key != "$ref" {
				w.text(path, value)
			}
		case []any:
			if key == "enum" || key == "examples" {
				w.texts(path, value, depth)
			}
		}
		if key == "default" || key == "const" {
			w.texts(path, m[key], depth)
		}
	}
	w.form(path, m)
	w.follow(path, m, depth)
	properties, _ := m["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		at := path + "." + name
		w.text(at, name)
		if p, ok := properties[name].(map[string]any); ok && !w.described(p) {
			w.add("argument-undescribed", at, "has no description")
		}
		w.schema(at, properties[name], depth+1)
	}
	w.schema(path+"[]", m["items"], depth+1)
	w.schema(path+".*", m["additionalProperties"], depth+1)
	for _, key := range []string{"anyOf", "oneOf", "allOf", "prefixItems"} {
		list, _ := m[key].([]any)
		for _, part := range list {
			w.schema(path, part, depth+1)
		}
	}
}

// described reports whether a property has a description, its own or that of what it refers to.
func (w *walker) described(p map[string]any) bool {
	if text, _ := p["description"].(string); strings.TrimSpace(text) != "" {
		return true
	}
	if ref, ok := p["$ref"].(string); ok {
		target, _ := w.lookup(ref).(map[string]any)
		text, _ := target["description"].(string)
		return strings.TrimSpace(text) != ""
	}
	_, own := p[contract.TypeKeyword]
	_, fixed := p["const"]
	return own || fixed
}

// form looks at the keywords of one schema.
func (w *walker) form(path string, m map[string]any) {
	switch typ := m["type"].(type) {
	case []any:
		w.add("type-list", path, "has the types %s", join(typ))
		if slices.Contains(typ, any("array")) && m["items"] == nil && m["prefixItems"] == nil {
			w.add("array-items", path, "is a list without a schema of its items")
		}
	case string:
		if typ == "array" && m["items"] == nil && m["prefixItems"] == nil {
			w.add("array-items", path, "is a list without a schema of its items")
		}
	}
	if list, ok := m["enum"].([]any); ok {
		if i := slices.IndexFunc(list, func(v any) bool { _, text := v.(string); return !text }); i >= 0 {
			w.add("enum-not-text", path, "has the value %v", list[i])
		}
	}
	if pattern, ok := m["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil {
			w.add("pattern-odd", path, "has the pattern %q", shorten(pattern))
		}
	}
}

func join(list []any) string {
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return strings.Join(all, ", ")
}

// follow goes where a reference leads, once.
func (w *walker) follow(path string, m map[string]any, depth int) {
	ref, ok := m["$ref"].(string)
	switch {
	case !ok:
	case !strings.HasPrefix(ref, "#"):
		w.add("reference-outside", path, "refers to %q", shorten(ref))
	case w.refs[ref]:
		w.add("schema-recursive", path, "contains %s again", shorten(ref))
	case w.seen[ref]:
	default:
		target := w.lookup(ref)
		if target == nil {
			w.add("reference-broken", path, "refers to %q, which is not there", shorten(ref))
			return
		}
		w.refs[ref], w.seen[ref] = true, true
		w.schema(path, target, depth+1)
		delete(w.refs, ref)
	}
}

// lookup follows a JSON Pointer (RFC 6901) within the schema; nil when nothing is there.
func (w *walker) lookup(ref string) any {
	if ref == "#" {
		return w.root
	}
	at := w.root
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok || !utf8.ValidString(pointer) {
		return nil
	}
	for token := range strings.SplitSeq(pointer, "/") {
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")]
	}
	return at
}
