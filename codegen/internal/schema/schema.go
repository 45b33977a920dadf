// Package schema derives JSON Schemas (2020-12) from the generator's type graph.
//
// # Two modes
//
// An input schema says what a caller may send: objects are closed, a field is required unless it has omitempty, omitzero, a
// default or is a pointer, null is refused, and all keywords of the jsonschema tag apply. It follows what encoding/json can
// decode. An output schema says what encoding/json can write: objects are open, a field is required when it is always
// written, nil pointers, slices and maps are null, and no keyword constrains a value, so that whatever a handler returns is
// valid by construction.
//
// # Sources of the rules
//
// Field names, promotion, shadowing and options follow encoding/json. The tag vocabulary is that of
// github.com/invopop/jsonschema: jsonschema, jsonschema_description and jsonschema_extras. A keyword that is unknown, stands on
// the wrong type or has a bad value is an error at its column, never ignored. The tests hold both as oracles.
//
// # Steps
//
// A type becomes a tree of nodes, with every declared struct set aside as a definition. Definitions that are used once are then put
// back in place, the others go to $defs. The result is invopop's Schema and its compact JSON, cut into [Part]s where a type
// answers for itself with a JSONSchema method that only the running server can call.
package schema

import (
	"github.com/invopop/jsonschema"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// Options say for whom a schema is derived. The zero value is usable.
type Options struct {
	// Package is the import path of the package whose generated file will hold the schema. A type with a JSONSchema method must
	// be one that it can name.
	Package string
	// Pos is where to report a problem that lies outside of the user's module: the handler.
	Pos diag.Pos
}

// Result is a derived schema.
type Result struct {
	// Schema is the schema as data. Where a type has a JSONSchema method of its own there is only {}.
	Schema *jsonschema.Schema
	// Parts make up the compact JSON of the schema, in order.
	Parts []Part
}

// Part is a piece of a schema's JSON: either text, or a type whose JSONSchema method says what belongs there.
type Part struct {
	Text   string
	Custom *model.Type
}

// JSON is the text of the schema with {} in the place of types that have a JSONSchema method, and whether there are none.
func (r *Result) JSON() (text string, complete bool) {
	complete = true
	for _, p := range r.Parts {
		if p.Custom != nil {
			text += "{}"
			complete = false
			continue
		}
		text += p.Text
	}
	return text, complete
}

// Input derives the schema of a handler's input, which is a struct. The result is never nil; when there are errors among the
// diagnostics it is of no use.
func Input(t *model.Type, opts Options) (*Result, []diag.Diagnostic) {
	d := newDeriver(input, opts)
	if t.Kind != model.Struct {
		d.report(place{path: t.String()}, diag.Errorf(diag.Pos{}, codeInputRoot, "input must be a struct, not %s", t).
			WithHint("wrap it: struct { Value %s `json:\"value\"` }", t))
		return d.finish(&node{typ: "object", closed: true}), d.diags
	}
	if c := d.codec(t, true); c.how != structural && c.custom == nil {
		d.report(place{path: t.String(), pos: t.Pos, inModule: t.InModule}, diag.Errorf(diag.Pos{}, codeInputRoot, "input %s decodes its own JSON, so its schema is unknown", t).
			WithHint("give %s a JSONSchema method, or write the schema into the metadata's InputSchema", t))
		return d.finish(&node{typ: "object", closed: true}), d.diags
	}
	return d.root(t)
}

// Output derives the schema of what a handler returns. A pointer to a struct and a map are described as the object they
// are, for a nil one is no result; everything else that encoding/json writes as null is nullable.
func Output(t *model.Type, opts Options) (*Result, []diag.Diagnostic) {
	return newDeriver(output, opts).root(t)
}
