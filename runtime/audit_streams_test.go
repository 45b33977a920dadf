package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// A stream that listens is on record when it has ended, for as long as it lasted.
func TestAuditOfListening(t *testing.T) {
	b := &auditBuffer{}
	s := newUncheckedServer(t, Config{Audit: b.logger()}, func(r *Registry) {
		r.AddResource(ResourceItem{Name: "r", Description: "A resource.", Metadata: ResourceMetadata{URI: "app://r", Permissions: []string{"notes:write"}},
			Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	for token, want := range map[string]string{
		"none":   "INFO call request_id=1 subject=none method=subscriptions/listen outcome=ok reason=missing permission notes:write" + overHTTP,
		"writer": "INFO call request_id=1 subject=writer method=subscriptions/listen outcome=ok" + overHTTP,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		r := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", strings.NewReader(call1("1", "subscriptions/listen", `"notifications":{"resourceSubscriptions":["app://r"]},`+modernMeta)))
		for name, value := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen", "Authorization": "Bearer " + token} {
			r.Header.Set(name, value)
		}
		opened, ended := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			s.Handler().ServeHTTP(&onFirstWrite{httptest.NewRecorder(), opened, sync.Once{}}, r.WithContext(ctx))
		}()
		<-opened
		b.expect(t, "while it listens")
		cancel()
		<-ended
		b.expect(t, token, want)
	}
	post(t, s, call1("2", "subscriptions/listen", `"notifications":7,`+modernMeta), map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen", "Authorization": "Bearer writer"})
	b.expect(t, "malformed", "INFO call request_id=2 subject=writer method=subscriptions/listen outcome=error code=-32602"+overHTTP)
}

// On stdio nobody is signed in: what asks for that is refused, and that is on record too.
func TestAuditOfDenialsOnStdio(t *testing.T) {
	b := &auditBuffer{}
	r := NewRegistry()
	everyTool(r)
	s, err := New(r, Config{Stdio: true, Audit: b.logger()})
	if err != nil {
		t.Fatal(err)
	}
	p := newPipe(t.Context(), t, s)
	p.send("%s", call1("1", "tools/call", `"name":"secret",`+modernMeta))
	p.receive()
	b.expect(t, "call", "WARN call request_id=1 method=tools/call tool=secret outcome=denied reason=missing a signed-in caller transport=stdio")
	p.send("%s", call1("2", "subscriptions/listen", `"notifications":{"toolsListChanged":true},`+modernMeta))
	p.receive()
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}`)
	waitFor(t, "record", func() bool { return b.String() != "" })
	b.expect(t, "listening", "INFO call request_id=2 method=subscriptions/listen outcome=ok transport=stdio")
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// A server that is full or about to stop refuses, and that is on record; health checks are not.
func TestAuditOfAServerThatIsBusy(t *testing.T) {
	b := &auditBuffer{}
	running, finish := make(chan struct{}), make(chan struct{})
	s := newTestServer(t, Config{Audit: b.logger(), Limits: Limits{Concurrency: 1}}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(func(context.Context) error { close(running); <-finish; return nil }))
	})
	ended := make(chan struct{})
	go func() { defer close(ended); post(t, s, call1("1", "tools/call", `"name":"t"`), nil) }()
	<-running
	if status, _, _ := post(t, s, batchPing, nil); status != 503 {
		t.Errorf("status %d", status)
	}
	b.expect(t, "busy", "WARN refusal http_method=POST outcome=refused status=503 reason=the server is busy"+overHTTP)
	close(finish)
	<-ended
	b.take(t)
	if err := s.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	post(t, s, batchPing, nil)
	b.expect(t, "stopping", "WARN refusal http_method=POST outcome=refused status=503 reason=the server is shutting down"+overHTTP)
	serve(s, request("GET", "http://localhost:3001/readyz"))
	b.expect(t, "health")
}

// What an upstream answers is on record as well, a failing tool as one.
func TestAuditOfUpstreams(t *testing.T) {
	b := &auditBuffer{}
	s := newTestServer(t, Config{Audit: b.logger(), MCP: complaining{}}, greetTool)
	post(t, s, call1("1", "tools/call", `"name":"theirs"`), nil)
	b.expect(t, "failing tool", "INFO call request_id=1 method=tools/call tool=theirs outcome=tool_error"+overHTTP)
	post(t, s, call1("2", "resources/read", `"uri":"their://private"`), nil)
	b.expect(t, "resource", "INFO call request_id=2 method=resources/read outcome=error code=-32603"+overHTTP)
}

// complaining is an upstream that fails at everything.
type complaining struct{}

func (complaining) Start(func(string, json.RawMessage)) error { return nil }
func (complaining) Stop()                                     {}
func (complaining) Handle(_ context.Context, _ *UpstreamClient, message []byte) []byte {
	switch {
	case bytes.Contains(message, []byte(`"tools/call"`)):
		return []byte(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"no"}],"isError":true}}`)
	case bytes.Contains(message, []byte(`"initialize"`)):
		return []byte(`{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"theirs","version":"1"}}}`)
	}
	return []byte(`{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}`)
}
