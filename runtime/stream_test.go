package xmcp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// conn is a legacy or modern client over loopback that reads events one by one.
type conn struct {
	t       *testing.T
	url     string
	session string
}

func (c *conn) do(ctx context.Context, method, body string, header map[string]string) *http.Response {
	c.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, c.url+"/mcp", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json, text/event-stream")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.session != "" {
		req.Header.Set("Mcp-Session-Id", c.session)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

func (c *conn) open(version string) {
	c.t.Helper()
	res := c.do(c.t.Context(), "POST", `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"`+version+`","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`, nil)
	drain(res)
	if c.session = res.Header.Get("Mcp-Session-Id"); c.session == "" {
		c.t.Fatal("no session")
	}
}

func drain(res *http.Response) string {
	b, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	return string(b)
}

// event is one server-sent event.
type event struct{ id, data, retry string }

// events reads a stream in the background, so that a test can wait for the next event with a limit.
func events(res *http.Response) <-chan event {
	ch := make(chan event, 64)
	go func() {
		defer close(ch)
		var e event
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id = value
			case "data", "data:":
				e.data = value
			case "retry":
				e.retry = value
			case "":
				if value == "" && e != (event{}) {
					ch <- e
					e = event{}
				}
			}
		}
	}()
	return ch
}

func next(t *testing.T, ch <-chan event) event {
	t.Helper()
	select {
	case e, ok := <-ch:
		if !ok {
			t.Fatal("the stream has ended")
		}
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("no event")
	}
	return event{}
}

func serveLoopback(t *testing.T, fill func(*Registry)) (*Server, string) {
	t.Helper()
	s := newTestServer(t, Config{}, fill)
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.CloseClientConnections()
		web.Close()
	})
	return s, web.URL
}

