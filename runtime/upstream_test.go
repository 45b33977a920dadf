package xmcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// contentOnly is another server whose only tool returns what it was made with as structured content.
type contentOnly string

func (contentOnly) Start(func(string, json.RawMessage)) error { return nil }
func (contentOnly) Stop()                                     {}
func (b contentOnly) Handle(_ context.Context, _ *UpstreamClient, message []byte) []byte {
	more := ""
	if strings.Contains(string(message), "2026-07-28") {
		more = `"resultType":"complete",`
	}
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{` + more + `"content":[],"structuredContent":` + string(b) + `,"isError":false}}`)
}

// Legacy clients take only objects as structured content, whoever made it.
func TestStructuredContentOfOthersIsAnObjectForLegacyClients(t *testing.T) {
	for content, legacy := range map[string]string{
		`[1,{"a":2}]`:   `{"result":[1,{"a":2}]}`,
		`"text"`:        `{"result":"text"}`,
		`null`:          `{"result":null}`,
		`{"result":[]}`: `{"result":[]}`,
	} {
		s := newTestServer(t, Config{MCP: contentOnly(content)}, greetTool)
		_, _, got := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"other"}}`, nil)
		if want := `"content":[],"structuredContent":` + legacy + `,"isError":false`; !strings.Contains(got, want) {
			t.Errorf("legacy: %s", got)
		}
		_, _, got = post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"other",`+modernMeta+`}}`,
			map[string]string{headerProtocol: "2026-07-28", headerMethod: "tools/call", headerName: "other"})
		if want := `"content":[],"structuredContent":` + content + `,"isError":false`; !strings.Contains(got, want) {
			t.Errorf("modern: %s", got)
		}
	}
}

// What another server asks of a client takes the same capabilities as what a handler asks.
func TestWhatQuestionsOfOthersTake(t *testing.T) {
	for _, tt := range []struct{ method, params, want string }{
		{"elicitation/create", `{"message":"?","requestedSchema":{}}`, `{"elicitation":{"form":{}}}`},
		{"elicitation/create", `{"mode":"form"}`, `{"elicitation":{"form":{}}}`},
		{"elicitation/create", `{"mode":"url","url":"https://example.com"}`, `{"elicitation":{"url":{}}}`},
		{"sampling/createMessage", `{"maxTokens":1}`, `{"sampling":{}}`},
		{"sampling/createMessage", `{"tools":[{"name":"t"}]}`, `{"sampling":{"tools":{}}}`},
		{"sampling/createMessage", `{"toolChoice":{"mode":"none"}}`, `{"sampling":{"tools":{}}}`},
		{"roots/list", ``, `{"roots":{}}`},
	} {
		if got := neededFor(tt.method, json.RawMessage(tt.params)).String(); got != tt.want {
			t.Errorf("%s %s takes %s, want %s", tt.method, tt.params, got, tt.want)
		}
	}
}

// askingOthers is another server whose only tool asks for what it was made with, and says how that ended.
type askingOthers struct{ method, params string }

func (askingOthers) Start(func(string, json.RawMessage)) error { return nil }
func (askingOthers) Stop()                                     {}
func (a askingOthers) Handle(_ context.Context, client *UpstreamClient, _ []byte) []byte {
	_, err := client.Ask(a.method, json.RawMessage(a.params))
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":%q}],"isError":true}}`, fmt.Sprint(errors.Is(err, ErrNotSupported)))
}

// A client is not asked by another server either for what it has not declared.
func TestOthersAskNothingUndeclared(t *testing.T) {
	for _, a := range []askingOthers{
		{"elicitation/create", `{"mode":"url","message":"?","url":"https://example.com"}`}, {"sampling/createMessage", `{"tools":[],"maxTokens":1}`}, {"roots/list", ""},
	} {
		p := newPipe(t.Context(), t, stdioServerWith(t, Config{MCP: a}, nil))
		p.send(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{},"sampling":{}},"clientInfo":{"name":"t","version":"1"}}}`)
		_ = p.receive()
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"other"}}`)
		if got := p.receive(); !strings.Contains(got, `"text":"true"`) {
			t.Errorf("%s %s: got %s", a.method, a.params, got)
		}
		_ = p.in.Close()
		if err := p.end(); err != nil {
			t.Error(err)
		}
	}
}

