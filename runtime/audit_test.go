package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// auditBuffer keeps records as short lines: level, outcome and what else is to be compared.
type auditBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *auditBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *auditBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// take returns the records so far and forgets them. What differs from run to run is checked and left out.
func (b *auditBuffer) take(t *testing.T) []string {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []string
	for line := range strings.Lines(b.buf.String()) {
		var rec map[string]any
		if err := json.Unmarshal([]byte(line), &rec); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		at, err := time.Parse(time.RFC3339Nano, rec["time"].(string))
		id, _ := rec["id"].(string)
		took, timed := rec["duration_ms"].(float64)
		if err != nil || time.Since(at) > time.Minute || at.Location() != time.UTC || len(id) != 12 || !timed || took < 0 {
			t.Errorf("time, id or duration is missing: %s", line)
		}
		parts := []string{fmt.Sprint(rec["level"]), fmt.Sprint(rec["msg"])}
		for _, name := range []string{"request_id", "subject", "organization", "client", "method", "http_method", "tool", "prompt", "resource", "outcome", "code", "status", "reason", "transport", "remote"} {
			if v, ok := rec[name]; ok {
				parts = append(parts, fmt.Sprintf("%s=%v", name, v))
			}
		}
		list = append(list, strings.Join(parts, " "))
	}
	b.buf.Reset()
	return list
}

func (b *auditBuffer) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(b, nil)) }

