package xmcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

type nameForm struct {
	Name string `json:"name" jsonschema:"minLength=2"`
}

func askTool(r *Registry) {
	r.AddTool(ToolItem{Name: "ask", Description: "Asks.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
		who, err := Elicit[nameForm](ctx, "who", "Who are you?")
		if err != nil {
			return "", err
		}
		sure, err := Elicit[struct {
			OK bool `json:"ok"`
		}](ctx, "sure", "Sure, "+who.Name+"?")
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %v", who.Name, sure.OK), nil
	})})
}

// modernCallOf is a tools/call of 2026-07-28 with further params.
func modernCallOf(tool, caps, more string) (string, map[string]string) {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":%s}%s}}`, tool, caps, more),
		map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool}
}

type modernAnswer struct {
	Result struct {
		ResultType    string `json:"resultType"`
		InputRequests map[string]struct {
			Method string
			Params json.RawMessage
		}
		RequestState string
		Content      []struct{ Text string }
	}
	Error *struct {
		Code int
		Data json.RawMessage
	}
}

func callModern(t *testing.T, s *Server, tool, caps, more string) (int, modernAnswer) {
	t.Helper()
	body, header := modernCallOf(tool, caps, more)
	status, _, text := post(t, s, body, header)
	var a modernAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return status, a
}

func TestElicitModernRounds(t *testing.T) {
	s := newTestServer(t, Config{}, askTool)
	const caps = `{"elicitation":{}}`
	_, first := callModern(t, s, "ask", caps, "")
	if first.Result.ResultType != "input_required" || first.Result.InputRequests["who"].Method != "elicitation/create" {
		t.Fatalf("first round: %+v", first)
	}
	// An answer that does not fit is asked for again, and so is one under a wrong key.
	for _, bad := range []string{`{"who":7}`, `{"who":null}`, `{"who":{"action":"accept","content":{"name":"A"}}}`, `{"other":{"action":"accept"}}`} {
		if _, again := callModern(t, s, "ask", caps, `,"inputResponses":`+bad); again.Result.InputRequests["who"].Method == "" {
			t.Errorf("%s: %+v", bad, again)
		}
	}
	_, second := callModern(t, s, "ask", caps, `,"inputResponses":{"who":{"action":"accept","content":{"name":"Ada"}}},"requestState":"`+first.Result.RequestState+`"`)
	if second.Result.InputRequests["sure"].Method == "" || second.Result.RequestState == first.Result.RequestState {
		t.Fatalf("second round: %+v", second)
	}
	// The third round brings only the second answer: the first one travels in the state.
	_, third := callModern(t, s, "ask", caps, `,"inputResponses":{"sure":{"action":"accept","content":{"ok":true}}},"requestState":"`+second.Result.RequestState+`"`)
	if third.Result.ResultType != "complete" || third.Result.Content[0].Text != "Ada true" {
		t.Fatalf("third round: %+v", third)
	}
	status, tampered := callModern(t, s, "ask", caps, `,"requestState":"`+second.Result.RequestState+`x"`)
	if status != 400 || tampered.Error == nil || tampered.Error.Code != -32602 {
		t.Errorf("tampered state: %d %+v", status, tampered)
	}
	status, foreign := callModern(t, s, "ask", caps, `,"arguments":{"a":1},"requestState":"`+second.Result.RequestState+`"`)
	if status != 400 || foreign.Error == nil || foreign.Error.Code != -32602 {
		t.Errorf("state of other arguments: %d %+v", status, foreign)
	}
	status, missing := callModern(t, s, "ask", `{}`, "")
	if status != 400 || missing.Error == nil || missing.Error.Code != -32021 || string(missing.Error.Data) != `{"requiredCapabilities":{"elicitation":{"form":{}}}}` {
		t.Errorf("missing capability: %d %+v", status, missing)
	}
	_, declined := callModern(t, s, "ask", caps, `,"inputResponses":{"who":{"action":"decline"}}`)
	if declined.Result.ResultType != "complete" || !strings.Contains(declined.Result.Content[0].Text, "declined") {
		t.Errorf("declined: %+v", declined)
	}
}

