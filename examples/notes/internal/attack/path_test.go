package attack

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// raw sends a request line and headers as they are, and as much of a body as it is given.
func (a *app) raw(t *testing.T, request string) reply {
	t.Helper()
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: "POST"})
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

// line is a whole request for a target, as a client would never write it.
func (m message) line(t *testing.T, era, host, target, token string) string {
	var b strings.Builder
	body := m.body(t, era)
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n", target, host, len(body))
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	_ = m.header(era).Write(&b)
	return b.String() + "\r\n" + body
}

func TestOtherSpellings(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	alice := e.alice(t, nil)
	for _, target := range []string{
		"/", "/MCP", "/Mcp", "//mcp", "///mcp", "/./mcp", "/mcp/", "/mcp/.", "/mcp/..", "/mcp//", "/mcp/../mcp", "/x/../mcp", "/mcp/x", "/mcp/session",
		"/%6dcp", "/%6Dcp", "/m%63p", "/mcp%2f", "/%2fmcp", "/%2e/mcp", "/mcp%2e", "/mcp%00", "/mcp%20", "/mcp%3f", "/mcp%23", "/%ef%bd%8dcp", "/mcp;x=1", "/mcp/..;/",
		"/..//mcp", "/healthz/../mcp", "/healthz/mcp", "/readyz%2f..%2fmcp", "/.well-known/oauth-protected-resource/../../mcp", "/.well-known/oauth-protected-resource/mcp/",
		"/.well-known/oauth-protected-resource/mcp/mcp", "/mcp\\", "\\mcp", "/mcp\x00", "/mcp\xff", "mcp", "*", "/api/v1/users", "http://" + a.addr + "//mcp", "http://" + a.addr + "/MCP",
	} {
		t.Run(fmt.Sprintf("row 33: %q", target), func(t *testing.T) {
			eras(t, func(t *testing.T, era string) {
				for _, token := range []string{"", alice} {
					got := a.raw(t, saving.line(t, era, a.addr, target, token))
					if got.status != 404 && got.status != 400 && got.status != 405 {
						t.Errorf("status %d: %s", got.status, got.body)
					}
				}
			})
		})
	}
	t.Run("row 33: the endpoint itself", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			for _, target := range []string{"/mcp", "/mcp?x=/mcp/", "http://" + a.addr + "/mcp"} {
				if got := a.raw(t, greeting.line(t, era, a.addr, target, "")); got.status != 401 || got.header.Get("WWW-Authenticate") != a.noToken().challenge {
					t.Errorf("%s: got %+v", target, got)
				}
				if got := a.raw(t, greeting.line(t, era, a.addr, target, alice)); got.status != 200 {
					t.Errorf("%s: got %+v", target, got)
				}
			}
		})
	})
	a.untouched(t)
}

