package codegen

import (
	"bytes"
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// derive fills in the schemas of an item and the arguments of a prompt or template. A raw schema of the metadata takes the
// place of a derived one.
func derive(p *model.Package, it *model.Item, diags *diag.List) {
	opts := schema.Options{Package: p.Path, Pos: it.Pos}
	switch {
	case it.Metadata.InputSchema != "":
		it.InputSchema = raw(it.Metadata.InputSchema)
	case it.In != nil:
		it.InputSchema = derived(schema.Input, it.In, opts, diags)
	}
	switch {
	case it.Metadata.OutputSchema != "":
		it.OutputSchema = raw(it.Metadata.OutputSchema)
	case it.Kind == model.Tool && it.Result == model.JSON:
		it.OutputSchema = derived(schema.Output, it.Out, opts, diags)
	}
	if it.Kind != model.Tool && it.In != nil {
		flat(it, opts, diags)
	}
}

func derived(from func(*model.Type, schema.Options) (*schema.Result, []diag.Diagnostic), t *model.Type, opts schema.Options, diags *diag.List) model.Schema {
	res, problems := from(t, opts)
	diags.Add(problems...)
	var parts model.Schema
	for _, p := range res.Parts {
		parts = append(parts, model.SchemaPart{JSON: p.Text, Custom: p.Custom})
	}
	return parts
}

// raw takes a schema as the user wrote it, without its line breaks. What is no JSON is reported by lint.
func raw(text string) model.Schema {
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return nil
	}
	return model.Schema{{JSON: b.String()}}
}

// flat lists the arguments of a prompt, which are texts (MCP 2025-11-25, server/prompts), or the variables of a template, which may be
// numbers and booleans too.
func flat(it *model.Item, opts schema.Options, diags *diag.List) {
	fields, problems := schema.Flat(it.In, it.Kind == model.Resource, opts)
	diags.Add(problems...)
	it.FlatFailed = len(problems) > 0
	for _, f := range fields {
		it.Arguments = append(it.Arguments, model.Argument{Pos: f.Field.Pos, Name: f.Name, Title: f.Title, Description: f.Description, Required: f.Required})
	}
}
