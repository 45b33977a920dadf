package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// toolAnswer is the result of a tool call as a client reads it.
type toolAnswer struct {
	Content           []struct{ Type, Text string }
	StructuredContent json.RawMessage
	IsError           bool
	Meta              map[string]any `json:"_meta"`
}

func callTool(t testing.TB, s *Server, name, arguments string, modern bool) toolAnswer {
	t.Helper()
	body, header := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+name+`","arguments":`+arguments+`}}`, map[string]string(nil)
	if modern {
		body = strings.TrimSuffix(body, "}}") + "," + modernMeta + "}}"
		header = map[string]string{headerProtocol: "2026-07-28", headerMethod: "tools/call", headerName: name}
	}
	_, _, got := post(t, s, body, header)
	var m struct{ Result *toolAnswer }
	if err := json.Unmarshal([]byte(got), &m); err != nil || m.Result == nil {
		t.Fatalf("%v in %s", err, got)
	}
	return *m.Result
}

// What a tool returns satisfies the output schema that the same client was shown, in either era.
func TestStructuredContentSatisfiesTheListedSchema(t *testing.T) {
	s := newTestServer(t, Config{Stdio: true}, func(r *Registry) {
		everyTool(r)
		tool1(r, "bytes", "", `{"type":["string","null"]}`, ToolMetadata{}, HandleToolNoInput(func(context.Context) ([]byte, error) { return []byte("ab"), nil }))
		tool1(r, "raw", "", `{}`, ToolMetadata{}, HandleToolNoInput(func(context.Context) (json.RawMessage, error) { return json.RawMessage(` { "a" : 1 } `), nil }))
		tool1(r, "any", "", `{}`, ToolMetadata{}, HandleToolNoInput(func(context.Context) (any, error) { return nil, nil }))
		tool1(r, "word", "", `{"type":"string"}`, ToolMetadata{}, HandleToolNoInput(func(context.Context) (Visibilities, error) { return "all", nil }))
		tool1(r, "number", "", `{"type":"number"}`, ToolMetadata{}, HandleToolNoInput(func(context.Context) (float64, error) { return 1.5, nil }))
		tool1(r, "deep", "", `{"type":"array","items":{"type":"object","properties":{"x":{"$ref":"#/items/properties/y"},"y":{"type":"integer"}}}}`, ToolMetadata{},
			HandleToolNoInput(func(context.Context) ([]map[string]int, error) { return []map[string]int{{"x": 1, "y": 2}}, nil }))
	})
	for _, modern := range []bool{false, true} {
		for name, schema := range listedOutputSchemas(t, s, modern) {
			args := "{}"
			if name == "add" {
				args = `{"a":1,"b":2}`
			}
			got := callTool(t, s, name, args, modern)
			if name == "no_tree" {
				if !got.IsError {
					t.Errorf("a nil pointer is returned as %s", got.StructuredContent)
				}
				continue
			}
			if got.IsError || got.StructuredContent == nil {
				t.Errorf("%s (modern %v) returns %+v", name, modern, got)
				continue
			}
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(got.StructuredContent))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s (modern %v) returns %s: %v", name, modern, got.StructuredContent, err)
			}
			if _, object := value.(map[string]any); !modern && !object {
				t.Errorf("a legacy client gets %s from %s; it must be an object", got.StructuredContent, name)
			}
			if !modern && schema.Validate(map[string]any{"result": struct{}{}}) == nil && name != "any" && name != "raw" {
				t.Errorf("the legacy schema of %s accepts anything", name)
			}
		}
	}
}

// Visibilities is a string type of a handler's own; its values are structured content.
type Visibilities string

