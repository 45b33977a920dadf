package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestElicitationSEP1330EnumsMetadata makes TestElicitationSEP1330Enums a tool.
var TestElicitationSEP1330EnumsMetadata = xmcp.ToolMetadata{Name: "test_elicitation_sep1330_enums"}

// choices has each form of an enum. It is raw since enumNames, a form of earlier revisions, has no tag.
const choices = `{
	"type": "object",
	"properties": {
		"untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
		"titledSingle": {"type": "string", "oneOf": [
			{"const": "value1", "title": "First Option"}, {"const": "value2", "title": "Second Option"}, {"const": "value3", "title": "Third Option"}
		]},
		"legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]},
		"untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
		"titledMulti": {"type": "array", "items": {"anyOf": [
			{"const": "value1", "title": "First Choice"}, {"const": "value2", "title": "Second Choice"}, {"const": "value3", "title": "Third Choice"}
		]}}
	}
}`

// TestElicitationSEP1330Enums asks the person by a form with each kind of choice.
func TestElicitationSEP1330Enums(ctx context.Context) (string, error) {
	answer, err := xmcp.ElicitRaw(ctx, "choices", "Please select options", choices)
	if err != nil {
		return "", err
	}
	return "Elicitation completed: " + string(answer), nil
}
