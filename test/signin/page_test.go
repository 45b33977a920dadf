package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// visit is a client's request for authorization, as far as its URL; answers are what comes back.
type visit struct {
	*protected.Place
	client, redirect string
	answers          chan url.Values
}

const verifier = "a-verifier-of-at-least-forty-three-characters-in-all"

func newVisit(t testing.TB, change func(*scalekitdev.Config)) *visit {
	t.Helper()
	v := &visit{Place: protected.StandIn(t, "http://127.0.0.1:3001/mcp", change), answers: make(chan url.Values, 4)}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/callback" {
			http.NotFound(w, r)
			return
		}
		v.answers <- r.URL.Query()
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Back in the application</title>`)
	}))
	t.Cleanup(app.Close)
	v.redirect = app.URL + "/callback"
	v.client = "notes-desktop"
	v.Env.RegisterClient(v.client, "", "Notes Desktop", v.redirect)
	return v
}

// url is where the client sends the person. Changes replace parameters; nil removes one.
func (v *visit) url(change url.Values) string {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {v.client}, "redirect_uri": {v.redirect}, "state": {"a&b=<c>"}, "resource": {v.Endpoint},
		"scope": {"openid notes:read"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for name, values := range change {
		if q[name] = values; values == nil {
			delete(q, name)
		}
	}
	return v.Issuer + "/resources/res_dev/oauth/authorize?" + q.Encode()
}

// register has the client register itself.
func (v *visit) register(t testing.TB, metadata string) {
	t.Helper()
	res, err := http.Post(v.Issuer+"/api/v1/resources/res_dev/clients:register", "application/json", strings.NewReader(metadata))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("register: status %d: %v\n%s", res.StatusCode, err, body)
	}
	var reply struct {
		ID string `json:"client_id"`
	}
	v.read(t, body, &reply)
	v.client = reply.ID
}

func (v *visit) read(t testing.TB, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
}

// answer is what the client was told, with the parameters that every answer has.
func (v *visit) answer(t testing.TB) url.Values {
	t.Helper()
	select {
	case q := <-v.answers:
		if q.Get("state") != "a&b=<c>" || q.Get("iss") != v.Issuer+"/resources/res_dev" {
			t.Errorf("state or issuer is wrong in %v", q)
		}
		return q
	case <-time.After(10 * time.Second):
		t.Fatal("the client hears nothing")
	}
	return nil
}

// silent checks that the client was told nothing.
func (v *visit) silent(t testing.TB) {
	t.Helper()
	if len(v.answers) > 0 {
		t.Errorf("the client was told %v", <-v.answers)
	}
}

// redeem makes a token of a code and returns who it is for, at which organization.
func (v *visit) redeem(t testing.TB, code string) string {
	t.Helper()
	parts := strings.Split(v.tokens(t, code)["access_token"].(string), ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[min(1, len(parts)-1)])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Sub, Oid string }
	v.read(t, raw, &claims)
	return claims.Sub + "@" + claims.Oid
}

func (v *visit) tokens(t testing.TB, code string) map[string]any {
	t.Helper()
	return postForm(t, v.Issuer+"/resources/res_dev/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {v.client}, "redirect_uri": {v.redirect}, "code": {code}, "code_verifier": {verifier},
	})
}

// grant signs Alice in without a browser.
func (v *visit) grant(t testing.TB) map[string]any {
	t.Helper()
	page := v.url(nil)
	res, err := http.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"person": {"usr_alice@org_acme"}, "decision": {"allow"}}
	for _, m := range hiddenField.FindAllStringSubmatch(string(text), -1) {
		form.Set(m[1], m[2])
	}
	address, _, _ := strings.Cut(page, "?")
	back, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	_ = back.Body.Close()
	return v.tokens(t, v.answer(t).Get("code"))
}

var hiddenField = regexp.MustCompile(`name="(request|csrf)" value="([^"]+)"`)

// postForm posts a form and returns the reply, which must be good.
func postForm(t testing.TB, to string, form url.Values) map[string]any {
	t.Helper()
	res, err := http.PostForm(to, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var reply map[string]any
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d: %v %v", to, res.StatusCode, reply, err)
	}
	return reply
}

// TestPage: what people do on the sign-in page, with the mouse and with the keyboard, and what it tells them when there is
// nothing to be done.
func TestPage(t *testing.T) {
	b := browser.Start(t)
	for name, story := range map[string]struct {
		file string
		want string
	}{
		"choose":            {"choose.mjs", "usr_alice@org_globex"},
		"as it stands":      {"allow.mjs", "usr_alice@org_acme"},
		"keyboard only":     {"keyboard.mjs", "usr_bob@org_acme"},
		"phone":             {"phone.mjs", "usr_carol@org_globex"},
		"no client side":    {"noscript.mjs", "usr_bob@org_acme"},
		"the button counts": {"twice.mjs", "usr_alice@org_acme"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVisit(t, nil)
			b.Story(t, "testdata/"+story.file, v.url(nil), browser.Env{"server": v.Endpoint, "redirect": strings.TrimSuffix(v.redirect, "/callback")})
			if got := v.redeem(t, v.answer(t).Get("code")); got != story.want {
				t.Errorf("got %s, want %s", got, story.want)
			}
			v.silent(t)
		})
	}
	t.Run("deny", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, nil)
		b.Story(t, "testdata/deny.mjs", v.url(nil))
		if q := v.answer(t); q.Get("error") != "access_denied" || q.Has("code") {
			t.Errorf("the client was told %v", q)
		}
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, nil)
		clock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			v.Env.MoveClock(11 * time.Minute)
		}))
		t.Cleanup(clock.Close)
		b.Story(t, "testdata/expired.mjs", v.url(nil), browser.Env{"clock": clock.URL})
		v.silent(t)
	})
	t.Run("no sign-in method", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, nil)
		v.Env.NoSignInMethod(true)
		b.Story(t, "testdata/nomethod.mjs", v.url(nil))
		v.silent(t)
	})
	t.Run("far away", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, nil)
		v.Env.RegisterClient("web", "secret", "", "https://notes.example.com/callback")
		b.Story(t, "testdata/remote.mjs", v.url(url.Values{"client_id": {"web"}, "redirect_uri": {"https://notes.example.com/callback"}}))
	})
	t.Run("document out of reach", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, protected.Unreachable)
		b.Story(t, "testdata/unread.mjs", v.url(url.Values{"client_id": {"https://client.example.com/document.json"}}))
	})
}

// TestPageRefuses: a request that cannot be answered safely goes nowhere.
func TestPageRefuses(t *testing.T) {
	b := browser.Start(t)
	for name, c := range map[string]struct {
		change url.Values
		says   string
	}{
		"unknown redirect": {url.Values{"redirect_uri": {"https://evil.example.com/callback"}}, "https://evil.example.com/callback is none of http://127.0.0.1:"},
		"unknown client":   {url.Values{"client_id": {"nobody"}}, "The application is not known here"},
		"parameter twice":  {url.Values{"state": {"a", "b"}}, "The parameter state is there twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVisit(t, nil)
			b.Story(t, "testdata/refused.mjs", v.url(c.change), browser.Env{"says": c.says})
			v.silent(t)
		})
	}
	t.Run("told to the client", func(t *testing.T) {
		t.Parallel()
		v := newVisit(t, nil)
		b.Story(t, "testdata/goto.mjs", v.url(url.Values{"resource": {"https://evil.example.com/mcp"}}))
		if q := v.answer(t); q.Get("error") != "invalid_target" {
			t.Errorf("the client was told %v", q)
		}
	})
}