func listedOutputSchemas(t *testing.T, s *Server, modern bool) map[string]*jsonschema.Schema {
	t.Helper()
	params, header := "{}", map[string]string(nil)
	if modern {
		params, header = "{"+modernMeta+"}", map[string]string{headerProtocol: "2026-07-28", headerMethod: "tools/list"}
	}
	_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":`+params+`}`, header)
	var m struct {
		Result struct {
			Tools []struct {
				Name         string
				OutputSchema json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, tool := range m.Result.Tools {
		if tool.OutputSchema == nil {
			continue
		}
		if !modern {
			var head struct{ Type string }
			if json.Unmarshal(tool.OutputSchema, &head) != nil || head.Type != "object" {
				t.Errorf("the legacy output schema of %s is %s; it must be an object's", tool.Name, tool.OutputSchema)
			}
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(tool.OutputSchema))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("mcp:///"+tool.Name, doc); err != nil {
			t.Fatal(err)
		}
		if schemas[tool.Name], err = c.Compile("mcp:///" + tool.Name); err != nil {
			t.Errorf("the output schema of %s (modern %v): %v\n%s", tool.Name, modern, err, tool.OutputSchema)
			delete(schemas, tool.Name)
		}
	}
	return schemas
}

func TestWrapSchemaMovesReferences(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":"array","items":{"$ref":"#"}}`:                          `{"type":"object","properties":{"result":{"type":"array","items":{"$ref":"#/properties/result"}}},"required":["result"]}`,
		`{ "$ref" : "#/$defs/a", "$defs": { "a": { "$ref": "#" } } }`:    `{"type":"object","properties":{"result":{"$ref":"#/$defs/a"}},"required":["result"],"$defs":{"a":{"$ref":"#/properties/result"}}}`,
		`{"anyOf":[{"$ref":"#/items"},true,null,1.0],"items":{}}`:        `{"type":"object","properties":{"result":{"anyOf":[{"$ref":"#/properties/result/items"},true,null,1.0],"items":{}}},"required":["result"]}`,
		`{"$ref":"https://example.com/x#/y","description":"see \"#\""}`:  `{"type":"object","properties":{"result":{"$ref":"https://example.com/x#/y","description":"see \"#\""}},"required":["result"]}`,
		`{"properties":{"$ref":{"type":"string"},"a\"b":{"$ref":"#x"}}}`: `{"type":"object","properties":{"result":{"properties":{"$ref":{"type":"string"},"a\"b":{"$ref":"#x"}}}},"required":["result"]}`,
		`{}`: `{"type":"object","properties":{"result":{}},"required":["result"]}`,
	} {
		if got, err := wrapSchema(in); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", in, got, err, want)
		}
	}
	if _, err := wrapSchema(`{"a":1,"a":2}`); err == nil {
		t.Error("a schema with a key twice is accepted")
	}
}

func TestSingleType(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":["array","null"],"items":{"type":["string","null"]}}`: `{"anyOf":[{"type":"array"},{"type":"null"}],"items":{"type":["string","null"]}}`,
		`{"description":"d","type":["object"]}`:                        `{"description":"d","anyOf":[{"type":"object"}]}`,
		`{"type":"array"}`:                                             `{"type":"array"}`,
		`{"type":["array","null"],"anyOf":[{}]}`:                       `{"type":["array","null"],"anyOf":[{}]}`,
		`{}`:                                                           `{}`,
	} {
		if got, err := singleType(in); err != nil || got != want {
			t.Errorf("%s\n got %s, %v\nwant %s", in, got, err, want)
		}
	}
}

// A result may be shared between calls: nobody changes it.
func TestResultsMayBeShared(t *testing.T) {
	shared := &Result{Content: []Content{Text("x")}, Structured: map[string]int{"a": 1}, Meta: map[string]any{"m": 1}}
	s := newTestServer(t, Config{}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolNoInput(func(context.Context) (*Result, error) { return shared, nil }))
	})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				got := callTool(t, s, "t", "{}", i%2 == 0)
				if len(got.Content) != 1 || got.Meta["m"] != 1.0 || (len(got.Meta) == 2) != (i%2 == 0) {
					t.Errorf("got %+v", got)
				}
			}
		})
	}
	wg.Wait()
	if len(shared.Meta) != 1 {
		t.Errorf("the shared result has become %+v", shared)
	}
}

