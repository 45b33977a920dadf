package xmcp

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
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
	err := c.call.askNow(question{key: "name", method: "elicitation/create"})
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

// One client cannot take up all that the server has room for: neither a principal over all its connections and sessions, nor one
// session of nobody in particular.
func TestWaitingRequestsAreBoundedForEachClient(t *testing.T) {
	s := newTestServer(t, Config{Limits: Limits{PerClient: 2}}, func(r *Registry) {
		greetTool(r)
		r.Use(func() []Plugin { return []Plugin{tokenAuth{}} })
	})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close) // after the streams
	text, headers := listenBody("1", `{"toolsListChanged":true}`)
	listen := func(who string) (*http.Response, context.CancelFunc) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", web.URL+"/mcp", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+who)
		for k, v := range headers {
			req.Header.Set(k, v)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cancel(); res.Body.Close() })
		return res, cancel
	}
	_, leave := listen("admin")
	listen("admin")
	if res, _ := listen("admin"); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a third stream is answered %s, %v", res.Status, res.Header)
	}
	if res, _ := listen("none"); res.StatusCode != http.StatusOK {
		t.Errorf("somebody else is answered %s", res.Status)
	}
	leave()
	for range 500 { // until the server has noticed
		if res, _ := listen("admin"); res.StatusCode == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("a stream that has ended still counts")
}

func TestOwnersOfWaitingRequests(t *testing.T) {
	s := newTestServer(t, Config{Limits: Limits{PerClient: 2}}, greetTool)
	by := func(sess *session, p *Principal) *call {
		c := newCall(s)
		c.call.session, c.call.principal = sess, p
		return &c.call
	}
	park := func(c *call) func() {
		t.Helper()
		if s.life.gate.enter() != admitted {
			t.Fatal("refused")
		}
		t.Cleanup(s.life.gate.leave)
		unpark, err := c.park()
		if err != nil && !errors.Is(err, errTooManyOfYour) {
			t.Fatal(err)
		}
		return unpark
	}
	ann, bob := &Principal{Subject: "ann"}, &Principal{Subject: "bob"}
	one, two, nobodys := openSession(t, s, ann), openSession(t, s, ann), openSession(t, s, nil)
	first := park(by(one, ann))
	if park(by(two, ann)) == nil {
		t.Error("the second of a principal is refused")
	}
	if park(by(nil, ann)) != nil || park(by(one, ann)) != nil {
		t.Error("a third of a principal is let in")
	}
	if park(by(nil, bob)) == nil {
		t.Error("another principal is refused")
	}
	first()
	if park(by(one, &Principal{Subject: "ann", Value: "another token"})) == nil {
		t.Error("there is no room for what follows on one that has ended")
	}
	for i, want := range []bool{true, true, false} {
		if got := park(by(nobodys, nil)) != nil; got != want {
			t.Errorf("%d of a session: %v", i+1, got)
		}
	}
	for range 10 { // nobody's, and those of a client on stdio
		if park(by(nil, nil)) == nil || park(by(&session{}, nil)) == nil {
			t.Fatal("refused")
		}
	}
}