func TestSeveralQuestionsMakeOneRound(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "many", Description: "Asks.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
			_, err1 := Elicit[nameForm](ctx, "a", "?")
			_, err2 := Roots(ctx, "b")
			if err := errors.Join(err1, err2); err != nil {
				return "swallowed", nil
			}
			return "done", nil
		})})
	})
	_, a := callModern(t, s, "many", `{"elicitation":{},"roots":{}}`, "")
	if len(a.Result.InputRequests) != 2 || a.Result.InputRequests["b"].Method != "roots/list" {
		t.Fatalf("%+v", a)
	}
	_, b := callModern(t, s, "many", `{"elicitation":{},"roots":{}}`, `,"inputResponses":{"a":{"action":"accept","content":{"name":"Ada"}},"b":{"roots":[]}}`)
	if b.Result.ResultType != "complete" || b.Result.Content[0].Text != "done" {
		t.Fatalf("%+v", b)
	}
}

// TestElicitLegacy answers the questions of a call on the call's own stream, as a client with a session does.
func TestElicitLegacy(t *testing.T) {
	s := newTestServer(t, Config{}, askTool)
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	send := func(session, body string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/mcp", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		if session != "" {
			req.Header.Set("Mcp-Session-Id", session)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	hello := send("", `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	_, _ = io.Copy(io.Discard, hello.Body)
	_ = hello.Body.Close()
	session := hello.Header.Get("Mcp-Session-Id")
	res := send(session, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask"}}`)
	defer func() { _ = res.Body.Close() }()
	answers := map[string]string{"Who are you?": `{"name":"Ada"}`, "Sure, Ada?": `{"ok":true}`}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok || len(data) == 0 {
			continue
		}
		var m struct {
			ID     json.RawMessage
			Method string
			Params struct{ Message string }
			Result *struct{ Content []struct{ Text string } }
		}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		if m.Result != nil {
			if got := m.Result.Content[0].Text; got != "Ada true" {
				t.Errorf("got %q", got)
			}
			return
		}
		reply := send(session, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":{"action":"accept","content":%s}}`, m.ID, answers[m.Params.Message]))
		_ = reply.Body.Close()
		if reply.StatusCode != http.StatusAccepted {
			t.Fatalf("answer: status %d", reply.StatusCode)
		}
	}
	t.Fatal("the stream ended without a result")
}

func TestFormSchema(t *testing.T) {
	type color string
	s := &Server{}
	f, err := s.form(reflect.TypeFor[struct {
		Name   string   `json:"name" jsonschema:"title=Name,default=John Doe" jsonschema_description:"Full, please."`
		Age    int      `json:"age" jsonschema:"minimum=0,default=30"`
		Score  float64  `json:"score,omitempty"`
		Color  color    `json:"color" jsonschema:"enum=r,enum=g" titles:"Red;Green"`
		Sizes  []string `json:"sizes" jsonschema:"enum=s,enum=m,minItems=1"`
		Many   []string `json:"many,omitempty" jsonschema:"enum=s,enum=m" titles:"Small;Medium"`
		Agreed bool     `json:"agreed" jsonschema:"default=true"`
	}]())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"type":"object","properties":{` +
		`"name":{"type":"string","title":"Name","description":"Full, please.","default":"John Doe"},` +
		`"age":{"type":"integer","minimum":0,"default":30},` +
		`"score":{"type":"number"},` +
		`"color":{"type":"string","oneOf":[{"const":"r","title":"Red"},{"const":"g","title":"Green"}]},` +
		`"sizes":{"type":"array","minItems":1,"items":{"type":"string","enum":["s","m"]}},` +
		`"many":{"type":"array","items":{"anyOf":[{"const":"s","title":"Small"},{"const":"m","title":"Medium"}]}},` +
		`"agreed":{"type":"boolean","default":true}},"required":["color","sizes"]}`
	if f.schema != want {
		t.Errorf("\n got %s\nwant %s", f.schema, want)
	}
	for name, bad := range map[string]func() (*form, error){
		"nested":  func() (*form, error) { return s.form(reflect.TypeFor[struct{ A struct{ B int } }]()) },
		"choices": func() (*form, error) { return s.form(reflect.TypeFor[struct{ A []string }]()) },
		"keyword": func() (*form, error) {
			return s.form(reflect.TypeFor[struct {
				A string `jsonschema:"minimum=3"`
			}]())
		},
		"titles": func() (*form, error) {
			return s.form(reflect.TypeFor[struct {
				A string `jsonschema:"enum=a" titles:"A;B"`
			}]())
		},
	} {
		if _, err := bad(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