// withMiddleware is a server with every tool and one middleware.
func withMiddleware(t *testing.T, cfg Config, mw ToolMiddleware) *Server {
	t.Helper()
	cfg.Stdio = true
	return newTestServer(t, cfg, func(r *Registry) {
		everyTool(r)
		failingTools(r)
		r.Use(func() []Plugin {
			return []Plugin{PluginFunc("mw", func(h *Host) error { h.UseTool(mw); return nil })}
		})
	})
}

func TestMiddlewareChangesNothingByBeingThere(t *testing.T) {
	plain := newTestServer(t, Config{Stdio: true}, everyTool)
	wrapped := withMiddleware(t, Config{}, func(next ToolFunc) ToolFunc { return next })
	for name, args := range map[string]string{"greet": `{"name":"Ada"}`, "add": `{"a":1,"b":2}`, "words": "{}", "tree": "{}", "no_tree": "{}", "nothing": "{}", "blocks": "{}", "no_result": "{}"} {
		for _, modern := range []bool{false, true} {
			want, got := callTool(t, plain, name, args, modern), callTool(t, wrapped, name, args, modern)
			if fmt.Sprint(want) != fmt.Sprint(got) {
				t.Errorf("%s (modern %v)\n with middleware %v\nwithout %v", name, modern, got, want)
			}
		}
	}
}

func TestMiddlewareSeesCallAndOutcome(t *testing.T) {
	var seen []string
	s := withMiddleware(t, Config{}, func(next ToolFunc) ToolFunc {
		return func(ctx context.Context, call *ToolCall) (*Result, error) {
			r, err := next(ctx, call)
			outcome := ""
			if err == nil {
				b, _ := json.Marshal(r.Structured)
				outcome = string(b)
			}
			seen = append(seen, fmt.Sprintf("%s %s %s %s %v", call.Name, call.Position, call.Arguments, outcome, err != nil))
			return r, err
		}
	})
	callTool(t, s, "add", `{"a":1,"b":2}`, false)
	callTool(t, s, "add", `{"a":1}`, false)
	callTool(t, s, "panics", `{}`, false)
	want := []string{
		`add src/tools/add.go:1 {"a":1,"b":2} {"sum":3} false`,
		`add src/tools/add.go:1 {"a":1}  true`,
		`panics src/tools/panics.go:1 {}  true`,
	}
	if strings.Join(seen, "\n") != strings.Join(want, "\n") {
		t.Errorf("seen:\n%s", strings.Join(seen, "\n"))
	}
}

// The first plugin's middleware is the outermost, whichever plugin installs it and however many it installs.
func TestMiddlewareKeepsTheOrderOfPlugins(t *testing.T) {
	var seen []string
	note := func(what string) ToolMiddleware {
		return func(next ToolFunc) ToolFunc {
			return func(ctx context.Context, call *ToolCall) (*Result, error) {
				seen = append(seen, "into "+what)
				defer func() { seen = append(seen, "out of "+what) }()
				return next(ctx, call)
			}
		}
	}
	s := newTestServer(t, Config{Stdio: true}, func(r *Registry) {
		everyTool(r)
		r.Use(func() []Plugin {
			return []Plugin{
				PluginFunc("a", func(h *Host) error { h.UseTool(note("a1")); h.UseTool(note("a2")); return nil }),
				PluginFunc("b", func(h *Host) error { h.UseTool(note("b")); return nil }),
			}
		})
	})
	callTool(t, s, "greet", `{"name":"Ada"}`, false)
	if got, want := strings.Join(seen, ", "), "into a1, into a2, into b, out of b, out of a2, out of a1"; got != want {
		t.Errorf("ran %s; want %s", got, want)
	}
}

