package attack

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

func TestScopesAndPermissions(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	alice, bob := e.alice(t, nil), e.token(t, "usr_bob", "org_acme", nil)
	export := toolCall("export", nil)
	scopes := func(list string) string { return e.alice(t, func(_, c map[string]any) { c["scope"] = list }) }
	t.Run("row 27: scopes of a tool", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			a.expect(t, a.send(t, era, export, bearing(alice)), a.needsScopes("notes:export files"))
			a.expect(t, a.send(t, era, export, bearing(scopes("notes:export"))), a.needsScopes("notes:export files"))
			a.expect(t, a.send(t, era, export, bearing(scopes("notes:export,files"))), a.needsScopes("notes:export files"))
			a.expectText(t, a.send(t, era, export, bearing(scopes("files notes:export"))), "Exported.")
		})
	})
	t.Run("row 27: in a batch", func(t *testing.T) {
		body := "[" + saving.body(t, legacy) + "," + strings.Replace(export.body(t, legacy), `"id":1`, `"id":2`, 1) + "]"
		for _, order := range []string{body, "[" + strings.Replace(export.body(t, legacy), `"id":1`, `"id":2`, 1) + "," + greeting.body(t, legacy) + "]"} {
			req, err := http.NewRequestWithContext(t.Context(), "POST", a.url+"/mcp", strings.NewReader(order))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + bob}}
			if got := a.do(t, req); got.status != 403 || got.header.Get("WWW-Authenticate") != a.needsScopes("notes:export files").challenge {
				t.Errorf("got %+v", got)
			}
		}
		var outcomes []string
		for _, r := range a.records(t) {
			outcomes = append(outcomes, r.Tool+" "+r.Outcome)
		}
		if want := []string{"save_note denied", "export denied", "export denied", "greet ok"}; !slices.Equal(outcomes, want) {
			t.Errorf("audit records: %q", outcomes)
		}
	})
	t.Run("row 27: another name in the header", func(t *testing.T) {
		got := a.send(t, modern, export, bearing(alice), with("Mcp-Name", "greet"))
		if got.status != 400 || !strings.Contains(got.body, "-32020") {
			t.Errorf("got %+v", got)
		}
		a.audit.take()
	})
	t.Run("row 28: permissions", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			got := a.send(t, era, saving, bearing(bob))
			if got.status != 200 || got.text() != "Missing notes:write permission." || !strings.Contains(got.body, `"isError":true`) || got.header.Get("WWW-Authenticate") != "" {
				t.Errorf("got %+v", got)
			}
			if r := a.records(t); len(r) != 1 || r[0].Outcome != "denied" || r[0].Reason != "missing permission notes:write" || r[0].Subject != "usr_bob" || r[0].Organization != "org_acme" {
				t.Errorf("audit records: %+v", r)
			}
			for name, change := range map[string]forgery{
				"absent": func(_, c map[string]any) { c["permissions"] = nil },
				"empty":  func(_, c map[string]any) { c["permissions"] = []string{} },
				"longer": func(_, c map[string]any) { c["permissions"] = []string{"notes:write:all", "NOTES:WRITE", "*"} },
				"scope":  func(_, c map[string]any) { c["permissions"], c["scope"] = nil, "notes:write" },
			} {
				if got := a.send(t, era, saving, bearing(e.alice(t, change))); got.text() != "Missing notes:write permission." {
					t.Errorf("%s: got %+v", name, got)
				}
			}
			a.audit.take()
		})
	})
	t.Run("row 40: a machine where a person is needed", func(t *testing.T) {
		robot := e.machineToken(t, "m2morg_robot", "robot-secret")
		eras(t, func(t *testing.T, era string) {
			a.expectText(t, a.send(t, era, toolCall("profile", nil), bearing(robot)), "the caller is a machine, not a person")
			a.expectText(t, a.send(t, era, saving, bearing(robot)), "Missing notes:write permission.")
			a.expectText(t, a.send(t, era, toolCall("profile", nil), bearing(alice)), "alice@example.com")
		})
	})
	t.Run("row 41: the caller's token goes nowhere", func(t *testing.T) {
		e.set(func() { e.asked = nil })
		eras(t, func(t *testing.T, era string) {
			a.expectText(t, a.send(t, era, toolCall("my_organization", nil), bearing(alice)), `{"id":"org_acme"`)
		})
		e.set(func() {
			if len(e.asked) == 0 || slices.ContainsFunc(e.asked, func(h string) bool { return strings.Contains(h, alice) }) {
				t.Errorf("the management API was asked %d times, or with the token of the caller", len(e.asked))
			}
		})
		c := scalekit.NewClient(e.url, "skc_dev", "dev-secret", nil)
		for _, path := range []string{"//evil.example/api/v1/users", "https://evil.example/api/", "@evil.example/api/", "/api/../oauth/token", "/api/v1/x?y=\r\nHost: evil.example"} {
			if err := c.Do(t.Context(), "GET", path, nil, nil); err == nil {
				t.Errorf("%q was called", path)
			}
		}
	})
	a.untouched(t)
}

