package xmcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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
			if got.Result.ResultType != "input_required" || len(got.Result.InputRequests) == 0 {
				t.Errorf("%s with %s: %d %+v", tt.requests, tt.caps, status, got)
			}
		case status != 400 || got.Error == nil || got.Error.Code != -32021 || string(got.Error.Data) != `{"requiredCapabilities":`+tt.lacks+`}`:
			t.Errorf("%s with %s: %d %+v", tt.requests, tt.caps, status, got)
		}
	}
}

// counting is another server whose only tool keeps in the state how often it has asked.
type counting struct{}

func (counting) Start(func(string, json.RawMessage)) error { return nil }
func (counting) Stop()                                     {}
func (counting) Handle(_ context.Context, _ *UpstreamClient, message []byte) []byte {
	var m struct {
		Params struct {
			Name           string
			RequestState   *string
			InputResponses json.RawMessage
		}
	}
	if err := json.Unmarshal(message, &m); err != nil {
		panic(err)
	}
	state, asked := "", m.Params.RequestState != nil
	if asked {
		state = *m.Params.RequestState
	}
	if state == "\"é\n2" {
		return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","content":[{"type":"text","text":%q}]}}`, m.Params.InputResponses)
	}
	next := map[string]string{"": `"\"\u00e9\n1"`, "\"é\n1": `"\"\u00e9\n2"`}[state]
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"}},"requestState":` + next + `}}`)
}

// The state of another server is sealed as our own is: clients cannot read or change it, and nobody else can use it (MCP 2026-07-28,
// basic/patterns/mrtr, security considerations).
func TestStateOfOthersIsSealed(t *testing.T) {
	const caps = `{"roots":{}}`
	s := newTestServer(t, Config{MCP: counting{}}, greetTool)
	_, first := callModern(t, s, "other", caps, "")
	sealed := first.Result.RequestState
	if first.Result.ResultType != "input_required" || len(sealed) < 40 {
		t.Fatalf("first round: %+v", first)
	}
	_, second := callModern(t, s, "other", caps, `,"requestState":"`+sealed+`","inputResponses":{}`)
	if second.Result.ResultType != "input_required" || second.Result.RequestState == sealed {
		t.Fatalf("second round: %+v", second)
	}
	_, third := callModern(t, s, "other", caps, `,"inputResponses":{"a":1},"requestState":"`+second.Result.RequestState+`"`)
	if third.Result.ResultType != "complete" || third.Result.Content[0].Text != `{"a":1}` {
		t.Fatalf("third round: %+v", third)
	}
	for name, more := range map[string]string{
		"made up":        `,"requestState":"\"é\n2"`,
		"changed":        `,"requestState":"` + sealed[:len(sealed)-2] + `AA"`,
		"no string":      `,"requestState":{}`,
		"other argument": `,"arguments":{"a":1},"requestState":"` + sealed + `"`,
	} {
		if status, got := callModern(t, s, "other", caps, more); status != 400 || got.Error == nil || got.Error.Code != -32602 {
			t.Errorf("%s: %d %+v", name, status, got)
		}
	}
	if status, got := callModern(t, s, "another", caps, `,"requestState":"`+sealed+`"`); status != 400 || got.Error == nil || got.Error.Code != -32602 {
		t.Errorf("state of another tool: %d %+v", status, got)
	}
}

// A state that is too old is none: another server asks from the beginning then.
func TestStateOfOthersExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{MCP: counting{}, Limits: Limits{StateAge: time.Minute}}, greetTool)
		_, first := callModern(t, s, "other", `{"roots":{}}`, "")
		_, second := callModern(t, s, "other", `{"roots":{}}`, `,"requestState":"`+first.Result.RequestState+`"`)
		time.Sleep(2 * time.Minute)
		_, again := callModern(t, s, "other", `{"roots":{}}`, `,"requestState":"`+second.Result.RequestState+`"`)
		_, more := callModern(t, s, "other", `{"roots":{}}`, `,"requestState":"`+again.Result.RequestState+`"`)
		if again.Result.ResultType != "input_required" || more.Result.ResultType != "input_required" {
			t.Errorf("asked again: %+v, then %+v", again, more)
		}
	})
}

// listsOf is another server whose tools have the output schemas it was made with.
type listsOf []string

func (listsOf) Start(func(string, json.RawMessage)) error { return nil }
func (listsOf) Stop()                                     {}
func (l listsOf) Handle(context.Context, *UpstreamClient, []byte) []byte {
	list := []byte(`{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","tools":[`)
	for i, schema := range l {
		list = fmt.Appendf(list, `%s{"name":"t%d","inputSchema":{"type":"object"},"outputSchema":%s}`, strings.Repeat(",", min(i, 1)), i, schema)
	}
	return append(list, "]}}"...)
}