// A question without params is a message all the same.
func TestOthersAskWithoutParams(t *testing.T) {
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{MCP: askingOthers{method: "roots/list"}}, nil))
	p.send(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	_ = p.receive()
	p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"other"}}`)
	var asked struct {
		ID     string
		Method string
		Params map[string]any
	}
	if got := p.receive(); json.Unmarshal([]byte(got), &asked) != nil || asked.Method != "roots/list" || asked.Params == nil {
		t.Errorf("got %s", got)
	}
	p.send(`{"jsonrpc":"2.0","id":%q,"result":{"roots":[]}}`, asked.ID)
	if got := p.receive(); !strings.Contains(got, `"text":"false"`) {
		t.Errorf("got %s", got)
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// brokenLines is another server that writes its JSON over several lines, as people have it in files.
type brokenLines struct{}

func (brokenLines) Start(func(string, json.RawMessage)) error { return nil }
func (brokenLines) Stop()                                     {}
func (brokenLines) Handle(_ context.Context, client *UpstreamClient, _ []byte) []byte {
	_ = client.Notify([]byte("{\r\n\"jsonrpc\":\"2.0\",\n\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\n\"data\":\"a\\nb\"}}\n"))
	_, _ = client.Ask("roots/list", json.RawMessage("{\n}"))
	return []byte("{\n\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":-5,\"message\":\"no\",\"data\":{\n\"a\":\n1}}}\n")
}

// A message is one line on both transports, however another server has written it.
func TestMessagesOfOthersAreLines(t *testing.T) {
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{MCP: brokenLines{}}, nil))
	p.send(`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	_ = p.receive()
	p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"other"}}`)
	if got := p.receive(); got != `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"a\nb"}}` {
		t.Errorf("notification: %s", got)
	}
	var asked struct{ ID, Method string }
	if got := p.receive(); json.Unmarshal([]byte(got), &asked) != nil || asked.Method != "roots/list" {
		t.Fatalf("question: %s", got)
	}
	p.send(`{"jsonrpc":"2.0","id":%q,"result":{"roots":[]}}`, asked.ID)
	if got := p.receive(); got != `{"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"no","data":{"a":1}}}` {
		t.Errorf("answer: %s", got)
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// roundsOf is another server whose only tool answers every client of 2026-07-28 with the input requests it was made with.
type roundsOf string

func (roundsOf) Start(func(string, json.RawMessage)) error { return nil }
func (roundsOf) Stop()                                     {}
func (r roundsOf) Handle(context.Context, *UpstreamClient, []byte) []byte {
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{"resultType":"input_required","inputRequests":{` + string(r) + `},"requestState":"s"}}`)
}

// Nor does a client of 2026-07-28 get input requests of another server that it has not declared (MCP 2026-07-28, basic/patterns/mrtr).
func TestOthersRequireNoInputUndeclared(t *testing.T) {
	const (
		form  = `"a":{"method":"elicitation/create","params":{"message":"?","requestedSchema":{"type":"object","properties":{}}}}`
		page  = `"b":{"method":"elicitation/create","params":{"mode":"url","message":"?","url":"https://example.com"}}`
		roots = `"c":{"method":"roots/list"}`
	)
	for _, tt := range []struct{ requests, caps, lacks string }{
		{form, `{"elicitation":{}}`, ""},
		{form, `{}`, `{"elicitation":{"form":{}}}`},
		{form + "," + page + "," + roots, `{"elicitation":{},"roots":{}}`, `{"elicitation":{"url":{}}}`},
		{form + "," + page + "," + roots, `{}`, `{"elicitation":{"form":{},"url":{}},"roots":{}}`},
		{form + "," + page + "," + roots, `{"elicitation":{"form":{},"url":{}},"roots":{}}`, ""},
	} {
		b := &auditBuffer{}
		s := newTestServer(t, Config{MCP: roundsOf(tt.requests), Audit: b.logger()}, greetTool)
		status, got := callModern(t, s, "other", tt.caps, "")
		outcome := "input_required"
		if tt.lacks != "" {
			outcome = "error code=-32021"
		}
		b.expect(t, tt.caps, "INFO call request_id=1 method=tools/call tool=other outcome="+outcome+overHTTP)
		switch {
		case tt.lacks == "":
			if got.Result.ResultType != "input_required" || got.Result.RequestState != "s" {
				t.Errorf("%s with %s: %d %+v", tt.requests, tt.caps, status, got)
			}
		case status != 400 || got.Error == nil || got.Error.Code != -32021 || string(got.Error.Data) != `{"requiredCapabilities":`+tt.lacks+`}`:
			t.Errorf("%s with %s: %d %+v", tt.requests, tt.caps, status, got)
		}
	}
}