func (b *auditBuffer) expect(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := b.take(t); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

const overHTTP = " transport=http remote=192.0.2.1:1234"

func call1(id, method, params string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"` + method + `","params":{` + params + `}}`
}

// auditedServer has an item of each kind behind tokenAuth, whose callers belong to an organization.
func auditedServer(t *testing.T, cfg Config) (*Server, *auditBuffer) {
	t.Helper()
	b := &auditBuffer{}
	cfg.Audit = b.logger()
	s := newUncheckedServer(t, cfg, func(r *Registry) {
		everything(r)
		askingItems(r)
		r.Use(func() []Plugin {
			return []Plugin{PluginFunc("auth", func(h *Host) error {
				h.Authenticate(organizationAuth{})
				return nil
			})}
		})
	})
	return s, b
}

type organizationAuth struct{ tokenAuth }

func (organizationAuth) Authenticate(r *http.Request) (*Principal, error) {
	switch r.Header.Get("Authorization") {
	case "Bearer down":
		return nil, &Challenge{Status: 503, Reason: "the keys cannot be had"}
	case "Bearer broken":
		return nil, errors.New("secret of the authenticator")
	}
	p, err := tokenAuth{}.Authenticate(r)
	if err != nil {
		return nil, err
	}
	p.Organization, p.Client = "org_1", "client_1"
	return p, nil
}

func TestAuditOverHTTP(t *testing.T) {
	s, b := auditedServer(t, Config{})
	const none, admin = " subject=none organization=org_1 client=client_1", " subject=admin organization=org_1 client=client_1"
	for _, tt := range []struct {
		name, token, body, want string
	}{
		{"call", "none", call1("1", "tools/call", `"name":"greet","arguments":{"name":"private"}`),
			"INFO call request_id=1" + none + " method=tools/call tool=greet outcome=ok" + overHTTP},
		{"id is a string", "none", call1(`"a b"`, "tools/call", `"name":"greet","arguments":{"name":"private"}`),
			"INFO call request_id=a b" + none + " method=tools/call tool=greet outcome=ok" + overHTTP},
		{"invalid arguments", "none", call1("2", "tools/call", `"name":"greet","arguments":{"private":1}`),
			"INFO call request_id=2" + none + " method=tools/call tool=greet outcome=tool_error" + overHTTP},
		{"tool fails", "none", call1("3", "tools/call", `"name":"fails"`),
			"INFO call request_id=3" + none + " method=tools/call tool=fails outcome=tool_error" + overHTTP},
		{"no such tool", "none", call1("4", "tools/call", `"name":"nope"`),
			"INFO call request_id=4" + none + " method=tools/call tool=nope outcome=error code=-32602" + overHTTP},
		{"missing permission", "none", call1("5", "tools/call", `"name":"secret"`),
			"WARN call request_id=5" + none + " method=tools/call tool=secret outcome=denied reason=missing permission notes:write" + overHTTP},
		{"missing scope", "none", call1("6", "tools/call", `"name":"scoped"`),
			"WARN call request_id=6" + none + " method=tools/call tool=scoped outcome=denied status=403 reason=missing scope files" + overHTTP},
		{"with scope", "admin", call1("7", "tools/call", `"name":"scoped"`),
			"INFO call request_id=7" + admin + " method=tools/call tool=scoped outcome=ok" + overHTTP},
		{"list", "none", call1("8", "tools/list", ``), "INFO call request_id=8" + none + " method=tools/list outcome=ok" + overHTTP},
		{"list, kept", "none", call1("9", "prompts/list", ``), "INFO call request_id=9" + none + " method=prompts/list outcome=ok" + overHTTP},
		{"list again", "none", call1("9", "prompts/list", ``), "INFO call request_id=9" + none + " method=prompts/list outcome=ok" + overHTTP},
		{"initialize", "none", call1("10", "initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}`),
			"INFO call request_id=10" + none + " method=initialize outcome=ok" + overHTTP},
		{"initialize wrongly", "none", call1("11", "initialize", `"protocolVersion":7`),
			"INFO call request_id=11" + none + " method=initialize outcome=error code=-32602" + overHTTP},
		{"prompt", "none", call1("12", "prompts/get", `"name":"review","arguments":{"code":"private","style":"terse"}`),
			"INFO call request_id=12" + none + " method=prompts/get prompt=review outcome=ok" + overHTTP},
		{"resource", "none", call1("13", "resources/read", `"uri":"app://users/7"`),
			"INFO call request_id=13" + none + " method=resources/read resource=app://users/{id} outcome=ok" + overHTTP},
		{"no such resource", "none", call1("14", "resources/read", `"uri":"private://x"`),
			"INFO call request_id=14" + none + " method=resources/read outcome=error code=-32002" + overHTTP},
		{"completion", "none", call1("15", "completion/complete", `"ref":{"type":"ref/prompt","name":"review"},"argument":{"name":"style","value":"private"}`),
			"INFO call request_id=15" + none + " method=completion/complete prompt=review outcome=ok" + overHTTP},
		{"batch", "none", "[" + call1("16", "ping", "") + "," + call1("17", "tools/call", `"name":"secret"`) + ",7]",
			"INFO call request_id=16" + none + " method=ping outcome=ok" + overHTTP + "\n" +
				"WARN call request_id=17" + none + " method=tools/call tool=secret outcome=denied reason=missing permission notes:write" + overHTTP + "\n" +
				"INFO call request_id=" + none + " method= outcome=error code=-32600" + overHTTP},
		{"notification", "none", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, ""},
		{"no JSON", "none", `{`, "INFO call request_id=" + none + " method= outcome=error code=-32700" + overHTTP},
		{"long names", "none", call1(`"`+strings.Repeat("i", 300)+`"`, "tools/call", `"name":"`+strings.Repeat("é", 300)+`"`),
			"INFO call request_id=" + strings.Repeat("i", 128) + "…" + none + " method=tools/call tool=" + strings.Repeat("é", 64) + "… outcome=error code=-32602" + overHTTP},
		{"no token", "", call1("18", "ping", ""), "WARN refusal http_method=POST outcome=refused status=401 reason=unauthorized" + overHTTP},
		{"keys down", "down", call1("18", "ping", ""), "WARN refusal http_method=POST outcome=refused status=503 reason=the keys cannot be had" + overHTTP},
		{"broken authenticator", "broken", call1("18", "ping", ""), "WARN refusal http_method=POST outcome=refused status=500 reason=authentication failed" + overHTTP},
	} {
		post(t, s, tt.body, map[string]string{"Authorization": "Bearer " + tt.token})
		if strings.Contains(b.String(), "private") {
			t.Errorf("%s: an argument is in the record: %s", tt.name, b)
		}
		b.expect(t, tt.name, strings.Split(tt.want, "\n")[:strings.Count(tt.want, "\n")+min(1, len(tt.want))]...)
	}
	modern := map[string]string{"Authorization": "Bearer none", "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "ask"}
	elicits := strings.Replace(modernMeta, `"io.modelcontextprotocol/clientCapabilities":{}`, `"io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}`, 1)
	post(t, s, call1("1", "tools/call", `"name":"ask",`+elicits), modern)
	b.expect(t, "question", "INFO call request_id=1"+none+" method=tools/call tool=ask outcome=input_required"+overHTTP)
	modern["Mcp-Name"] = "other"
	post(t, s, call1("1", "tools/call", `"name":"ask",`+elicits), modern)
	b.expect(t, "header and body differ", "INFO call request_id=1"+none+" method=tools/call tool=ask outcome=error code=-32020"+overHTTP)
}