// Legacy clients refuse a whole list for one output schema that describes no object (MCP 2025-11-25, schema, Tool); other schemas are left out
// for them.
func TestOutputSchemasOfOthersDescribeObjectsForLegacyClients(t *testing.T) {
	const object, array, several, open = `{"type":"object","properties":{"a":{}}}`, `{"type":"array","items":{"type":"string"}}`, `{"type":["object","null"]}`, `{"anyOf":[{"type":"object"}]}`
	s := newTestServer(t, Config{MCP: listsOf{object, array, several, open}}, greetTool)
	_, _, legacy := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, nil)
	want := `{"name":"t0","inputSchema":{"type":"object"},"outputSchema":` + object + `},` +
		`{"name":"t1","inputSchema":{"type":"object"}},{"name":"t2","inputSchema":{"type":"object"}},{"name":"t3","inputSchema":{"type":"object"}}]`
	if !strings.Contains(legacy, want) {
		t.Errorf("legacy: %s", legacy)
	}
	_, _, modern := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{`+modernMeta+`}}`, map[string]string{headerProtocol: "2026-07-28", headerMethod: "tools/list"})
	for _, schema := range []string{object, array, several, open} {
		if !strings.Contains(modern, `"outputSchema":`+schema) {
			t.Errorf("modern: no %s in %s", schema, modern)
		}
	}
}

// failing is another server whose handlers fail with an error of Go, which mcp-go tells as an internal error.
type failing struct{}

func (failing) Start(func(string, json.RawMessage)) error { return nil }
func (failing) Stop()                                     {}
func (failing) Handle(context.Context, *UpstreamClient, []byte) []byte {
	return []byte(`{"jsonrpc":"2.0","id":"x","error":{"code":-32603,"message":"dial 10.0.0.1: refused","data":{"secret":1}}}`)
}

// An error of another server's handler is logged, and hidden where those of our own are.
func TestErrorsOfOthersAreLoggedAndMasked(t *testing.T) {
	for _, masked := range []bool{false, true} {
		var log, audit auditBuffer
		s := newTestServer(t, Config{MCP: failing{}, MaskErrors: masked, Logger: slog.New(slog.NewJSONHandler(&log, nil)), Audit: audit.logger()}, greetTool)
		_, _, body := post(t, s, call1("1", "tools/call", `"name":"other"`), nil)
		var rec struct{ ID string }
		if err := json.Unmarshal([]byte(audit.String()), &rec); err != nil {
			t.Fatal(err)
		}
		want := `"error":{"code":-32603,"message":"dial 10.0.0.1: refused","data":{"secret":1}}}`
		if masked {
			want = `"error":{"code":-32603,"message":"internal error (id ` + rec.ID + `)"}}`
		}
		if !strings.HasSuffix(body, want) {
			t.Errorf("masked %v: answer %s", masked, body)
		}
		if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `"tool":"other","id":"`+rec.ID+`","method":"tools/call","error":"dial 10.0.0.1: refused"`) {
			t.Errorf("masked %v: log %s", masked, text)
		}
	}
}

// metaOf is another server that closes its results with the _meta it was made with.
type metaOf string

func (metaOf) Start(func(string, json.RawMessage)) error { return nil }
func (metaOf) Stop()                                     {}
func (m metaOf) Handle(context.Context, *UpstreamClient, []byte) []byte {
	return []byte(`{"jsonrpc":"2.0","id":"x","result":{"content":[]` + string(m) + `,"resultType":"complete"}}`)
}

// A client of 2026-07-28 knows one server, which all results name (MCP 2026-07-28, basic, _meta).
func TestResultsOfOthersNameTheServer(t *testing.T) {
	const own = `"io.modelcontextprotocol/serverInfo":{"name":"test","version":"1.0.0"}`
	for meta, want := range map[string]string{
		``:                  `"content":[],"resultType":"complete","_meta":{` + own + `}}}`,
		`,"_meta":{"a":{}}`: `"content":[],"_meta":{"a":{},` + own + `},"resultType":"complete"}}`,
		`,"_meta":null`:     `"content":[],"_meta":{` + own + `},"resultType":"complete"}}`,
		`,"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"theirs","version":"2"},"a":1}`: `"content":[],"_meta":{` + own + `,"a":1},"resultType":"complete"}}`,
	} {
		s := newTestServer(t, Config{MCP: metaOf(meta)}, greetTool)
		body, header := modernCallOf("other", "{}", "")
		if _, _, got := post(t, s, body, header); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", meta, got)
		}
	}
}
