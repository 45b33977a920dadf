package signin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hostile is a server and an authorization server of which any part can be wrong. Its documents name it as {self}.
type hostile struct {
	challenge, protected, metadata, registration, token string
	// answer changes what the browser brings back.
	answer func(url.Values)
	tokens []string // Authorization headers that it was sent
}

func rightful() *hostile {
	return &hostile{
		challenge:    `Bearer resource_metadata="{self}/prm"`,
		protected:    `{"resource":"{self}/mcp","authorization_servers":["{self}"],"scopes_supported":["a","b"]}`,
		metadata:     `{"issuer":"{self}","authorization_endpoint":"{self}/authorize","token_endpoint":"{self}/token","registration_endpoint":"{self}/register","code_challenge_methods_supported":["S256"],"authorization_response_iss_parameter_supported":true}`,
		registration: `{"client_id":"c"}`,
		token:        `{"access_token":"t","token_type":"Bearer","expires_in":60}`,
	}
}

// signIn runs one request through the whole flow.
func (h *hostile) signIn(t *testing.T, store *Store) (*httptest.Server, error) {
	t.Helper()
	var web *httptest.Server
	web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		say := func(status int, text string) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, strings.ReplaceAll(text, "{self}", web.URL))
		}
		switch r.URL.Path {
		case "/mcp":
			h.tokens = append(h.tokens, r.Header.Get("Authorization"))
			if r.Header.Get("Authorization") != "Bearer t" {
				w.Header().Set("WWW-Authenticate", strings.ReplaceAll(h.challenge, "{self}", web.URL))
				say(http.StatusUnauthorized, `{}`)
				return
			}
			say(http.StatusOK, `{}`)
		case "/prm", "/.well-known/oauth-protected-resource/mcp":
			say(http.StatusOK, h.protected)
		case "/.well-known/oauth-authorization-server":
			say(http.StatusOK, h.metadata)
		case "/register":
			say(http.StatusCreated, h.registration)
		case "/token":
			say(http.StatusOK, h.token)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(web.Close)
	tr := &Transport{Server: web.URL + "/mcp", Store: store, Patience: 5 * time.Second, Browse: func(page string) error {
		u, err := url.Parse(page)
		if err != nil {
			return err
		}
		q := u.Query()
		back := url.Values{"code": {"x"}, "state": {q.Get("state")}, "iss": {web.URL}}
		if h.answer != nil {
			h.answer(back)
		}
		go func() {
			if res, err := http.Get(q.Get("redirect_uri") + "?" + back.Encode()); err == nil {
				_ = res.Body.Close()
			}
		}()
		return nil
	}}
	res, err := (&http.Client{Transport: tr}).Post(web.URL+"/mcp", "application/json", strings.NewReader(`{}`))
	if err == nil {
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", res.StatusCode)
		}
	}
	return web, err
}