func TestAuditOfRequestsThatAreNoCalls(t *testing.T) {
	s, b := auditedServer(t, Config{})
	send := func(method, path string, header ...string) int {
		w := serve(s, request(method, "http://localhost:3001"+path, header...))
		return w.Code
	}
	const auth, none = "Authorization", " subject=none organization=org_1 client=client_1"
	for _, tt := range []struct {
		name   string
		status int
		want   string
		got    func() int
	}{
		{"origin", 403, "WARN refusal http_method=POST outcome=refused status=403 reason=origin not allowed" + overHTTP,
			func() int { return send("POST", "/mcp", auth, "Bearer none", "Origin", "https://evil.example") }},
		{"host", 403, "WARN refusal http_method=POST outcome=refused status=403 reason=host not allowed" + overHTTP,
			func() int { return serve(s, request("POST", "http://evil.example/mcp")).Code }},
		{"host of a route", 403, "WARN refusal http_method=GET outcome=refused status=403 reason=host not allowed" + overHTTP,
			func() int { return serve(s, request("GET", "http://evil.example/other")).Code }},
		{"another path", 404, "", func() int { return send("GET", "/other") }},
		{"health", 200, "", func() int { return send("GET", "/healthz") }},
		{"preflight", 204, "", func() int {
			return send("OPTIONS", "/mcp", "Origin", "http://localhost:3001", "Access-Control-Request-Method", "POST")
		}},
		{"content type", 415, "WARN refusal" + none + " http_method=POST outcome=refused status=415 reason=Content-Type must be application/json" + overHTTP,
			func() int { return send("POST", "/mcp", auth, "Bearer none") }},
		{"session of nobody", 404, "WARN refusal" + none + " http_method=DELETE outcome=refused status=404 reason=session not found" + overHTTP,
			func() int { return send("DELETE", "/mcp", auth, "Bearer none", headerSession, "x") }},
	} {
		if got := tt.got(); got != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.status)
		}
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		b.expect(t, tt.name, want...)
	}
	// Sessions: their streams and their end.
	_, h, _ := post(t, s, call1("1", "initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}`), map[string]string{auth: "Bearer none"})
	b.take(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := request("GET", "http://localhost:3001/mcp", auth, "Bearer none", headerSession, h.Get(headerSession), "Accept", "text/event-stream").WithContext(ctx)
	opened := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Handler().ServeHTTP(&onFirstWrite{httptest.NewRecorder(), opened, sync.Once{}}, r)
	}()
	<-opened
	cancel()
	<-ended
	b.expect(t, "stream", "INFO call"+none+" http_method=GET outcome=ok status=200"+overHTTP)
	if got := send("DELETE", "/mcp", auth, "Bearer admin", headerSession, h.Get(headerSession)); got != 404 {
		t.Errorf("another one's session: status %d", got)
	}
	b.expect(t, "another one's session", "WARN refusal subject=admin organization=org_1 client=client_1 http_method=DELETE outcome=refused status=404 reason=session not found"+overHTTP)
	send("DELETE", "/mcp", auth, "Bearer none", headerSession, h.Get(headerSession))
	b.expect(t, "end", "INFO call"+none+" http_method=DELETE outcome=ok status=204"+overHTTP)
	if strings.Contains(b.String(), h.Get(headerSession)) {
		t.Error("the id of a session is in a record")
	}
}

// onFirstWrite tells when something is written.
type onFirstWrite struct {
	*httptest.ResponseRecorder
	first chan struct{}
	once  sync.Once
}

func (w *onFirstWrite) Write(b []byte) (int, error) {
	w.once.Do(func() { close(w.first) })
	return w.ResponseRecorder.Write(b)
}

func TestAuditOnStdio(t *testing.T) {
	b := &auditBuffer{}
	begun := make(chan struct{})
	s := stdioServerWith(t, Config{Audit: b.logger()}, func(ctx context.Context) error { close(begun); <-ctx.Done(); return ctx.Err() })
	p := newPipe(t.Context(), t, s)
	const stdio = " transport=stdio"
	for _, tt := range []struct{ send, want string }{
		{batchInit, "INFO call request_id=2 method=initialize outcome=ok"},
		{call1("1", "tools/call", `"name":"greet","arguments":{"name":"Ada"}`), "INFO call request_id=1 method=tools/call tool=greet outcome=ok"},
		{"[" + batchPing + "]", "INFO call request_id=1 method=ping outcome=ok"},
		{"{", "INFO call request_id= method= outcome=error code=-32700"},
		{"[]", "INFO call request_id= method= outcome=error code=-32600"},
	} {
		p.send("%s", tt.send)
		p.receive()
		b.expect(t, tt.send, tt.want+stdio)
	}
	p.send("%s", call1("7", "tools/call", `"name":"t"`))
	<-begun
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}`)
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
	b.expect(t, "cancelled", "INFO call request_id=7 method=tools/call tool=t outcome=cancelled"+stdio)
}

func TestAuditOfTimeouts(t *testing.T) {
	b := &auditBuffer{}
	s := newTestServer(t, Config{Audit: b.logger(), Limits: Limits{ToolTimeout: time.Millisecond}}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
	})
	post(t, s, call1("1", "tools/call", `"name":"t"`), nil)
	b.expect(t, "timeout", "INFO call request_id=1 method=tools/call tool=t outcome=timeout"+overHTTP)
}

// What is told to a client under an id is found under the same id in the log and in the audit record.
func TestAuditAndLogShareTheirID(t *testing.T) {
	var log, audit auditBuffer
	s := newTestServer(t, Config{MaskErrors: true, Logger: slog.New(slog.NewJSONHandler(&log, nil)), Audit: audit.logger()}, failingTools)
	_, _, body := post(t, s, call1("1", "tools/call", `"name":"fails"`), nil)
	var rec struct{ ID string }
	if err := json.Unmarshal([]byte(audit.String()), &rec); err != nil {
		t.Fatal(err)
	}
	if want := `"id":"` + rec.ID + `"`; rec.ID == "" || !strings.Contains(log.String(), want) || !strings.Contains(body, "(id "+rec.ID+")") {
		t.Errorf("audit: %s\nlog: %s\nanswer: %s", &audit, &log, body)
	}
}

// A server that writes nothing does nothing for it.
func TestNoAuditIsFree(t *testing.T) {
	s := newUncheckedServer(t, Config{}, greetTool)
	if s.audit != nil || newCall(s).call.trail != nil {
		t.Error("there is an auditor without a sink")
	}
	if _, wrapped := s.Handler().(*chain); !wrapped {
		t.Errorf("the handler is %T", s.Handler())
	}
}

func BenchmarkAudit(b *testing.B) {
	for name, audit := range map[string]*slog.Logger{"off": nil, "on": slog.New(slog.NewJSONHandler(io.Discard, nil))} {
		b.Run(name, func(b *testing.B) {
			s := newUncheckedServer(b, Config{Audit: audit}, greetTool)
			req, rp := benchRequest(legacyCall, nil)
			w := &discard{map[string][]string{}}
			b.ReportAllocs()
			for b.Loop() {
				rp.Reset(rp.data)
				req.Body = rp
				clear(w.h)
				s.Handler().ServeHTTP(w, req)
			}
		})
	}
}