func listenBody(id, filter string) (string, map[string]string) {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"subscriptions/listen","params":{"notifications":` + filter + `,` + modernMeta + `}}`,
		map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}
}

func another(name string) Change {
	return Change{AddTools: []ToolItem{{Name: name, Description: "Another.", Handler: HandleToolBare(func(context.Context) error { return nil })}}}
}

func TestListenHearsOnlyWhatItAskedFor(t *testing.T) {
	s, url := serveLoopback(t, func(r *Registry) {
		greetTool(r)
		for _, uri := range []string{"test://a", "test://b"} {
			r.AddResource(ResourceItem{Name: uri, Description: "R.", Metadata: ResourceMetadata{URI: uri}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "", nil })})
		}
	})
	c := &conn{t: t, url: url}
	body, header := listenBody(`"sub"`, `{"toolsListChanged":true,"resourceSubscriptions":["test://a","test://none"]}`)
	tools := events(c.do(t.Context(), "POST", body, header))
	body, header = listenBody("1", `{"promptsListChanged":true}`)
	prompts := events(c.do(t.Context(), "POST", body, header))

	const tag = `"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"}`
	if got, want := next(t, tools).data, `{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{`+tag+`,"notifications":{"toolsListChanged":true,"resourceSubscriptions":["test://a"]}}}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	next(t, prompts)
	if err := s.Update(another("second")); err != nil {
		t.Fatal(err)
	}
	if got, want := next(t, tools).data, `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{`+tag+`}}`; got != want {
		t.Errorf("got %s", got)
	}
	s.ResourceUpdated("test://b")
	s.ResourceUpdated("test://a")
	if got, want := next(t, tools).data, `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{`+tag+`,"uri":"test://a"}}`; got != want {
		t.Errorf("got %s", got)
	}
	if err := s.Update(Change{RemoveTools: []string{"second"}, AddPrompts: []PromptItem{{Name: "p", Description: "P.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "", nil })}}}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, prompts).data; !strings.Contains(got, "prompts/list_changed") || !strings.Contains(got, `subscriptionId":1}`) {
		t.Errorf("got %s", got)
	}
	next(t, tools)
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := next(t, tools).data, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{`+tag+`,"requestId":"sub"}}`; got != want {
		t.Errorf("got %s", got)
	}
	const last = `"_meta":{"io.modelcontextprotocol/subscriptionId":"sub","io.modelcontextprotocol/serverInfo":{"name":"test","version":"1.0.0"}}`
	if got, want := next(t, tools).data, `{"jsonrpc":"2.0","id":"sub","result":{"resultType":"complete",`+last+`}}`; got != want {
		t.Errorf("got %s", got)
	}
	if _, more := <-tools; more {
		t.Error("the stream goes on after its result")
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	s, _ := serveLoopback(t, greetTool)
	change := another("second")
	change.RemoveTools = []string{"none"}
	if err := s.Update(change); err == nil || !strings.Contains(err.Error(), `there is no tool "none"`) {
		t.Errorf("got %v", err)
	}
	if err := s.Update(another("greet")); err == nil {
		t.Error("a name was taken twice")
	}
	if got := s.catalog.Load().tools.keys; len(got) != 1 || got[0] != "greet" {
		t.Errorf("tools %v", got)
	}
}

func TestLegacyStream(t *testing.T) {
	s, url := serveLoopback(t, func(r *Registry) {
		greetTool(r)
		r.AddResource(ResourceItem{Name: "a", Description: "A.", Metadata: ResourceMetadata{URI: "test://a"}, Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "a", nil })})
	})
	c := &conn{t: t, url: url}
	c.open("2025-11-25")
	subscribe := func(method, uri string) string {
		return drain(c.do(t.Context(), "POST", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"resources/%s","params":{"uri":%q}}`, method, uri), nil))
	}
	if got := subscribe("subscribe", "test://a"); got != `{"jsonrpc":"2.0","id":1,"result":{}}` {
		t.Errorf("got %s", got)
	}
	if got := subscribe("subscribe", "test://none"); !strings.Contains(got, "-32002") {
		t.Errorf("got %s", got)
	}
	s.ResourceUpdated("test://a") // before the stream is open: not lost, and told once
	s.ResourceUpdated("test://a")
	first := events(c.do(t.Context(), "GET", "", nil))
	if got, want := next(t, first).data, `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"test://a"}}`; got != want {
		t.Errorf("got %s", got)
	}
	second := events(c.do(t.Context(), "GET", "", nil))
	if _, more := <-first; more {
		t.Error("the first stream goes on beside the second one")
	}
	if got := subscribe("unsubscribe", "test://a"); got != `{"jsonrpc":"2.0","id":1,"result":{}}` {
		t.Errorf("got %s", got)
	}
	s.ResourceUpdated("test://a")
	if err := s.Update(another("second")); err != nil {
		t.Fatal(err)
	}
	if got, want := next(t, second).data, `{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}`; got != want {
		t.Errorf("got %s", got)
	}
	if res := c.do(t.Context(), "DELETE", "", nil); res.StatusCode != http.StatusNoContent {
		t.Errorf("DELETE: %d", res.StatusCode)
	}
	if _, more := <-second; more {
		t.Error("the stream outlives its session")
	}
	if res := c.do(t.Context(), "GET", "", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("GET after DELETE: %d", res.StatusCode)
	}
}

func TestResumeAfterCloseStream(t *testing.T) {
	closed := make(chan bool, 1)
	goOn := make(chan struct{})
	_, url := serveLoopback(t, func(r *Registry) {
		r.AddTool(ToolItem{Name: "long", Description: "Long.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
			Progress(ctx, 1, 3, "")
			closed <- CloseStream(ctx, 10*time.Millisecond)
			<-goOn
			Progress(ctx, 2, 3, "")
			Progress(ctx, 3, 3, "")
			return "done", nil
		})})
	})
	c := &conn{t: t, url: url}
	c.open("2025-11-25")
	res := c.do(t.Context(), "POST", `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"long","_meta":{"progressToken":"p"}}}`, nil)
	ch := events(res)
	prime := next(t, ch)
	if prime.id == "" || prime.data != "" {
		t.Errorf("priming event %+v", prime)
	}
	one := next(t, ch)
	if !strings.Contains(one.data, `"progress":1`) || one.id == "" {
		t.Errorf("event %+v", one)
	}
	if got := next(t, ch); got.retry != "10" {
		t.Errorf("retry event %+v", got)
	}
	if _, more := <-ch; more {
		t.Error("the connection stays open")
	}
	if !<-closed {
		t.Fatal("CloseStream says no")
	}
	again := events(c.do(t.Context(), "GET", "", map[string]string{"Last-Event-ID": one.id}))
	close(goOn)
	var got []string
	for e := range again {
		var m struct {
			ID     json.RawMessage
			Params struct{ Progress int }
			Result *struct{ Content []struct{ Text string } }
		}
		if err := json.Unmarshal([]byte(e.data), &m); err != nil {
			t.Fatal(err)
		}
		if m.Result != nil {
			got = append(got, string(m.ID)+m.Result.Content[0].Text)
			continue
		}
		got = append(got, fmt.Sprint(m.Params.Progress))
	}
	if strings.Join(got, " ") != "2 3 7done" {
		t.Errorf("got %v", got)
	}
	// From the priming event everything comes again; another session has no part in it.
	if all := drain(c.do(t.Context(), "GET", "", map[string]string{"Last-Event-ID": prime.id})); strings.Count(all, "data: ") != 4 {
		t.Errorf("got %s", all)
	}
	other := &conn{t: t, url: url}
	other.open("2025-11-25")
	if res := other.do(t.Context(), "GET", "", map[string]string{"Last-Event-ID": prime.id}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("another session: %d", res.StatusCode)
	}
}

// TestLostConnection resumes a stream whose connection broke without the server's doing.
func TestLostConnection(t *testing.T) {
	goOn := make(chan struct{})
	_, url := serveLoopback(t, func(r *Registry) {
		r.AddTool(ToolItem{Name: "long", Description: "Long.", Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
			Progress(ctx, 1, 0, "")
			<-goOn
			return "done", ctx.Err()
		})})
	})
	c := &conn{t: t, url: url}
	c.open("2025-11-25")
	ctx, cancel := context.WithCancel(t.Context())
	ch := events(c.do(ctx, "POST", `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"long","_meta":{"progressToken":1}}}`, nil))
	next(t, ch)
	last := next(t, ch)
	cancel()
	for range ch {
	}
	resumed := events(c.do(t.Context(), "GET", "", map[string]string{"Last-Event-ID": last.id}))
	close(goOn)
	if got := next(t, resumed).data; !strings.Contains(got, `"text":"done"`) {
		t.Errorf("a disconnect cancelled the call: %s", got)
	}
}

func TestEventLogIsBounded(t *testing.T) {
	s, _ := serveLoopback(t, greetTool)
	sess, err := s.sessions.open(clientHello{ProtocolVersion: "2025-11-25", Capabilities: json.RawMessage("{}")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 * maxLogs {
		log := sess.streams.open()
		for range 5 {
			log.add(make([]byte, maxLogBytes/4))
		}
		log.end()
	}
	if n := len(sess.streams.logs); n > maxLogs {
		t.Errorf("%d streams are kept", n)
	}
	if n := s.sessions.logged.Load(); n > maxLogs*maxLogBytes || n == 0 {
		t.Errorf("%d bytes are kept", n)
	}
	s.sessions.end(sess.id)
	if n := s.sessions.logged.Load(); n != 0 {
		t.Errorf("%d bytes are kept after the end of the session", n)
	}
}

// TestNoGoroutineIsLeft opens streams of every kind, loses them, and counts.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		s := newTestServer(t, Config{}, greetTool)
		web := httptest.NewServer(s.Handler())
		defer web.Close()
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 20 {
			c := &conn{t: t, url: web.URL}
			body, header := listenBody(fmt.Sprint(i), `{"toolsListChanged":true}`)
			next(t, events(c.do(ctx, "POST", body, header)))
			c.open("2025-11-25")
			events(c.do(ctx, "GET", "", nil))
		}
		cancel()
		web.CloseClientConnections()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	}()
	waitFor(t, fmt.Sprintf("end of goroutines beyond the %d before", before), func() bool { return runtime.NumGoroutine() <= before+2 })
}
