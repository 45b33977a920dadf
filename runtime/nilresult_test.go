package xmcp

import (
	"context"
	"strings"
	"testing"
)

func TestNilResultsFitTheirSchemas(t *testing.T) {
	const object = `{"type":"object"}`
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "pointer", Description: "Nil.", OutputSchema: object, Handler: HandleToolNoInput(func(context.Context) (*greetInput, error) { return nil, nil })})
		r.AddTool(ToolItem{Name: "map", Description: "Nil.", OutputSchema: object, Handler: HandleToolNoInput(func(context.Context) (map[string]int, error) { return nil, nil })})
		r.AddTool(ToolItem{Name: "slice", Description: "Nil.", OutputSchema: `{"type":["array","null"]}`, Handler: HandleToolNoInput(func(context.Context) ([]int, error) { return nil, nil })})
	})
	for tool, want := range map[string]string{
		"pointer": `"text":"the tool returned neither a value nor an error"}],"isError":true}`,
		"map":     `"structuredContent":{}}`,
		"slice":   `"structuredContent":{"result":null}}`,
	} {
		if _, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`"}}`, nil); !strings.Contains(body, want) {
			t.Errorf("%s: %s", tool, body)
		}
	}
}
