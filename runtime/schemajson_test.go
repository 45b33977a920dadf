package xmcp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSchemaJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"an object stays", `{"type":"string","minLength":2}`, `{"minLength":2,"type":"string"}`},
		{"true is the empty schema", `true`, `{}`},
		{"false refuses everything", `false`, `{"not":{}}`},
		{"identity goes", `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","type":"null"}`, `{"type":"null"}`},
		{"a root reference is resolved", `{"$ref":"#/$defs/P","$defs":{"P":{"type":"integer"}}}`, `{"type":"integer"}`},
		{"references inside too", `{"items":{"$ref":"#/$defs/A"},"$defs":{"A":{"$ref":"#/$defs/B"},"B":{"type":"integer"}}}`, `{"items":{"type":"integer"}}`},
		{"neighbours stay", `{"items":{"$ref":"#/$defs/A","title":"a","allOf":[{}]},"$defs":{"A":{"type":"integer"}}}`,
			`{"items":{"allOf":[{"type":"integer"},{}],"title":"a"}}`},
		{"data is not resolved", `{"default":{"$ref":"x"},"enum":[{"$ref":"y"}]}`, `{"default":{"$ref":"x"},"enum":[{"$ref":"y"}]}`},
		{"numbers stay", `{"maximum":12345678901234567890,"multipleOf":0.10}`, `{"maximum":12345678901234567890,"multipleOf":0.10}`},
		{"escaped names", `{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"integer"}}}`, `{"type":"integer"}`},
		{"a reference to true", `{"$ref":"#/$defs/A","$defs":{"A":true}}`, `{}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SchemaJSON(json.RawMessage(tt.in)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestSchemaJSONFailureStopsTheStart(t *testing.T) {
	bomb := `{"$ref":"#/$defs/0","$defs":{`
	for i := range 40 {
		bomb += fmt.Sprintf(`"%d":{"anyOf":[{"$ref":"#/$defs/%d"},{"$ref":"#/$defs/%d"}]},`, i, i+1, i+1)
	}
	bomb += `"40":{}}}`
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"no schema", 3, "a schema is an object, not 3"},
		{"no JSON", func() {}, "unsupported type"},
		{"recursive", json.RawMessage(`{"$ref":"#/$defs/A","$defs":{"A":{"items":{"$ref":"#/$defs/A"}}}}`), `the definition "A" is recursive`},
		{"recursive at the root", json.RawMessage(`{"items":{"$ref":"#"}}`), "it is recursive"},
		{"dangling", json.RawMessage(`{"$ref":"#/$defs/A"}`), `the reference "#/$defs/A" leads nowhere`},
		{"exponential", json.RawMessage(bomb), "too often"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRegistry()
			r.AddTool(ToolItem{
				Name: "near", Description: "Finds what is near.", Position: "src/tools/near.go:7",
				InputSchema: `{"type":"object","properties":{"at":` + SchemaJSON(tt.in) + `}}`,
				Handler:     HandleToolBare(nil),
			})
			_, err := New(r, Config{Name: "test"})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "src/tools/near.go:7") {
				t.Errorf("New returned %v, want an error with the position and %q", err, tt.want)
			}
		})
	}
}
