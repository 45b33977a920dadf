package xmcp

import (
	"context"
	"strings"
	"testing"
)

// A schema of the caller's own may have any form of an enum that a revision of the protocol knows.
func TestElicitRaw(t *testing.T) {
	const schema = `{"type":"object","properties":{` +
		`"plain":{"type":"string","enum":["a","b"]},` +
		`"titled":{"type":"string","oneOf":[{"const":"a","title":"A"},{"const":"b","title":"B"}]},` +
		`"legacy":{"type":"string","enum":["a","b"],"enumNames":["A","B"]},` +
		`"several":{"type":"array","items":{"anyOf":[{"const":"a","title":"A"},{"const":"b","title":"B"}]}}},"required":["plain"]}`
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "ask", Description: "Asks.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
			answer, err := ElicitRaw(ctx, "choice", "Choose", schema)
			return string(answer), err
		})})
	})
	_, got := callModern(t, s, "ask", `{"elicitation":{}}`, "")
	if params := string(got.Result.InputRequests["choice"].Params); !strings.Contains(params, schema) {
		t.Fatalf("the client is asked %s, want the schema as it was given: %s", params, schema)
	}
	for _, tt := range []struct {
		content string
		fits    bool
	}{
		{`{"plain":"a","titled":"b","legacy":"a","several":["a","b"]}`, true},
		{`{"plain":"b"}`, true},
		{`{"plain":"A"}`, false},
		{`{"plain":"a","titled":"B"}`, false},
		{`{"plain":"a","legacy":"A"}`, false},
		{`{"plain":"a","several":["c"]}`, false},
		{`{}`, false},
		{`null`, false},
		{`"a"`, false},
	} {
		_, got := callModern(t, s, "ask", `{"elicitation":{}}`, `,"inputResponses":{"choice":{"action":"accept","content":`+tt.content+`}}`)
		switch {
		case tt.fits && (got.Result.ResultType != "complete" || len(got.Result.Content) != 1 || got.Result.Content[0].Text != tt.content):
			t.Errorf("%s: %+v, want the answer back", tt.content, got)
		case !tt.fits && got.Result.ResultType != "input_required":
			t.Errorf("%s: %+v, want the question again", tt.content, got)
		}
	}
}
