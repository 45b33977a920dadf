package codegen

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// noInput is the schema that the runtime lists for a tool without input.
const noInput = `{"type":"object","additionalProperties":false}`

// contractOf is what clients see of an app.
func contractOf(app *model.App) *contract.Contract {
	c := &contract.Contract{}
	for _, it := range app.Items(model.Tool) {
		c.Tools = append(c.Tools, contract.Tool{
			Name: it.Name, Title: it.Metadata.Title, Description: it.Description,
			Annotations: annotations(it.Metadata.Hints), Access: accessOf(it),
			InputSchema: lockedSchema(it.InputSchema, noInput), OutputSchema: lockedSchema(it.OutputSchema, ""),
			Position: positionOf(it),
		})
	}
	for _, it := range app.Items(model.Prompt) {
		p := contract.Prompt{Name: it.Name, Title: it.Metadata.Title, Description: it.Description, Access: accessOf(it), Position: positionOf(it)}
		for _, a := range it.Arguments {
			p.Arguments = append(p.Arguments, contract.Argument{Name: a.Name, Title: a.Title, Description: a.Description, Required: a.Required})
		}
		c.Prompts = append(c.Prompts, p)
	}
	for _, it := range app.Items(model.Resource) {
		r := contract.Resource{
			Name: it.Name, Title: it.Metadata.Title, Description: it.Description, MIMEType: mimeType(it),
			Audience: it.Metadata.Audience, Priority: it.Metadata.Priority, Access: accessOf(it), Position: positionOf(it),
		}
		switch {
		case it.FS:
			r.Folder = it.Metadata.URI
		case it.IsTemplate():
			r.URITemplate = it.Metadata.URI
		default:
			r.URI = it.Metadata.URI
		}
		c.Resources = append(c.Resources, r)
	}
	c.Sort()
	return c
}

func positionOf(it *model.Item) contract.Position {
	return contract.Position{File: it.Pos.File, Line: it.Pos.Line}
}

func accessOf(it *model.Item) contract.Access {
	return contract.Access{Scopes: it.Metadata.Scopes, Permissions: it.Metadata.Permissions, Hidden: it.Metadata.Visible == 1}
}

// mimeType is that of the contents, as the runtime completes what the metadata leaves out.
func mimeType(it *model.Item) string {
	if it.Metadata.MIMEType != "" || it.FS {
		return it.Metadata.MIMEType
	}
	switch {
	case it.Result == model.FullResult, it.Out.Kind == model.Interface: // the values say it
		return ""
	case it.Out.Kind == model.String:
		return "text/plain"
	case it.Result == model.Bytes:
		return "application/octet-stream"
	}
	return "application/json"
}

func annotations(hints map[string]int64) *contract.Annotations {
	claim := func(field string) *bool {
		switch hints[field] {
		case 1:
			return new(true)
		case 2:
			return new(false)
		}
		return nil
	}
	a := contract.Annotations{ReadOnly: claim("ReadOnly"), Destructive: claim("Destructive"), Idempotent: claim("Idempotent"), OpenWorld: claim("OpenWorld")}
	if a == (contract.Annotations{}) {
		return nil
	}
	return &a
}

// lockedSchema joins the parts of a schema. What only the running server knows is named by its type.
func lockedSchema(parts model.Schema, none string) json.RawMessage {
	if len(parts) == 0 {
		if none == "" {
			return nil
		}
		return json.RawMessage(none)
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Custom == nil {
			b.WriteString(p.JSON)
			continue
		}
		b.WriteString(`{` + strconv.Quote(contract.TypeKeyword) + `:` + strconv.Quote(p.Custom.String()) + `}`)
	}
	return json.RawMessage(b.String())
}