func TestPoisonedNames(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	forwarded := "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example;proto=https\r\nX-Original-URL: /other\r\nX-Rewrite-URL: /other\r\nX-Forwarded-Prefix: /evil\r\n"
	t.Run("row 34: metadata", func(t *testing.T) {
		want := `{"resource":"` + a.url + `/mcp","authorization_servers":["` + e.url + `/resources/res_dev"],"bearer_methods_supported":["header"]}`
		for _, path := range []string{"/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"} {
			for _, host := range []string{a.addr, "localhost:1", "LOCALHOST", "[::1]"} {
				got := a.raw(t, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n"+forwarded+"\r\n")
				if got.status != 200 || got.body != want {
					t.Errorf("%s of %s: %+v", path, host, got)
				}
			}
			if got := a.raw(t, "GET "+path+" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"); got.status != 403 {
				t.Errorf("%s of another host: %+v", path, got)
			}
		}
	})
	a.audit.take()
	t.Run("row 34: challenges", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			request := saving.line(t, era, "localhost:1", "/mcp", "")
			a.expect(t, a.raw(t, strings.Replace(request, "Connection: close\r\n", "Connection: close\r\n"+forwarded, 1)), a.noToken())
			for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "evil.example:" + strings.Split(a.addr, ":")[1]} {
				got := a.raw(t, saving.line(t, era, host, "/mcp", e.alice(t, nil)))
				if got.status != 403 || got.header.Get("WWW-Authenticate") != "" {
					t.Errorf("host %s: %+v", host, got)
				}
				if r := a.records(t); len(r) != 1 || r[0].Reason != "host not allowed" {
					t.Errorf("audit records: %+v", r)
				}
			}
			if got := a.raw(t, saving.line(t, era, a.addr, "http://evil.example/mcp", e.alice(t, nil))); got.status != 403 {
				t.Errorf("host in the target: %+v", got)
			}
			a.audit.take()
		})
	})
	t.Run("row 36: origins", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1.evil.example", "file://", "", "http://user@127.0.0.1", "chrome-extension://x"} {
				for _, token := range []func(*http.Request){bearing(e.alice(t, nil)), func(*http.Request) {}} {
					got := a.send(t, era, saving, token, func(r *http.Request) { r.Header["Origin"] = []string{origin} })
					want := `{"jsonrpc":"2.0","error":{"code":-32600,"message":"origin not allowed"}}`
					if got.status != 403 || got.body != want || got.header.Get("WWW-Authenticate") != "" || got.header.Get("Access-Control-Allow-Origin") != "" {
						t.Errorf("origin %q: %+v", origin, got)
					}
					if r := a.records(t); len(r) != 1 || r[0].Status != 403 || r[0].Reason != "origin not allowed" {
						t.Errorf("audit records: %+v", r)
					}
				}
			}
			got := a.send(t, era, greeting, bearing(e.alice(t, nil)), with("Origin", a.url))
			if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != a.url {
				t.Errorf("the app's own origin: %+v", got)
			}
			a.audit.take()
		})
	})
	t.Run("row 37: preflight", func(t *testing.T) {
		preflight := func(origin string) reply {
			req, err := http.NewRequestWithContext(t.Context(), "OPTIONS", a.url+"/mcp", nil)
			if err != nil {
				t.Fatal(err)
			}
			return a.do(t, req, with("Origin", origin), with("Access-Control-Request-Method", "POST"), with("Access-Control-Request-Headers", "authorization, mcp-method"))
		}
		got := preflight(a.url)
		if got.status != 204 || got.body != "" || got.header.Get("Access-Control-Allow-Origin") != a.url || got.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("got %+v", got)
		}
		for _, name := range []string{"Authorization", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Last-Event-ID", "Content-Type"} {
			if !strings.Contains(got.header.Get("Access-Control-Allow-Headers"), name) {
				t.Errorf("%s is not allowed", name)
			}
		}
		for _, name := range []string{"WWW-Authenticate", "Mcp-Session-Id"} {
			if !strings.Contains(got.header.Get("Access-Control-Expose-Headers"), name) {
				t.Errorf("%s is not exposed", name)
			}
		}
		if got := preflight("https://evil.example"); got.status != 403 {
			t.Errorf("another origin: %+v", got)
		}
		if r := a.records(t); len(r) != 1 || r[0].Reason != "origin not allowed" {
			t.Errorf("audit records: %+v", r)
		}
	})
	t.Run("row 38: a large body of nobody", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			var b strings.Builder
			fmt.Fprintf(&b, "POST /mcp HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", a.addr, 10<<20)
			_ = saving.header(era).Write(&b)
			// The body never comes; the answer does.
			a.expect(t, a.raw(t, b.String()+"\r\n{"), a.noToken())
		})
		eras(t, func(t *testing.T, era string) {
			large := toolCall("save_note", map[string]any{"text": strings.Repeat("x", 5<<20)})
			if got := a.send(t, era, large, bearing(e.alice(t, nil))); got.status != http.StatusRequestEntityTooLarge {
				t.Errorf("of somebody: status %d", got.status)
			}
			a.audit.take()
		})
	})
	a.untouched(t)
}