func TestRightfulServer(t *testing.T) {
	for name, change := range map[string]func(*hostile){
		"as it should be":            func(*hostile) {},
		"metadata not named":         func(h *hostile) { h.challenge = `Bearer` },
		"the resource is the origin": func(h *hostile) { h.protected = strings.ReplaceAll(h.protected, `"{self}/mcp"`, `"{self}"`) },
		"a secret for the client": func(h *hostile) {
			h.registration = `{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"client_secret_basic"}`
		},
		"no iss where it is not promised": func(h *hostile) {
			h.metadata = strings.ReplaceAll(h.metadata, `true`, `false`)
			h.answer = func(q url.Values) { q.Del("iss") }
		},
		"several challenges in one header": func(h *hostile) { h.challenge = `Basic realm="x, Bearer y", ` + h.challenge },
		"no lifetime":                      func(h *hostile) { h.token = `{"access_token":"t","token_type":"bearer"}` },
	} {
		t.Run(name, func(t *testing.T) {
			h := rightful()
			change(h)
			if _, err := h.signIn(t, &Store{Dir: t.TempDir()}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestHostileServer(t *testing.T) {
	replace := func(field func(*hostile) *string, old, with string) func(*hostile) {
		return func(h *hostile) {
			p := field(h)
			if !strings.Contains(*p, old) {
				panic("the test replaces nothing: " + old)
			}
			*p = strings.Replace(*p, old, with, 1)
		}
	}
	challenge := func(h *hostile) *string { return &h.challenge }
	protected := func(h *hostile) *string { return &h.protected }
	metadata := func(h *hostile) *string { return &h.metadata }
	registration := func(h *hostile) *string { return &h.registration }
	token := func(h *hostile) *string { return &h.token }
	tests := []struct {
		name   string
		change func(*hostile)
		says   string
	}{
		{"metadata on another host", replace(challenge, "{self}", "https://evil.example"), "on another host"},
		{"metadata of another server", replace(protected, "{self}/mcp", "https://bank.example/mcp"), `of the resource "https://bank.example/mcp"`},
		{"metadata of a neighbour", replace(protected, "{self}/mcp", "{self}/mc"), "of the resource"},
		{"metadata without a resource", replace(protected, `"resource":"{self}/mcp",`, ""), "of the resource"},
		{"no authorization server", replace(protected, `["{self}"]`, "[]"), "names no authorization server"},
		{"authorization server in the clear", replace(protected, `["{self}"]`, `["http://login.example"]`), "must be https"},
		{"authorization server is no URL", replace(protected, `["{self}"]`, `["file:///etc/passwd"]`), "no http or https URL"},
		{"metadata of another issuer", replace(metadata, `"issuer":"{self}"`, `"issuer":"https://login.example"`), "is of the issuer"},
		{"page in the clear", replace(metadata, "{self}/authorize", "http://login.example/"), "authorization_endpoint"},
		{"page that is a script", replace(metadata, "{self}/authorize", "javascript:alert(1)"), "authorization_endpoint"},
		{"token endpoint in the clear", replace(metadata, "{self}/token", "http://login.example/"), "token_endpoint"},
		{"page of a name before another host", replace(metadata, "{self}/authorize", "https://login.example@evil.example/"), "authorization_endpoint"},
		{"page with a fragment", replace(metadata, "{self}/authorize", "{self}/authorize#x"), "authorization_endpoint"},
		{"no PKCE", replace(metadata, `"S256"`, `"plain"`), "PKCE"},
		{"no registration", replace(metadata, `"registration_endpoint":"{self}/register",`, ""), "--client-id"},
		{"registration without id", replace(registration, `"c"`, `""`), "no client_id"},
		{"metadata is no JSON", replace(metadata, "{", "<"), "no metadata"},
		{"another type of token", replace(token, "Bearer", "DPoP"), "no Bearer token"},
		{"no token", replace(token, `"t"`, `""`), "no Bearer token"},
		{"iss of another issuer", func(h *hostile) { h.answer = func(q url.Values) { q.Set("iss", "https://evil.example") } }, "the answer is of the issuer"},
		{"iss is missing", func(h *hostile) { h.answer = func(q url.Values) { q.Del("iss") } }, "the answer is of the issuer"},
		{"an error", func(h *hostile) { h.answer = func(q url.Values) { q.Del("code"); q.Set("error", "server_error") } }, "refuses"},
		{"no code", func(h *hostile) { h.answer = func(q url.Values) { q.Del("code") } }, "no code"},
		{"huge metadata", func(h *hostile) { h.metadata = strings.Repeat(" ", maxDocument+1) }, "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, store := rightful(), &Store{Dir: t.TempDir()}
			tt.change(h)
			web, err := h.signIn(t, store)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want one with %q", err, tt.says)
			}
			if g, _ := store.load(web.URL + "/mcp"); g != nil {
				t.Errorf("a grant was kept")
			}
		})
	}
}

// An answer with another state is no answer: the right one still counts.
func TestForeignStateIsIgnored(t *testing.T) {
	as := &authServer{Issuer: "https://login.example"}
	c, err := listen(0, "right", as)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, try := range []struct {
		query  string
		status int
	}{
		{"?code=evil&state=wrong", 404}, {"?code=evil", 404}, {"", 404}, {"?code=good&state=right&iss=https://login.example", 200},
		{"?code=late&state=right&iss=https://login.example", 200},
	} {
		res, err := http.Get(c.url + try.query)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != try.status {
			t.Errorf("%s: status %d, want %d", try.query, res.StatusCode, try.status)
		}
		if res.Header.Get("Content-Security-Policy") == "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", try.query, res.Header)
		}
	}
	if code, err := c.wait(t.Context()); code != "good" || err != nil {
		t.Errorf("code %q (%v), want good", code, err)
	}
}

// A token is for one URL.
func TestTokenGoesNowhereElse(t *testing.T) {
	var got string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Authorization") }))
	defer other.Close()
	store := &Store{Dir: t.TempDir()}
	h := rightful()
	web, err := h.signIn(t, store)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &Transport{Server: web.URL + "/mcp", Store: store}}
	for _, at := range []string{other.URL + "/mcp", web.URL + "/prm", web.URL + "/mcp?x=1"} {
		res, err := c.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if got != "" {
		t.Errorf("another server was sent %q", got)
	}
	for _, header := range h.tokens[2:] {
		if header != "" {
			t.Errorf("another URL was sent %q", header)
		}
	}
}

// The challenge is that of RFC 7636, appendix B.
func TestAuthorizationURL(t *testing.T) {
	as := &authServer{Authorization: "https://login.example/authorize?tenant=1"}
	u, err := url.Parse(authorizationURL(as, client{ID: "c"}, "http://127.0.0.1:1/callback", "st", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "https://mcp.example/mcp", "a b"))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"tenant": {"1"}, "client_id": {"c"}, "code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
		"redirect_uri": {"http://127.0.0.1:1/callback"}, "resource": {"https://mcp.example/mcp"}, "response_type": {"code"}, "scope": {"a b"}, "state": {"st"},
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}
