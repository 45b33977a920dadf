package compare

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// annotations say something and refuse nothing (JSON Schema 2020-12, validation, section 9; content, section 8).
var annotationKeywords = []string{
	"title", "description", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "contentEncoding", "contentMediaType", "contentSchema",
}

// structural keywords give parts of a schema a name and refuse nothing by themselves.
var structuralKeywords = []string{"$defs", "definitions", "$schema", "$id", "$anchor", "$vocabulary"}

func isAnnotation(key string) bool {
	return slices.Contains(annotationKeywords, key) || strings.HasPrefix(key, "x-") && key != typeKeyword && key != headerKeyword
}

// parse reads a schema; what is none says nothing, as true does.
func parse(raw json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return true
	}
	return v
}

// canonical is equal for equal schemas, whatever the order of their keys. It is not the canonical form of any standard.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // unreachable: the value was decoded from JSON
	}
	return string(b)
}

// node is a schema with its references followed and its allOf put together.
type node struct {
	keys map[string]any
	// id tells the place in the document from others, so that a recursion ends; zero is no place.
	id uintptr
}

func (n node) has(key string) bool { _, ok := n.keys[key]; return ok }

// document resolves references within one schema.
type document struct {
	root any
	work int // steps taken
}

// maxReferences bounds a chain of references, and how deep allOf may lie in allOf; maxWork bounds all of them together.
const (
	maxReferences = 32
	maxWork       = 50_000
)

func (d *document) node(v any) node { return d.follow(v, 0) }

func (d *document) follow(v any, depth int) node {
	m, ok := v.(map[string]any)
	switch {
	case !ok && v == false:
		return node{keys: map[string]any{"not": map[string]any{}}}
	case !ok:
		return node{keys: map[string]any{}}
	}
	n := node{keys: m, id: reflect.ValueOf(m).Pointer()}
	if d.work++; depth > maxReferences || d.work > maxWork {
		return n
	}
	if ref, ok := m["$ref"].(string); ok {
		if target, found := d.lookup(ref); found {
			n = d.merge(omit(m, "$ref"), n.id, d.follow(target, depth+1))
		}
	}
	if all, ok := n.keys["allOf"].([]any); ok {
		n.keys = omit(n.keys, "allOf")
		for _, part := range all {
			n = d.merge(n.keys, n.id, d.follow(part, depth+1))
		}
	}
	return n
}

func omit(m map[string]any, key string) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// merge is the schema that holds for what both hold for. What cannot be put together stays in allOf, and is compared as it stands.
// Texts of the one that refers win. Where there is nothing else to it, the result is at the place of the one that is referred to.
func (d *document) merge(own map[string]any, id uintptr, other node) node {
	out := node{keys: make(map[string]any, len(own)+len(other.keys)), id: other.id}
	for k, v := range other.keys {
		out.keys[k] = v
	}
	for k, v := range own {
		if !isAnnotation(k) && k != "default" && !slices.Contains(structuralKeywords, k) {
			out.id = id
		}
		there, both := out.keys[k]
		switch {
		case !both || isAnnotation(k) || k == "default" || slices.Contains(structuralKeywords, k) || canonical(there) == canonical(v):
			out.keys[k] = v
		case k == "properties" && disjoint(there, v):
			out.keys[k] = joined(there, v)
		case k == "required":
			out.keys[k] = union(there, v)
		default:
			rest, _ := out.keys["allOf"].([]any)
			out.keys["allOf"] = append(slices.Clip(rest), map[string]any{k: v})
		}
	}
	return out
}

func disjoint(a, b any) bool {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if !aok || !bok {
		return false
	}
	for k := range am {
		if _, both := bm[k]; both {
			return false
		}
	}
	return true
}

func joined(a, b any) map[string]any {
	out := map[string]any{}
	for _, m := range []any{a, b} {
		for k, v := range m.(map[string]any) {
			out[k] = v
		}
	}
	return out
}

func union(a, b any) []any {
	al, _ := a.([]any)
	bl, _ := b.([]any)
	return slices.Concat(al, bl)
}

// lookup follows a reference inside of the document: "#", or a JSON Pointer behind it (RFC 6901).
func (d *document) lookup(ref string) (any, bool) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, false
	}
	pointer, err := url.PathUnescape(pointer)
	if err != nil {
		return nil, false
	}
	at := d.root
	if pointer == "" {
		return at, true
	}
	if !strings.HasPrefix(pointer, "/") {
		return nil, false
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch v := at.(type) {
		case map[string]any:
			if at, ok = v[token]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// step is the name of a property in a path.
func step(name string) string {
	plain := name != ""
	for _, r := range name {
		if r != '_' && r != '-' && r != '$' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			plain = false
		}
	}
	if plain {
		return name
	}
	return quoted(name)
}
