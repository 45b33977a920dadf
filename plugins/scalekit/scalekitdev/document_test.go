package scalekitdev_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDocumentOutOfReach: without the internet, a client that sends people to this machine is let in; one that is refused by what
// it is, or sends people elsewhere, is not.
func TestDocumentOutOfReach(t *testing.T) {
	dns := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "client.example.com", IsNotFound: true}}
	for name, c := range map[string]struct {
		err      error
		strict   bool
		redirect string
		status   int
	}{
		"no name":         {err: dns, status: 200},
		"no route":        {err: &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}, status: 200},
		"cut off":         {err: &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}, status: 400},
		"strict":          {err: dns, strict: true, status: 400},
		"sends elsewhere": {err: dns, redirect: "https://client.example.com/callback", status: 400},
		"to Cursor":       {err: dns, redirect: "cursor://anysphere.cursor-mcp/oauth/callback", status: 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, env := start(t, func(cfg *scalekitdev.Config) {
				cfg.HTTPClient = &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return nil, c.err })}
				cfg.StrictClientDocuments = c.strict
			})
			f := newFlow(t, env, "http://127.0.0.1:9999/callback")
			f.id = "https://client.example.com/client.json"
			if c.redirect != "" {
				f.redirect = c.redirect
			}
			r := do(t, "GET", f.query(nil), nil)
			if r.status != c.status {
				t.Fatalf("status %d, want %d: %s", r.status, c.status, r.body)
			}
			if r.status != 200 {
				return
			}
			if !strings.Contains(r.body, "<code>client.example.com</code>, which cannot be reached") {
				t.Errorf("the page does not say that nobody vouches for the client: %s", r.body)
			}
			if got := f.redeem(url.Values{"code": {f.code("usr_bob@org_acme")}}); got.status != 200 {
				t.Errorf("redeem: %d %s", got.status, got.body)
			}
		})
	}
}

// TestDocumentIsRemembered: a good document is fetched once a minute, a bad one each time.
func TestDocumentIsRemembered(t *testing.T) {
	var fetched atomic.Int32
	const id = "https://client.example.com/client.json"
	body := atomic.Value{}
	body.Store("{}")
	s, env := start(t, func(cfg *scalekitdev.Config) {
		cfg.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			fetched.Add(1)
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body.Load().(string))), Request: r}, nil
		})}
	})
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	f.id = id
	open := func(status int, fetches int32) {
		t.Helper()
		if r := do(t, "GET", f.query(nil), nil); r.status != status || fetched.Load() != fetches {
			t.Errorf("status %d after %d fetches, want %d after %d", r.status, fetched.Load(), status, fetches)
		}
	}
	open(400, 1)
	body.Store(`{"client_id":"` + id + `","client_name":"By document","redirect_uris":["http://127.0.0.1/callback"]}`)
	open(200, 2)
	open(200, 2)
	s.MoveClock(2 * time.Minute)
	open(200, 3)
}

// TestRecordSwitches: what the server's record turns off is neither offered nor possible.
func TestRecordSwitches(t *testing.T) {
	_, env := start(t, func(cfg *scalekitdev.Config) { cfg.NoRegistration, cfg.NoClientDocuments = true, true })
	r := do(t, "GET", env+"/.well-known/oauth-authorization-server/resources/res_dev", nil)
	if r.json["registration_endpoint"] != nil || r.json["client_id_metadata_document_supported"] != nil {
		t.Errorf("the metadata offers %s", r.body)
	}
	r = send(t, "POST", env+"/api/v1/resources/res_dev/clients:register", "application/json", strings.NewReader(`{"redirect_uris":["http://127.0.0.1/cb"]}`))
	if r.status != 403 {
		t.Errorf("registration: %d %s", r.status, r.body)
	}
	r = do(t, "GET", env+"/oauth/authorize?client_id="+url.QueryEscape("https://client.example.com/client.json"), nil)
	if r.status != 400 || !strings.Contains(r.body, "not known") {
		t.Errorf("document: %d %s", r.status, r.body)
	}
}
