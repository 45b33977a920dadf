package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

type pathVars struct {
	Kind  string   `json:"kind"`
	Parts []string `json:"parts"`
	Page  int      `json:"page"`
	All   bool     `json:"all"`
	Query string   `json:"query"`
}

const pathSchema = `{"type":"object","properties":{"kind":{"type":"string","enum":["a","b"]},"parts":{"type":"array","items":{"type":"string"}},"page":{"type":"integer","default":1},"all":{"type":"boolean"},"query":{"type":"string"}},"required":["kind"]}`

func templateServer(t *testing.T, uri, schema string) func(uri string) string {
	t.Helper()
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddResource(ResourceItem{Name: "r", Description: "x", Metadata: ResourceMetadata{URI: uri, MIMEType: "text/plain"}, InputSchema: schema,
			Handler: HandleResource(func(_ context.Context, in pathVars) (string, error) { return fmt.Sprintf("%+v", in), nil })})
	})
	return func(uri string) string {
		raw, err := json.Marshal(uri)
		if err != nil {
			t.Fatal(err)
		}
		_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":`+string(raw)+`}}`, nil)
		var m struct {
			Result struct{ Contents []struct{ Text string } }
			Error  struct{ Message string }
		}
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			t.Fatal(err)
		}
		if len(m.Result.Contents) == 1 {
			return m.Result.Contents[0].Text
		}
		return m.Error.Message
	}
}

func TestTemplateVariables(t *testing.T) {
	const missing = "resource not found"
	for _, tt := range []struct{ template, uri, want string }{
		{"x://{kind}", "x://a", `{Kind:a Parts:[] Page:1 All:false Query:}`},
		{"x://{kind}", "x://c", missing},
		{"x://{kind}", "y://a", missing},
		{"x://{kind}", "X://a", missing},
		{"x://{kind}{?page,all,query}", "x://a?page=7&all=true&query=a%20b%26c", `{Kind:a Parts:[] Page:7 All:true Query:a b&c}`},
		{"x://{kind}{?page,all,query}", "x://a?page=07", missing},
		{"x://{kind}{?page,all,query}", "x://a?all=yes", missing},
		{"x://{kind}{?page,all,query}", "x://a?query=7", `{Kind:a Parts:[] Page:1 All:false Query:7}`},
		{"x://{kind}{/parts*}", "x://b/one/two%2Fthree", `{Kind:b Parts:[one two/three] Page:1 All:false Query:}`},
		{"x://{kind}/{query}", "x://a/%E2%82%AC%22%5C", `{Kind:a Parts:[] Page:1 All:false Query:€"\}`},
		{"x://{kind}/{query}", "x://a/€ü", `{Kind:a Parts:[] Page:1 All:false Query:€ü}`},
		{"x://{kind}/{query}", "x://a/..", `{Kind:a Parts:[] Page:1 All:false Query:..}`},
		{"x://{kind}/{query}", "x://a/b/c", missing},
		{"x://{kind}/{+query}", "x://a/b/../c", `{Kind:a Parts:[] Page:1 All:false Query:b/../c}`},
		{"x://{kind}/{page}", "x://a/{}", missing},
		{"x://{kind}/{page}", "x://a/null", missing},
		{"x://{kind}/{page}", "x://a/1e2", `{Kind:a Parts:[] Page:100 All:false Query:}`},
		{"x://{kind}/{page}", "x://a/99999999999999999999", missing},
		{"x://{kind}/{page}", "x://a/", missing},
	} {
		if got := templateServer(t, tt.template, pathSchema)(tt.uri); got != tt.want {
			t.Errorf("%s with %s\n got %s\nwant %s", tt.template, tt.uri, got, tt.want)
		}
	}
}

type markdown string