func TestScopesOfTheServer(t *testing.T) {
	e := newEnvironment(t)
	a := startWith(t, e, func(url string) xmcp.Plugin {
		return scalekit.New(scalekit.Config{EnvironmentURL: e.url, ResourceID: "res_dev", BaseURL: url, RequiredScopes: []string{"files"},
			ScopeImplies: map[string][]string{"everything": {"files"}}})
	})
	t.Run("row 27: a scope that every request needs", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			a.expect(t, a.send(t, era, greeting, bearing(e.alice(t, nil))), a.needsScopes("files"))
			a.expect(t, a.send(t, era, toolCall("export", nil), bearing(e.alice(t, func(_, c map[string]any) { c["scope"] = "files" }))), a.needsScopes("notes:export files"))
			a.expectText(t, a.send(t, era, greeting, bearing(e.alice(t, func(_, c map[string]any) { c["scope"] = "everything" }))), "Hello")
			if got := a.send(t, era, greeting); got.header.Get("WWW-Authenticate") != `Bearer scope="files", `+a.metadata() {
				t.Errorf("the first challenge names no scope: %q", got.header.Get("WWW-Authenticate"))
			}
			a.audit.take()
		})
	})
}

// initialize opens a session of the legacy era.
func (a *app) initialize(t *testing.T, token, capabilities string) string {
	t.Helper()
	m := message{"initialize", "", map[string]any{"protocolVersion": legacy, "capabilities": json.RawMessage(capabilities), "clientInfo": map[string]string{"name": "c", "version": "1"}}, nil}
	got := a.send(t, legacy, m, bearing(token))
	id := got.header.Get("Mcp-Session-Id")
	if got.status != 200 || id == "" {
		t.Fatalf("initialize: %+v", got)
	}
	a.audit.take()
	return id
}

