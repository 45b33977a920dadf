package tools

import (
	"context"
	"encoding/json"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// JSONSchema202012ToolMetadata makes JSONSchema202012Tool a tool. Its schema says what no Go type can.
var JSONSchema202012ToolMetadata = xmcp.ToolMetadata{
	Name: "json_schema_2020_12_tool",
	InputSchema: `{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object",
		"$defs": {
			"address": {
				"$anchor": "addressDef",
				"type": "object",
				"properties": {"street": {"type": "string"}, "city": {"type": "string"}}
			}
		},
		"properties": {
			"name": {"type": "string"},
			"address": {"$ref": "#/$defs/address"},
			"contactMethod": {"type": "string", "enum": ["phone", "email"]},
			"phone": {"type": "string"},
			"email": {"type": "string"}
		},
		"allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
		"if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
		"then": {"required": ["phone"]},
		"else": {"required": ["email"]},
		"additionalProperties": false
	}`,
}

// JSONSchema202012Tool takes arguments by a JSON Schema of its own, and repeats them.
func JSONSchema202012Tool(_ context.Context, in json.RawMessage) (string, error) {
	return string(in), nil
}