// Lists have the type that the contents will have, unless the handler may return anything.
func TestListsHaveTheTypeOfTheContents(t *testing.T) {
	for _, tt := range []struct {
		name               string
		resource, template ResourceHandler
		said, listed, read string
	}{
		{"a string", contentsOf("a"), templateOf("a"), "", "text/plain", "text/plain"},
		{"a declared string", contentsOf(markdown("a")), templateOf(markdown("a")), "", "text/plain", "text/plain"},
		{"bytes", contentsOf([]byte("a")), templateOf([]byte("a")), "", "application/octet-stream", "application/octet-stream"},
		{"a list", contentsOf([]string{"a"}), templateOf([]string{"a"}), "", "application/json", "application/json"},
		{"a result", contentsOf(&ResourceResult{}), templateOf(&ResourceResult{}), "", "", ""},
		{"a string as any", contentsOf[any]("a"), templateOf[any]("a"), "", "", "text/plain"},
		{"nil as any", contentsOf[any](nil), templateOf[any](nil), "", "", "application/json"},
		{"a string with a type", contentsOf("a"), templateOf("a"), "text/html", "text/html", "text/html"},
		{"any with a type", contentsOf[any]("a"), templateOf[any]("a"), "text/html", "text/html", "text/html"},
	} {
		s := newTestServer(t, Config{}, func(r *Registry) {
			r.AddResource(ResourceItem{Name: "a", Description: "A.", Metadata: ResourceMetadata{URI: "x://a", MIMEType: tt.said}, Handler: tt.resource})
			r.AddResource(ResourceItem{Name: "b", Description: "B.", Metadata: ResourceMetadata{URI: "y://{query}", MIMEType: tt.said}, Handler: tt.template,
				InputSchema: `{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}`})
		})
		for request, want := range map[string]string{
			`"resources/list"`: tt.listed, `"resources/templates/list"`: tt.listed,
			`"resources/read","params":{"uri":"x://a"}`: tt.read, `"resources/read","params":{"uri":"y://a"}`: tt.read,
		} {
			_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":`+request+`}`, nil)
			if got := mimeTypes(t, body); got != want {
				t.Errorf("%s: %s has the type %q, want %q", tt.name, request, got, want)
			}
		}
	}
}

func contentsOf[T any](v T) ResourceHandler {
	return HandleResourceNoInput(func(context.Context) (T, error) { return v, nil })
}

func templateOf[T any](v T) ResourceHandler {
	return HandleResource(func(context.Context, pathVars) (T, error) { return v, nil })
}