func TestSessionsOfOthers(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	alice := e.alice(t, nil)
	session := a.initialize(t, alice, "{}")
	strangers := map[string]string{
		"another person":                    e.token(t, "usr_bob", "org_acme", nil),
		"the same person elsewhere":         e.token(t, "usr_alice", "org_globex", nil),
		"another client of the same person": e.alice(t, func(_, c map[string]any) { c["client_id"] = "other" }),
		"the same subject of another issuer": e.alice(t, func(_, c map[string]any) {
			c["iss"] = e.url + "/resources/res_dev"
		}),
	}
	t.Run("row 29: the session of another one", func(t *testing.T) {
		for who, token := range strangers {
			got := a.send(t, legacy, greeting, bearing(token), with("Mcp-Session-Id", session))
			if want := `{"jsonrpc":"2.0","error":{"code":-32600,"message":"session not found"}}`; got.status != 404 || got.body != want || got.header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s: %+v", who, got)
			}
			for _, method := range []string{"GET", "DELETE"} {
				req, err := http.NewRequestWithContext(t.Context(), method, a.url+"/mcp", nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := a.do(t, req, bearing(token), with("Mcp-Session-Id", session), with("Accept", "text/event-stream")); got.status != 404 {
					t.Errorf("%s: %s: %+v", who, method, got)
				}
			}
			for _, r := range a.records(t) {
				if r.Outcome != "refused" || r.Status != 404 || r.Reason != "session not found" {
					t.Errorf("audit record: %+v", r)
				}
			}
			// A made-up session is answered alike, so that ids cannot be tried out.
			if made := a.send(t, legacy, greeting, bearing(token), with("Mcp-Session-Id", "made-up")); made.status != got.status || made.body != got.body {
				t.Errorf("a made-up session: %+v", made)
			}
			// The modern era has no sessions: who sends one is nobody but themselves.
			whoami := a.send(t, modern, toolCall("whoami", nil), bearing(token), with("Mcp-Session-Id", session))
			mine := a.send(t, modern, toolCall("whoami", nil), bearing(token))
			if whoami.status != 200 || whoami.text() != mine.text() {
				t.Errorf("%s: in the modern era: %+v", who, whoami)
			}
			a.audit.take()
		}
		// What is left of a call is for its owner, with a refreshed token too.
		parts := toolCall("parts", map[string]any{})
		parts.params["_meta"] = map[string]any{"progressToken": 1}
		begun := a.send(t, legacy, parts, bearing(alice), with("Mcp-Session-Id", session))
		id := regexp.MustCompile(`(?m)^id: (.+)$`).FindStringSubmatch(begun.body)
		if id == nil || strings.Contains(begun.body, "The rest.") {
			t.Fatalf("the call does not let go: %+v", begun)
		}
		resume := func(token, session string) reply {
			req, err := http.NewRequestWithContext(t.Context(), "GET", a.url+"/mcp", nil)
			if err != nil {
				t.Fatal(err)
			}
			return a.do(t, req, bearing(token), with("Mcp-Session-Id", session), with("Last-Event-ID", id[1]), with("Accept", "text/event-stream"), with("Mcp-Protocol-Version", legacy))
		}
		for who, token := range strangers {
			if got := resume(token, session); got.status != 404 || strings.Contains(got.body, "The rest.") {
				t.Errorf("%s resumes: %+v", who, got)
			}
			if got := resume(token, a.initialize(t, token, "{}")); got.status != 400 || strings.Contains(got.body, "The rest.") {
				t.Errorf("%s resumes in a session of their own: %+v", who, got)
			}
		}
		if got := resume(e.alice(t, nil), session); got.status != 200 || !strings.Contains(got.body, "The rest.") {
			t.Errorf("the owner resumes: %+v", got)
		}
		a.audit.take()
		// The owner's session has stayed, with a refreshed token too.
		got := a.send(t, legacy, greeting, bearing(e.alice(t, nil)), with("Mcp-Session-Id", session))
		a.expectText(t, got, "Hello")
	})
}

