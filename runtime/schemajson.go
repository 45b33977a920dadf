package xmcp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// schemaFailed begins what [SchemaJSON] returns in place of a schema that it cannot make. No JSON has that character.
const schemaFailed = "\x00schema: "

// maxInlined bounds how often definitions are put in place, since few of them can make many.
const maxInlined = 10_000

// SchemaJSON is for generated code: it writes what a type's JSONSchema method returned, so that it can stand inside of a larger schema. The
// value is anything that encoding/json writes as a JSON Schema. Its own $defs are put in place, since references would point into the
// larger schema. A schema that cannot be used (recursive, or no schema at all) makes the item that holds it fail when the
// server starts.
func SchemaJSON(v any) string {
	data, err := inlineSchema(v)
	if err != nil {
		return schemaFailed + fmt.Sprintf("JSONSchema() of the type behind %T: %v", v, err) + "\x00"
	}
	return string(data)
}

// schemaFailure returns the failure that SchemaJSON left in a schema.
func schemaFailure(schema string) error {
	_, text, ok := strings.Cut(schema, schemaFailed)
	if !ok {
		return nil
	}
	text, _, _ = strings.Cut(text, "\x00")
	return errors.New(text)
}

func inlineSchema(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // 1e400 and 0.10 stay as they are
	var root any
	if err := dec.Decode(&root); err != nil {
		return nil, err
	}
	switch root := root.(type) {
	case bool:
		if root {
			return []byte(`{}`), nil
		}
		return []byte(`{"not":{}}`), nil
	case map[string]any:
		in := inliner{}
		in.defs, _ = root["$defs"].(map[string]any)
		out, err := in.schema(root)
		if err != nil {
			return nil, err
		}
		object, ok := out.(map[string]any)
		if !ok { // the root is a reference to true or false
			return inlineSchema(out)
		}
		for _, key := range [...]string{"$schema", "$id", "$defs"} {
			delete(object, key)
		}
		return json.Marshal(object)
	}
	return nil, fmt.Errorf("a schema is an object, not %s", raw)
}

// inliner puts definitions in the place of references to them.
type inliner struct {
	defs  map[string]any
	open  []string // the definitions that are being put in place
	count int
}

func (in *inliner) schema(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = in.schema(v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if key == "$defs" || key == "$ref" {
				continue
			}
			// What follows these keywords is data, not a schema.
			if key == "const" || key == "enum" || key == "default" || key == "examples" {
				out[key] = value
				continue
			}
			var err error
			if out[key], err = in.schema(value); err != nil {
				return nil, err
			}
		}
		if ref, ok := v["$ref"].(string); ok {
			return in.ref(ref, out)
		}
		return out, nil
	}
	return v, nil
}

// ref is the definition that ref names, with what stands beside the reference.
func (in *inliner) ref(ref string, beside map[string]any) (any, error) {
	name, ok := strings.CutPrefix(ref, "#/$defs/")
	def, known := in.defs[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	if !ok || !known {
		if ref == "#" {
			return nil, errors.New("it is recursive")
		}
		return nil, fmt.Errorf("the reference %q leads nowhere", ref)
	}
	if in.count++; in.count > maxInlined {
		return nil, errors.New("its definitions use each other too often")
	}
	for _, open := range in.open {
		if open == name {
			return nil, fmt.Errorf("the definition %q is recursive", name)
		}
	}
	in.open = append(in.open, name)
	inlined, err := in.schema(def)
	in.open = in.open[:len(in.open)-1]
	if err != nil {
		return nil, err
	}
	delete(beside, "$schema")
	delete(beside, "$id")
	if len(beside) == 0 {
		return inlined, nil
	}
	// Before 2019-09 the neighbours of a reference were ignored; with allOf every draft sees both.
	out := maps.Clone(beside)
	all, _ := out["allOf"].([]any)
	out["allOf"] = append([]any{inlined}, all...)
	return out, nil
}
