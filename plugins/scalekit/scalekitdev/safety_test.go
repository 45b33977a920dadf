package scalekitdev_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// A page elsewhere can make a browser send a form here, but knows neither the request nor the secret of its form.
func TestForgedForms(t *testing.T) {
	_, env := start(t, nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	secrets := func() url.Values {
		form := url.Values{"person": {"usr_alice@org_acme"}, "decision": {"allow"}}
		for _, m := range hidden.FindAllStringSubmatch(do(t, "GET", f.query(nil), nil).body, -1) {
			form.Set(m[1], m[2])
		}
		return form
	}
	first, second := secrets(), secrets()
	for name, change := range map[string]url.Values{
		"no secret":          {"csrf": nil},
		"another secret":     {"csrf": {"guessed"}},
		"of another request": {"csrf": {second.Get("csrf")}},
		"no request":         {"request": nil},
	} {
		form := url.Values{}
		for k, v := range first {
			form[k] = v
		}
		for k, v := range change {
			form[k] = v
		}
		if r := do(t, "POST", env+"/resources/res_dev/oauth/authorize", form); r.status != 400 || r.header.Get("Location") != "" || !strings.Contains(r.body, "expired") {
			t.Errorf("%s: %d %v", name, r.status, r.header)
		}
	}
	for i, want := range []int{303, 400} { // the person's own form still counts, once
		if r := do(t, "POST", env+"/resources/res_dev/oauth/authorize", first); r.status != want {
			t.Errorf("the form, time %d: %d %s", i+1, r.status, r.body)
		}
	}
}

// A document is fetched from where its id says or not at all: no redirect, nothing private, nothing that takes its time.
func TestDocumentsThatAreTraps(t *testing.T) {
	var trapped atomic.Int32
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"client_id":%q,"redirect_uris":["http://127.0.0.1:9999/callback"]}`, "http://"+r.Host+r.URL.Path)
	}))
	inside.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			trapped.Add(1)
		}
	}
	inside.Start()
	t.Cleanup(inside.Close)
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	_, env := start(t, nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	for _, id := range []string{
		"https://127.0.0.1" + port + "/c", "https://localhost" + port + "/c", "https://[::1]" + port + "/c", "https://[::ffff:127.0.0.1]" + port + "/c", "https://0.0.0.0" + port + "/c",
		"https://10.0.0.1/c", "https://192.168.0.1/c", "https://169.254.169.254/latest/meta-data", "https://[fe80::1]/c", "https://[fd00::1]/c", // by address, whatever name has it
		inside.URL + "/c", "https://client.example.com", "https://client.example.com/", "https://u:p@client.example.com/c", "https://client.example.com/c#x", "ftp://client.example.com/c", "file:///etc/passwd",
	} {
		if r := do(t, "GET", f.query(url.Values{"client_id": {id}}), nil); r.status != 400 || r.header.Get("Location") != "" {
			t.Errorf("%s: %d", id, r.status)
		}
	}
	if trapped.Load() != 0 {
		t.Errorf("%d connections have come to this machine", trapped.Load())
	}

	// Nobody is waited for longer than 5 seconds.
	var left time.Duration
	_, patient := start(t, func(c *scalekitdev.Config) {
		c.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			ends, _ := r.Context().Deadline()
			left = time.Until(ends)
			return nil, context.DeadlineExceeded
		})}
	})
	f = newFlow(t, patient, "http://127.0.0.1:9999/callback")
	if r := do(t, "GET", f.query(url.Values{"client_id": {"https://client.example.com/c"}}), nil); r.status != 400 || left <= 0 || left > 5*time.Second {
		t.Errorf("%d, with %v left", r.status, left)
	}

	// In tests too, a redirect is not followed.
	_, lenient := start(t, func(c *scalekitdev.Config) { c.AllowPrivateCIMD = true })
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, inside.URL+"/c", http.StatusFound) }))
	t.Cleanup(away.Close)
	f = newFlow(t, lenient, "http://127.0.0.1:9999/callback")
	if r := do(t, "GET", f.query(url.Values{"client_id": {away.URL + "/c"}}), nil); r.status != 400 || trapped.Load() != 0 {
		t.Errorf("a redirect: %d, followed %d times", r.status, trapped.Load())
	}
}

// The stand-in is for this machine: it answers to no other name, so that no page elsewhere gets at it by a name of its own.
func TestLoopbackOnly(t *testing.T) {
	_, env := start(t, nil)
	for host, want := range map[string]int{"127.0.0.1:1": 200, "localhost": 200, "LOCALHOST:1": 200, "[::1]:1": 200, "evil.example": 403, "127.0.0.1.evil.example": 403, "10.0.0.1": 403, "localhost.": 403} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", env+"/keys", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, res.StatusCode, want)
		}
	}
	for _, u := range []string{"http://10.0.0.1:80", "https://auth.example.com", "http://0.0.0.0:1", "http://127.0.0.1.evil.example", "http://127.0.0.1:1/path", "", "127.0.0.1:1"} {
		if _, err := scalekitdev.New(scalekitdev.Config{URL: u, Server: scalekitdev.Server{URL: serverURL}}); err == nil {
			t.Errorf("a stand-in at %q", u)
		}
	}
}

// An environment that accepts other resources, as some do, accepts them in every step.
func TestAnyResource(t *testing.T) {
	for _, lenient := range []bool{false, true} {
		_, env := start(t, func(c *scalekitdev.Config) { c.AnyResource = lenient })
		f := newFlow(t, env, "http://127.0.0.1:9999/callback")
		r := do(t, "GET", f.query(url.Values{"resource": {"https://other.example.com/mcp"}}), nil)
		if refused := strings.Contains(r.header.Get("Location"), "error=invalid_target"); refused == lenient || lenient && r.status != 200 {
			t.Errorf("lenient %v: %d %v", lenient, r.status, r.header)
		}
	}
}

// Keys come and go as tests want, and what was signed before shows it.
func TestKeysOnDemand(t *testing.T) {
	s, env := start(t, nil)
	ids := func() (n int) {
		keys, _ := do(t, "GET", env+"/keys", nil).json["keys"].([]any)
		return len(keys)
	}
	if ids() != 1 {
		t.Errorf("%d keys at the start", ids())
	}
	if err := s.RotateKeys(false); err != nil || ids() != 2 {
		t.Errorf("%d keys after one more, %v", ids(), err)
	}
	if err := s.RotateKeys(true); err != nil || ids() != 1 {
		t.Errorf("%d keys after the others are withdrawn, %v", ids(), err)
	}
	s.KeysDown(true)
	if r := do(t, "GET", env+"/keys", nil); r.status != 502 {
		t.Errorf("keys down: %d", r.status)
	}
	s.KeysDown(false)
	if ids() != 1 {
		t.Errorf("%d keys when they are back", ids())
	}
	s.KeysSlow(200 * time.Millisecond)
	if began := time.Now(); ids() != 1 || time.Since(began) < 200*time.Millisecond {
		t.Errorf("slow keys come after %v", time.Since(began))
	}
}

// However much comes, a bounded amount is kept, and what is new is what counts.
func TestRegistrationsAreBounded(t *testing.T) {
	_, env := start(t, nil)
	first := newFlow(t, env, "http://127.0.0.1:9999/callback")
	for range 1000 {
		newFlow(t, env, "http://127.0.0.1:9999/callback")
	}
	last := newFlow(t, env, "http://127.0.0.1:9999/callback")
	if r := do(t, "GET", last.query(nil), nil); r.status != 200 {
		t.Errorf("the last client: %d", r.status)
	}
	if r := do(t, "GET", first.query(nil), nil); r.status != 400 {
		t.Errorf("the first of 1002 clients is kept: %d", r.status)
	}
	if r := send(t, "POST", env+"/api/v1/resources/res_dev/clients:register", "application/json", strings.NewReader(`{"client_name":"`+strings.Repeat("x", 70<<10)+`","redirect_uris":["https://a/b"]}`)); r.status != 400 {
		t.Errorf("a registration of 70 KiB: %d", r.status)
	}
}
