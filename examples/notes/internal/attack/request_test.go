package attack

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// The newest revisions of the two eras.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
)

func eras(t *testing.T, f func(t *testing.T, era string)) {
	for name, era := range map[string]string{"legacy": legacy, "modern": modern} {
		t.Run(name, func(t *testing.T) { f(t, era) })
	}
}

// message is one request of the protocol.
type message struct {
	method, name string
	params       map[string]any
	capabilities map[string]any
}

func toolCall(tool string, args map[string]any) message {
	return message{"tools/call", tool, map[string]any{"name": tool, "arguments": args}, map[string]any{}}
}

// saving is what most attacks try: to write where they may not.
var saving = toolCall("save_note", map[string]any{"text": "by an attacker"})

type reply struct {
	status int
	header http.Header
	body   string
}

// text is the text of a tool's result, or the message of an error.
func (r reply) text() string {
	var m struct {
		Result struct{ Content []struct{ Text string } }
		Error  struct{ Message string }
	}
	_ = json.Unmarshal([]byte(r.body), &m)
	if len(m.Result.Content) == 1 {
		return m.Result.Content[0].Text
	}
	return m.Error.Message
}

// body is the message as its era writes it.
func (m message) body(t *testing.T, era string) string {
	t.Helper()
	params := map[string]any{}
	for k, v := range m.params {
		params[k] = v
	}
	if era == modern {
		meta := map[string]any{"io.modelcontextprotocol/protocolVersion": modern, "io.modelcontextprotocol/clientCapabilities": m.capabilities}
		if more, ok := params["_meta"].(map[string]any); ok {
			maps.Copy(meta, more)
		}
		params["_meta"] = meta
	}
	raw, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": m.method, "params": params})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func (m message) header(era string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}, "Mcp-Protocol-Version": {era}}
	if era == modern {
		h.Set("Mcp-Method", m.method)
		if m.name != "" {
			h.Set("Mcp-Name", m.name)
		}
	}
	return h
}

// send posts a message. change may do anything to the request.
func (a *app) send(t *testing.T, era string, m message, change ...func(*http.Request)) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/mcp", strings.NewReader(m.body(t, era)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = m.header(era)
	return a.do(t, req, change...)
}

func (a *app) do(t *testing.T, req *http.Request, change ...func(*http.Request)) reply {
	t.Helper()
	for _, f := range change {
		f(req)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func bearing(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// refusal is what a request that is not let in is answered with.
type refusal struct {
	status            int
	challenge         string // WWW-Authenticate
	code, description string
}

// The refusals of docs/attacks.md. Each has the address of the metadata, which is the app's.
func (a *app) metadata() string {
	return `resource_metadata="` + a.url + `/.well-known/oauth-protected-resource/mcp"`
}

func (a *app) noToken() refusal {
	return refusal{401, "Bearer " + a.metadata(), "unauthorized", "Sign in to use this server"}
}

func (a *app) malformed() refusal {
	const text = "The request is malformed"
	return refusal{400, `Bearer error="invalid_request", error_description="` + text + `", ` + a.metadata(), "invalid_request", text}
}

func (a *app) invalid() refusal {
	const text = "The access token is invalid"
	return refusal{401, `Bearer error="invalid_token", error_description="` + text + `", ` + a.metadata(), "invalid_token", text}
}

func (a *app) expired() refusal {
	const text = "The access token expired"
	return refusal{401, `Bearer error="invalid_token", error_description="` + text + `", ` + a.metadata(), "invalid_token", text}
}

func (a *app) needsScopes(scopes string) refusal {
	const text = "The access token lacks a scope"
	return refusal{403, `Bearer error="insufficient_scope", error_description="` + text + `", scope="` + scopes + `", ` + a.metadata(), "insufficient_scope", text}
}

func (a *app) unavailable() refusal {
	return refusal{503, "", "temporarily_unavailable", "Try again in a moment"}
}

// expect compares status, header and body, and that there is one audit record of it.
func (a *app) expect(t *testing.T, got reply, want refusal) {
	t.Helper()
	body := `{"error":"` + want.code + `","error_description":"` + want.description + `"}`
	if got.status != want.status || got.header.Get("WWW-Authenticate") != want.challenge || got.body != body {
		t.Errorf("got %d %q %s\nwant %d %q %s", got.status, got.header.Get("WWW-Authenticate"), got.body, want.status, want.challenge, body)
	}
	if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("header %v", got.header)
	}
	if after := got.header.Get("Retry-After"); (after == "5") != (want.status == 503) {
		t.Errorf("Retry-After is %q", after)
	}
	records := a.records(t)
	if len(records) != 1 || records[0].Status != want.status || records[0].Outcome != "refused" && records[0].Outcome != "denied" {
		t.Errorf("audit records: %+v", records)
	}
}

// expectText compares the text of an answer that was let through.
func (a *app) expectText(t *testing.T, got reply, want string) {
	t.Helper()
	if got.status != http.StatusOK || !strings.HasPrefix(got.text(), want) {
		t.Errorf("got %d %s, want 200 %s", got.status, got.body, want)
	}
	a.audit.take()
}

// untouched tells whether nobody's note was saved: no attack has reached a handler.
func (a *app) untouched(t *testing.T) {
	t.Helper()
	for _, who := range [][2]string{{"usr_alice", "org_acme"}, {"usr_alice", "org_globex"}} {
		got := a.send(t, legacy, toolCall("list_my_notes", nil), bearing(a.env.token(t, who[0], who[1], nil)))
		if got.text() != "[]" {
			t.Errorf("the notes of %v are %s", who, got.body)
		}
	}
}