// mimeTypes are those of an answer, one after the other.
func mimeTypes(t *testing.T, body string) (types string) {
	t.Helper()
	var m struct {
		Result struct{ Resources, ResourceTemplates, Contents []struct{ MIMEType string } }
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(m.Result.Resources, m.Result.ResourceTemplates, m.Result.Contents) {
		types += r.MIMEType
	}
	return types
}

// pathTemplate has variables of every kind.
func pathTemplate(tb testing.TB) *template {
	tb.Helper()
	tm, err := newTemplate(&ResourceItem{Name: "r", Description: "x", Metadata: ResourceMetadata{URI: "x://{kind}{/parts*}{?page,all,query}"}, InputSchema: pathSchema,
		Handler: HandleResource(func(context.Context, pathVars) (string, error) { return "", nil })})
	if err != nil {
		tb.Fatal(err)
	}
	return tm
}

// The time to match a URI is bounded, however long the URI is.
func TestLongURIsMatchNoTemplate(t *testing.T) {
	tm, long := pathTemplate(t), "x://a"+strings.Repeat("/a", 1<<18)
	start := time.Now()
	if raw, ok := tm.match(long); ok {
		t.Errorf("got %.100s", raw)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	read := templateServer(t, "x://{kind}{/parts*}{?page,all,query}", pathSchema)
	if got := read(long); got != "resource not found" {
		t.Errorf("got %.100s", got)
	}
}

func FuzzTemplates(f *testing.F) {
	tm := pathTemplate(f)
	for _, s := range []string{"x://a", "x://a/b/c?page=1", "x://%00?query=%zz", "x://a?all=true&page=%31", "x://", `x://"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		raw, fits := tm.match(uri)
		if !fits {
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("%q has the variables %s", uri, raw)
		}
		var in pathVars
		if len(tm.dec.Decode(raw, &in)) == 0 && in.Kind != "a" && in.Kind != "b" {
			t.Errorf("%q is read as %+v", uri, in)
		}
	})
}

func TestPermissionsOfPromptsAndResources(t *testing.T) {
	needs := []string{"admin"}
	s := newTestServer(t, Config{}, func(r *Registry) {
		prompt := func(name string, m PromptMetadata) {
			r.AddPrompt(PromptItem{Name: name, Description: "x", Metadata: m, Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "ok", nil })})
		}
		resource := func(name string, m ResourceMetadata) {
			m.URI = "x://" + name
			r.AddResource(ResourceItem{Name: name, Description: "x", Metadata: m, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "ok", nil })})
		}
		prompt("needs", PromptMetadata{Permissions: needs})
		prompt("hides", PromptMetadata{Permissions: needs, Visible: IfPermitted})
		prompt("scoped", PromptMetadata{Scopes: []string{"files"}})
		resource("needs", ResourceMetadata{Permissions: needs})
		resource("hides", ResourceMetadata{Permissions: needs, Visible: IfPermitted})
		resource("scoped", ResourceMetadata{Scopes: []string{"files"}})
		r.AddResource(ResourceItem{Name: "t", Description: "x", Metadata: ResourceMetadata{URI: "x://t/{kind}", Permissions: needs, Visible: IfPermitted}, InputSchema: pathSchema,
			Handler: HandleResource(func(context.Context, pathVars) (string, error) { return "ok", nil })})
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	for _, tt := range []struct{ who, method, params, want string }{
		{"admin", "prompts/get", `{"name":"needs"}`, `"text":"ok"`},
		{"none", "prompts/get", `{"name":"needs"}`, `Missing admin permission.`},
		{"none", "prompts/get", `{"name":"hides"}`, `unknown prompt: hides`},
		{"none", "prompts/get", `{"name":"scoped"}`, `insufficient_scope`},
		{"none", "prompts/list", `{}`, `{"prompts":[{"name":"needs","description":"x"},{"name":"scoped","description":"x"}]`},
		{"none", "completion/complete", `{"ref":{"type":"ref/prompt","name":"hides"},"argument":{"name":"a","value":""}}`, `unknown prompt`},
		{"none", "completion/complete", `{"ref":{"type":"ref/prompt","name":"needs"},"argument":{"name":"a","value":""}}`, `Missing admin permission.`},
		{"none", "completion/complete", `{"ref":{"type":"ref/resource","uri":"x://t/{kind}"},"argument":{"name":"a","value":""}}`, `resource not found`},
		{"admin", "resources/read", `{"uri":"x://needs"}`, `"text":"ok"`},
		{"none", "resources/read", `{"uri":"x://needs"}`, `Missing admin permission.`},
		{"none", "resources/read", `{"uri":"x://hides"}`, `resource not found`},
		{"none", "resources/read", `{"uri":"x://t/a"}`, `resource not found`},
		{"admin", "resources/read", `{"uri":"x://t/a"}`, `"text":"ok"`},
		{"none", "resources/read", `{"uri":"x://scoped"}`, `insufficient_scope`},
		{"none", "resources/templates/list", `{}`, `{"resourceTemplates":[]`},
	} {
		request := `{"jsonrpc":"2.0","id":1,"method":"` + tt.method + `","params":` + tt.params + `}`
		scoped := tt.want == "insufficient_scope"
		status, _, body := post(t, s, request, map[string]string{"Authorization": "Bearer " + tt.who})
		if !strings.Contains(body, tt.want) || (status == 403) != scoped {
			t.Errorf("%s asks %s %s\n got %d %s\nwant %s", tt.who, tt.method, tt.params, status, body, tt.want)
		}
		var named struct{ Name, URI string }
		if err := json.Unmarshal([]byte(tt.params), &named); err != nil {
			t.Fatal(err)
		}
		header := map[string]string{"Authorization": "Bearer " + tt.who, "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": tt.method}
		if name := named.Name + named.URI; name != "" {
			header["Mcp-Name"] = name
		}
		params := strings.Replace(strings.TrimSuffix(tt.params, "}")+","+modernMeta+"}", "{,", "{", 1)
		status, _, body = post(t, s, `{"jsonrpc":"2.0","id":1,"method":"`+tt.method+`","params":`+params+`}`, header)
		if !strings.Contains(body, tt.want) || (status == 403) != scoped || strings.HasSuffix(tt.method, "/list") && !strings.Contains(body, `"cacheScope":"private"`) {
			t.Errorf("in the modern era, %s asks %s %s\n got %d %s\nwant %s", tt.who, tt.method, tt.params, status, body, tt.want)
		}
		// One call of a batch is judged as one alone: a scope that is missing refuses the batch.
		status, _, body = post(t, s, `[{"jsonrpc":"2.0","id":2,"method":"ping"},`+request+`]`, map[string]string{"Authorization": "Bearer " + tt.who})
		if !strings.Contains(body, tt.want) || (status == 403) != scoped || strings.Contains(body, `"id":2`) == scoped {
			t.Errorf("in a batch, %s asks %s %s\n got %d %s\nwant %s", tt.who, tt.method, tt.params, status, body, tt.want)
		}
	}
}

// What prompts and resources fail with is a protocol error; MaskErrors hides it behind the id in the log.
func TestFailuresOfPromptsAndResources(t *testing.T) {
	for _, masked := range []bool{false, true} {
		var log bytes.Buffer
		s := newTestServer(t, Config{MaskErrors: masked, Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(r *Registry) {
			r.AddPrompt(PromptItem{Name: "fails", Description: "x", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "", errors.New("secret") })})
			r.AddPrompt(PromptItem{Name: "odd", Description: "x", Handler: HandlePromptNoInput(func(context.Context) (int, error) { return 1, nil })})
			r.AddPrompt(PromptItem{Name: "empty", Description: "x", Handler: HandlePromptNoInput(func(context.Context) (*PromptResult, error) { return nil, nil })})
			r.AddPrompt(PromptItem{Name: "hole", Description: "x", Handler: HandlePromptNoInput(func(context.Context) ([]Message, error) { return []Message{{Role: RoleUser}}, nil })})
			r.AddPrompt(PromptItem{Name: "user", Description: "x", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "", UserError("try later") })})
			r.AddResource(ResourceItem{Name: "fails", Description: "x", Metadata: ResourceMetadata{URI: "x://fails"}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", errors.New("secret") })})
			r.AddResource(ResourceItem{Name: "bad", Description: "x", Metadata: ResourceMetadata{URI: "x://bad"}, Handler: HandleResourceNoInput(func(context.Context) (badValue, error) { return badValue{"fail"}, nil })})
			r.AddResource(ResourceItem{Name: "panics", Description: "x", Metadata: ResourceMetadata{URI: "x://panics"}, Handler: HandleResourceNoInput(func(context.Context) (badValue, error) { return badValue{"panic"}, nil })})
		})
		secret := "secret"
		if masked {
			secret = "internal error (id "
		}
		for _, tt := range []struct{ method, params, want string }{
			{"prompts/get", `{"name":"fails"}`, secret},
			{"prompts/get", `{"name":"odd"}`, "internal error (id "},
			{"prompts/get", `{"name":"empty"}`, `"messages":[]`},
			{"prompts/get", `{"name":"hole"}`, "internal error (id "},
			{"prompts/get", `{"name":"user"}`, "try later"},
			{"resources/read", `{"uri":"x://fails"}`, secret},
			{"resources/read", `{"uri":"x://bad"}`, "internal error (id "},
			{"resources/read", `{"uri":"x://panics"}`, "internal error (id "},
		} {
			log.Reset()
			_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"`+tt.method+`","params":`+tt.params+`}`, nil)
			if !strings.Contains(body, tt.want) || masked && strings.Contains(body, "secret") {
				t.Errorf("%s %s (masked %v)\n got %s\nwant %s", tt.method, tt.params, masked, body, tt.want)
			}
			if strings.Contains(body, "internal error (id ") != (log.Len() > 0) && !strings.Contains(body, "secret") {
				t.Errorf("%s %s: the log has %q", tt.method, tt.params, log.String())
			}
		}
	}
}
