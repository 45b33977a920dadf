package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestShapeOf(t *testing.T) {
	for schema, want := range map[string]string{
		`{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"},"c":{}},"required":["b"]}`: "{b: string, a?: integer, c?: any}",
		`{"type":"object"}`: "{}",
		`{"type":"object","additionalProperties":false}`:             "{}",
		`{"type":"object","additionalProperties":{"type":"number"}}`: "map of number",
		`{"type":["array","null"],"items":{"type":"string"}}`:        "string[] | null",
		`{"type":"array","items":{"type":["string","null"]}}`:        "(string | null)[]",
		`{"type":"array"}`: "any[]",
		`{"anyOf":[{"type":"string","format":"date"},{"const":7}]}`: "date | 7",
		`{"enum":["a",1,null]}`:                                     `"a" | 1 | null`,
		`{"enum":[1,2,3,4,5,6,7]}`:                                  "1 | 2 | 3 | 4 | 5 | 6 | …",
		`{"$ref":"#/$defs/x.Y","$defs":{"x.Y":{"type":"boolean"}}}`: "boolean",
		`{"$ref":"https://example.com/"}`:                           "any",
		`{"type":"object","properties":{"next":{"$ref":"#/$defs/x.N"}},"$defs":{"x.N":{"type":"object","properties":{"next":{"$ref":"#/$defs/x.N"}}}}}`: "{next?: {next?: {…}}}",
		`true`: "any",
		`7`:    "?",
	} {
		if got := shapeOf(json.RawMessage(schema)); got != want {
			t.Errorf("%s: %s, want %s", schema, got, want)
		}
	}
}

// A schema that would make a line of a billion parts makes a short one.
func TestShapeIsBounded(t *testing.T) {
	var properties []string
	for i := range 300 {
		properties = append(properties, fmt.Sprintf(`"p%d":{"$ref":"#/$defs/d"}`, i))
	}
	object := `{"type":"object","properties":{` + strings.Join(properties, ",") + `}}`
	got := shapeOf(json.RawMessage(`{"$ref":"#/$defs/d","$defs":{"d":` + object + `}}`))
	if len(got) > 20_000 || !strings.Contains(got, "…") {
		t.Errorf("%d bytes", len(got))
	}
	if got := shapeOf(json.RawMessage(`{"$ref":"#"}`)); len(got) > 100 {
		t.Errorf("got %s", got)
	}
}