func TestQuestionsToOthers(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	alice, bob := e.alice(t, nil), e.token(t, "usr_bob", "org_acme", nil)
	t.Run("row 30: request state", func(t *testing.T) {
		ask := toolCall("ask", map[string]any{"about": "names"})
		ask.capabilities = map[string]any{"elicitation": map[string]any{}}
		first := a.send(t, modern, ask, bearing(alice))
		var asked struct {
			Result struct {
				ResultType, RequestState string
			}
		}
		if err := json.Unmarshal([]byte(first.body), &asked); err != nil || asked.Result.ResultType != "input_required" || asked.Result.RequestState == "" {
			t.Fatalf("%+v", first)
		}
		retry := func(state, about string) message {
			m := toolCall("ask", map[string]any{"about": about})
			m.capabilities = ask.capabilities
			m.params["requestState"], m.params["inputResponses"] = state, map[string]any{"who": map[string]any{"action": "accept", "content": map[string]string{"name": "Ada"}}}
			return m
		}
		state := asked.Result.RequestState
		flipped := []byte(state)
		flipped[len(flipped)/2] ^= 1
		for name, tt := range map[string]struct {
			m     message
			token string
		}{
			"of another person":       {retry(state, "names"), bob},
			"of another organization": {retry(state, "names"), e.token(t, "usr_alice", "org_globex", nil)},
			"for other arguments":     {retry(state, "secrets"), alice},
			"tampered with":           {retry(string(flipped), "names"), alice},
			"made up":                 {retry("made up", "names"), alice},
			"cut off":                 {retry(state[:len(state)-2], "names"), alice},
		} {
			if got := a.send(t, modern, tt.m, bearing(tt.token)); got.status != 400 || !strings.Contains(got.body, `"code":-32602`) {
				t.Errorf("%s: %+v", name, got)
			}
		}
		a.audit.take()
		a.expectText(t, a.send(t, modern, retry(state, "names"), bearing(e.alice(t, nil))), "Hello, Ada.")
	})
	t.Run("row 30: the answer to a question to another one", func(t *testing.T) {
		hers, his := a.initialize(t, alice, `{"elicitation":{}}`), a.initialize(t, bob, `{"elicitation":{}}`)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		m := toolCall("ask", nil)
		req, err := http.NewRequestWithContext(ctx, "POST", a.url+"/mcp", strings.NewReader(m.body(t, legacy)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = m.header(legacy)
		bearing(alice)(req)
		req.Header.Set("Mcp-Session-Id", hers)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		lines := bufio.NewScanner(res.Body)
		id := ""
		next := func() (data string) {
			for lines.Scan() {
				if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					return data
				}
			}
			return ""
		}
		for id == "" {
			var question struct {
				ID     json.RawMessage
				Method string
			}
			if err := json.Unmarshal([]byte(next()), &question); err == nil && question.Method == "elicitation/create" {
				id = string(question.ID)
			}
		}
		answer := func(token, session, name string) int {
			req, err := http.NewRequestWithContext(ctx, "POST", a.url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":`+id+`,"result":{"action":"accept","content":{"name":"`+name+`"}}}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = m.header(legacy)
			return a.do(t, req, bearing(token), with("Mcp-Session-Id", session)).status
		}
		if got := answer(bob, hers, "Eve"); got != 404 {
			t.Errorf("in her session: status %d", got)
		}
		if got := answer(bob, his, "Eve"); got != 202 {
			t.Errorf("in his own session: status %d", got)
		}
		if got := answer(alice, hers, "Ada"); got != 202 {
			t.Errorf("her own answer: status %d", got)
		}
		if got := next(); !strings.Contains(got, "Hello, Ada.") {
			t.Errorf("the call ends with %s", got)
		}
		a.audit.take()
	})
}

func TestStreamsEndWithTheToken(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	session := a.initialize(t, e.alice(t, nil), "{}")
	ends := time.Now().Add(3 * time.Second).Truncate(time.Second)
	short := e.alice(t, func(_, c map[string]any) { c["exp"] = ends.Unix() })
	t.Run("row 32: a stream that would outlive its token", func(t *testing.T) {
		get, err := http.NewRequestWithContext(t.Context(), "GET", a.url+"/mcp", nil)
		if err != nil {
			t.Fatal(err)
		}
		get.Header = http.Header{"Accept": {"text/event-stream"}, "Mcp-Session-Id": {session}, "Mcp-Protocol-Version": {legacy}}
		listen := message{"subscriptions/listen", "", map[string]any{"notifications": map[string]any{"toolsListChanged": true}}, map[string]any{}}
		post, err := http.NewRequestWithContext(t.Context(), "POST", a.url+"/mcp", strings.NewReader(listen.body(t, modern)))
		if err != nil {
			t.Fatal(err)
		}
		post.Header = listen.header(modern)
		done := make(chan time.Time, 2)
		for name, req := range map[string]*http.Request{"legacy": get, "modern": post} {
			go func() {
				if got := a.do(t, req, bearing(short)); got.status != 200 {
					t.Errorf("%s: %+v", name, got)
				}
				done <- time.Now()
			}()
		}
		for range 2 {
			if at := <-done; at.Before(ends) || at.After(ends.Add(10*time.Second)) {
				t.Errorf("a stream has ended %v after its token", at.Sub(ends))
			}
		}
	})
}
