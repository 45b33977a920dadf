package xmcp

import (
	"context"
	"strings"
	"testing"
	"time"
)

const (
	batchPing  = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	batchGreet = `{"jsonrpc":"2.0","id":"g","method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"},"_meta":{"progressToken":1}}}`
	batchNote  = `{"jsonrpc":"2.0","method":"notifications/initialized"}`
	batchInit  = `{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`

	pongAnswer  = `{"jsonrpc":"2.0","id":1,"result":{}}`
	greetAnswer = `{"jsonrpc":"2.0","id":"g","result":{"content":[{"type":"text","text":"Hello, Ada!"}]}}`
	noBatch     = `{"jsonrpc":"2.0","error":{"code":-32600,"message":"invalid request: batches are not part of this protocol version"}}`
)

func TestBatchesOverHTTP(t *testing.T) {
	s := newTestServer(t, Config{}, everyToolButGuarded)
	session := func(version string) string {
		_, h, _ := post(t, s, strings.Replace(batchInit, "2025-03-26", version, 1), nil)
		return h.Get(headerSession)
	}
	old, newer := session("2025-03-26"), session("2025-06-18")
	tooMany := "[" + strings.TrimSuffix(strings.Repeat(batchPing+",", maxBatch+1), ",") + "]"
	for _, tt := range []struct {
		name, body string
		header     map[string]string
		status     int
		want       string
	}{
		{"requests", "[" + batchPing + "," + batchNote + "," + batchGreet + "]", nil, 200, "[" + pongAnswer + "," + greetAnswer + "]"},
		{"in a session", " [ " + batchGreet + " ] ", map[string]string{headerSession: old}, 200, "[" + greetAnswer + "]"},
		{"notifications", "[" + batchNote + "," + batchNote + "]", nil, 202, ""},
		{"a bad message", "[" + batchPing + ",7]", nil, 200, "[" + pongAnswer + `,{"jsonrpc":"2.0","error":{"code":-32600,"message":"invalid request: a message is a JSON object"}}]`},
		{"a batch in it", "[[" + batchPing + "]]", nil, 200, "[" + noBatch + "]"},
		{"initialize", "[" + batchInit + "]", nil, 200, `[{"jsonrpc":"2.0","id":2,"error":{"code":-32600,"message":"invalid request: initialize is not part of a batch"}}]`},
		{"modern", "[" + callTModern + "]", nil, 200, `[{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request: batches are not part of this protocol version"}}]`},
		{"nothing", "[]", nil, 400, `{"jsonrpc":"2.0","error":{"code":-32600,"message":"invalid request: the batch is empty"}}`},
		{"too many", tooMany, nil, 400, `{"jsonrpc":"2.0","error":{"code":-32600,"message":"invalid request: the batch has too many messages"}}`},
		{"no JSON", "[" + batchPing + ",]", nil, 400, `{"jsonrpc":"2.0","error":{"code":-32700,"message":"parse error: invalid JSON"}}`},
		{"in a later session", "[" + batchPing + "]", map[string]string{headerSession: newer}, 400, noBatch},
		{"in a later revision", "[" + batchPing + "]", map[string]string{headerProtocol: "2025-11-25"}, 400, noBatch},
		{"in the modern revision", "[" + batchPing + "]", map[string]string{headerProtocol: "2026-07-28"}, 400, noBatch},
		{"in no session", "[" + batchPing + "]", map[string]string{headerSession: "x"}, 404, `{"jsonrpc":"2.0","error":{"code":-32600,"message":"session not found"}}`},
	} {
		if status, _, got := post(t, s, tt.body, tt.header); status != tt.status || got != tt.want {
			t.Errorf("%s: status %d\n got %s\nwant %s", tt.name, status, got, tt.want)
		}
	}
}

func TestScopesInBatches(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		everyTool(r)
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	status, h, body := post(t, s, "["+batchPing+","+strings.Replace(callT, `"t"`, `"scoped"`, 1)+"]", map[string]string{"Authorization": "Bearer none"})
	if status != 403 || !strings.Contains(h.Get("Www-Authenticate"), "insufficient_scope") {
		t.Errorf("status %d: %s", status, body)
	}
}

func TestBatchesOnStdio(t *testing.T) {
	begun := make(chan struct{})
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{}, func(ctx context.Context) error { close(begun); <-ctx.Done(); return ctx.Err() }))
	p.send("[%s]", batchPing)
	if got := p.receive(); got != noBatch {
		t.Errorf("before initialize: %s", got)
	}
	p.send("%s", batchInit)
	p.receive()
	p.send("[%s,%s,%s]", batchPing, batchNote, batchGreet)
	if got := p.receive(); got != "["+pongAnswer+","+greetAnswer+"]" {
		t.Errorf("got %s", got)
	}
	p.send(`[{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t"}},%s]`, batchGreet)
	<-begun
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}`)
	if got := p.receive(); got != "["+greetAnswer+"]" {
		t.Errorf("with a cancelled request: %s", got)
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
	select {
	case line, more := <-p.lines:
		if more {
			t.Errorf("said at the end: %s", line)
		}
	case <-time.After(time.Second):
	}
}
