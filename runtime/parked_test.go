package xmcp

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// deafClient takes every message and answers none.
type deafClient struct{}

func (deafClient) send([]byte) error { return nil }
func (deafClient) live() bool        { return true }

// Streams, and calls that wait for their client, hold no slot; they have a bound of their own.
func TestWaitingRequestsAreBounded(t *testing.T) {
	s := newTestServer(t, Config{Limits: Limits{Sessions: 1}}, greetTool)
	sess := openSession(t, s, nil)
	if s.life.gate.enter() != admitted || !s.life.gate.park() {
		t.Fatal("the first waiting request is refused")
	}

	body, headers := listenBody("1", `{"toolsListChanged":true}`)
	for name, tt := range map[string]struct {
		method, body string
		headers      map[string]string
	}{
		"stream of a session": {"GET", "", map[string]string{headerSession: sess.id}},
		"listen":              {"POST", body, headers},
	} {
		req := httptest.NewRequestWithContext(t.Context(), tt.method, "http://127.0.0.1:3001/mcp", strings.NewReader(tt.body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		for k, v := range tt.headers {
			req.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, req)
		if w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s is answered %d %s", name, w.Code, w.Body)
		}
	}

	c := newCall(s)
	c.call.session, c.call.out = sess, deafClient{}
	c.begin(t.Context(), true, s.cfg.Limits.ToolTimeout)
	before, _ := c.Deadline()
	if s.life.gate.enter() != admitted {
		t.Fatal("a call is refused")
	}
	defer s.life.gate.leave()
	err := c.call.askNow(question{key: "name", method: "elicitation/create", declared: func(clientCaps) bool { return true }})
	if err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("a question that nobody has room for: %v", err)
	}
	if after, _ := c.Deadline(); after.Sub(before).Abs() > s.cfg.Limits.ToolTimeout/2 {
		t.Errorf("the clock of the call stands still: it ends at %v, not at %v", after, before)
	}
	if _, _, answer := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}`, nil); !strings.Contains(answer, "Hello, Ada!") {
		t.Errorf("other calls are refused: %s", answer)
	}
}