func TestFaultyMiddleware(t *testing.T) {
	for name, tt := range map[string]struct {
		mw   ToolMiddleware
		want string
	}{
		"panics":       {func(ToolFunc) ToolFunc { return func(context.Context, *ToolCall) (*Result, error) { panic("secret") } }, `^internal error \(id [A-Z2-7]{12}\)$`},
		"says nothing": {func(ToolFunc) ToolFunc { return func(context.Context, *ToolCall) (*Result, error) { return nil, nil } }, `^tool middleware returned neither a result nor an error$`},
		"refuses": {func(ToolFunc) ToolFunc {
			return func(context.Context, *ToolCall) (*Result, error) { return nil, UserError("not now") }
		}, `^not now$`},
		"changes input": {func(next ToolFunc) ToolFunc {
			return func(ctx context.Context, c *ToolCall) (*Result, error) {
				c.Arguments = json.RawMessage(`{"name":"Eve"}`)
				return next(ctx, c)
			}
		}, `^Hello, Eve!$`},
	} {
		t.Run(name, func(t *testing.T) {
			got := callTool(t, withMiddleware(t, Config{}, tt.mw), "greet", `{"name":"Ada"}`, false)
			if len(got.Content) != 1 || !regexp.MustCompile(tt.want).MatchString(got.Content[0].Text) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The id that a client is told leads to the log record with the cause, and the log has no arguments.
func TestFailuresAreLoggedUnderTheIDThatTheClientIsTold(t *testing.T) {
	var log bytes.Buffer
	s := newTestServer(t, Config{Stdio: true, MaskErrors: true, Logger: slog.New(slog.NewJSONHandler(&log, nil))}, everything)
	for name, want := range map[string]string{"fails": "disk /dev/sda1 is full", "panics": "secret in handler", "panicking_output": "secret in MarshalJSON", "bad_output": "secret of MarshalJSON"} {
		log.Reset()
		got := callTool(t, s, name, "{}", true)
		id := regexp.MustCompile(`id ([A-Z2-7]{12})`).FindStringSubmatch(got.Content[0].Text)
		var rec struct{ ID, Error, Tool, Position, Stack, Level string }
		if err := json.Unmarshal(log.Bytes(), &rec); err != nil || id == nil {
			t.Fatalf("%s: %v in %s", name, err, log.String())
		}
		if rec.ID != id[1] || !strings.Contains(rec.Error, want) || rec.Tool != name || rec.Position == "" || rec.Level != "ERROR" {
			t.Errorf("%s: the client is told %q, the log says %s", name, got.Content[0].Text, log.String())
		}
		if panics := strings.HasPrefix(name, "panic"); panics != strings.Contains(rec.Stack, ".go:") {
			t.Errorf("%s: the stack is %q", name, rec.Stack)
		}
	}
	log.Reset()
	callTool(t, s, "add", `{"a":"my password"}`, false)
	callTool(t, s, "fails_for_user", `{}`, false)
	if strings.Contains(log.String(), "password") {
		t.Errorf("arguments are in the log: %s", log.String())
	}
}

// An error that the client can read in full has its id in the log all the same; what was made for the user is an answer.
func TestFailuresThatAreShownAreLoggedToo(t *testing.T) {
	var log bytes.Buffer
	s := newTestServer(t, Config{Stdio: true, Logger: slog.New(slog.NewJSONHandler(&log, nil))}, everything)
	if got := callTool(t, s, "fails_for_user", "{}", true).Content[0].Text; got != "no such city: Atlantis" || log.Len() > 0 {
		t.Errorf("the client reads %q, the log says %s", got, log.String())
	}
	if got := callTool(t, s, "fails", "{}", true).Content[0].Text; got != "disk /dev/sda1 is full" {
		t.Errorf("the client reads %q", got)
	}
	var rec struct{ ID, Error, Tool, Position string }
	if err := json.Unmarshal(log.Bytes(), &rec); err != nil || rec.ID == "" || rec.Error != "disk /dev/sda1 is full" || rec.Tool != "fails" || rec.Position == "" {
		t.Errorf("%v, the log says %s", err, log.String())
	}
}

// nilError is an error whose text panics.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func TestErrorsThatPanic(t *testing.T) {
	s := oneTool(t, Config{}, func(context.Context) error { return (*nilError)(nil) })
	status, _, body := post(t, s, callT, nil)
	if status != 200 || !json.Valid([]byte(body)) || !strings.Contains(body, "internal error (id ") || strings.Contains(body, "nil pointer") {
		t.Errorf("status %d: %s", status, body)
	}
}

func TestRegistryProblemsAreReportedTogether(t *testing.T) {
	r := NewRegistry()
	ok := HandleToolBare(func(context.Context) error { return nil })
	add := func(item ToolItem) { r.AddTool(item) }
	add(ToolItem{Name: "no spaces", Description: "x", Position: "a.go:1", Handler: ok})
	add(ToolItem{Name: strings.Repeat("x", 129), Description: "x", Handler: ok})
	add(ToolItem{Name: "mute", Handler: ok})
	add(ToolItem{Name: "stale", Description: "x", Metadata: ToolMetadata{Name: "fresh"}, Handler: ok})
	add(ToolItem{Name: "stale2", Description: "x", Metadata: ToolMetadata{Description: "y"}, Handler: ok})
	add(ToolItem{Name: "twice", Description: "x", Position: "b.go:1", Handler: ok})
	add(ToolItem{Name: "twice", Description: "x", Position: "b.go:2", Handler: ok})
	add(ToolItem{Name: "none", Description: "x"})
	add(ToolItem{Name: "in", Description: "x", InputSchema: `[]`, Handler: ok})
	add(ToolItem{Name: "out", Description: "x", OutputSchema: `{"a"`, Handler: ok})
	add(ToolItem{Name: "keyword", Description: "x", InputSchema: `{"type":"object","unevaluatedProperties":false}`, Handler: ok})
	r.AddPrompt(PromptItem{Name: "p", Description: "x"})
	r.AddResource(ResourceItem{Name: "r", Description: "x", Metadata: ResourceMetadata{URI: "relative"}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
	r.AddResource(ResourceItem{Name: "t", Description: "x", Metadata: ResourceMetadata{URI: "a://{x"}, InputSchema: "{}", Handler: HandleResource(func(context.Context, noteVars) (string, error) { return "", nil })})
	r.AddResource(ResourceItem{Name: "v", Description: "x", Metadata: ResourceMetadata{URI: "a://{x}"}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
	r.AddResource(ResourceItem{Name: "w", Description: "x", Metadata: ResourceMetadata{URI: "a://w"}, InputSchema: "{}", Handler: HandleResource(func(context.Context, noteVars) (string, error) { return "", nil })})
	r.Require("tools.Notes", false)
	_, err := New(r, Config{})
	if err == nil {
		t.Fatal("the server starts")
	}
	for _, want := range []string{
		`tool "no spaces" (a.go:1): the name has the character ' '`, `a name has 1 to 128 characters`, `tool "mute": it has no description`,
		`its metadata now says the name is "fresh": run go generate`, `another description: run go generate`, `tool "twice" (b.go:2): the name is taken by b.go:1`,
		`tool "none": it has no handler`, `its input schema is not a JSON object`, `its output schema is not a JSON object`, `unevaluatedProperties`,
		`prompt "p": it has no handler`, `resource "relative": its URI is not absolute`, `its URI template`, `its URI has variables, so its handler must take them`,
		`its handler takes input, but its URI has no variables`, `dependency tools.Notes is nil`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not reported: %s", want)
		}
	}
	if errors.Unwrap(err) == nil {
		t.Error("the error wraps nothing")
	}
	if t.Failed() {
		t.Log(err)
	}
}
