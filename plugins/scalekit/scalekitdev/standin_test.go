package scalekitdev_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

const serverURL = "http://127.0.0.1:3001/mcp"

// start serves a stand-in on loopback.
func start(t testing.TB, change func(*scalekitdev.Config)) (*scalekitdev.StandIn, string) {
	t.Helper()
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	cfg := scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{URL: serverURL, Scopes: []string{"notes:read", "notes:write"}}}
	if change != nil {
		change(&cfg)
	}
	s, err := scalekitdev.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	handler = s.Handler()
	return s, web.URL
}

var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func do(t testing.TB, method, target string, form url.Values) reply {
	t.Helper()
	var body io.Reader
	kind := ""
	if form != nil {
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	return send(t, method, target, kind, body)
}

func send(t testing.TB, method, target, kind string, body io.Reader) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: res.StatusCode, header: res.Header, body: string(b)}
	_ = json.Unmarshal(b, &r.json) // nil for what is not JSON
	return r
}

// flow is one client on its way to a token.
type flow struct {
	t                    testing.TB
	env, id, redirect    string
	verifier, challenged string
}

func newFlow(t testing.TB, env, redirect string) *flow {
	t.Helper()
	r := send(t, "POST", env+"/api/v1/resources/res_dev/clients:register", "application/json", strings.NewReader(`{"client_name":"Test <b>","redirect_uris":["`+redirect+`"]}`))
	if r.status != http.StatusCreated {
		t.Fatalf("register: %d %s", r.status, r.body)
	}
	f := &flow{t: t, env: env, id: r.json["client_id"].(string), redirect: redirect, verifier: strings.Repeat("v", 43)}
	sum := sha256.Sum256([]byte(f.verifier))
	f.challenged = base64.RawURLEncoding.EncodeToString(sum[:])
	return f
}

func (f *flow) query(change url.Values) string {
	q := url.Values{"response_type": {"code"}, "client_id": {f.id}, "redirect_uri": {f.redirect}, "state": {"st"}, "code_challenge": {f.challenged},
		"code_challenge_method": {"S256"}, "resource": {serverURL}, "scope": {"openid notes:read"}}
	for k, v := range change {
		q[k] = v
		if v == nil {
			delete(q, k)
		}
	}
	return f.env + "/resources/res_dev/oauth/authorize?" + q.Encode()
}

var hidden = regexp.MustCompile(`name="(request|csrf)" value="([^"]+)"`)

// decide opens the page and presses a button.
func (f *flow) decide(person, decision string) reply {
	f.t.Helper()
	page := do(f.t, "GET", f.query(nil), nil)
	form := url.Values{"person": {person}, "decision": {decision}}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		form.Set(m[1], m[2])
	}
	return do(f.t, "POST", f.env+"/resources/res_dev/oauth/authorize", form)
}

func (f *flow) code(person string) string {
	f.t.Helper()
	r := f.decide(person, "allow")
	u, err := url.Parse(r.header.Get("Location"))
	if err != nil || u.Query().Get("code") == "" || u.Query().Get("state") != "st" || u.Query().Get("iss") != f.env+"/resources/res_dev" {
		f.t.Fatalf("decide: %d %v %s", r.status, r.header, r.body)
	}
	return u.Query().Get("code")
}

func (f *flow) redeem(change url.Values) reply {
	f.t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {f.id}, "redirect_uri": {f.redirect}, "code_verifier": {f.verifier}, "resource": {serverURL}}
	for k, v := range change {
		form[k] = v
	}
	return do(f.t, "POST", f.env+"/resources/res_dev/oauth/token", form)
}

func TestWholeFlow(t *testing.T) {
	_, env := start(t, nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	r := f.redeem(url.Values{"code": {f.code("usr_alice@org_globex")}})
	if r.status != 200 || r.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(r.json["access_token"].(string), claims); err != nil {
		t.Fatal(err)
	}
	for claim, want := range map[string]string{"iss": env, "sub": "usr_alice", "oid": "org_globex", "client_id": f.id, "scope": "openid notes:read",
		"aud": "[" + serverURL + " res_dev]", "permissions": "[notes:read notes:write]", "roles": "[notes-editor]"} {
		if got := fmt.Sprint(claims[claim]); got != want {
			t.Errorf("%s: got %s, want %s", claim, got, want)
		}
	}
	first := r.json["refresh_token"].(string)
	second := do(t, "POST", env+"/resources/res_dev/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {f.id}, "refresh_token": {first}})
	if second.status != 200 || second.json["refresh_token"] == first {
		t.Fatalf("refresh: %d %s", second.status, second.body)
	}
	if again := do(t, "POST", env+"/resources/res_dev/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {f.id}, "refresh_token": {first}}); again.json["error"] != "invalid_grant" {
		t.Errorf("a refresh token twice: %d %s", again.status, again.body)
	}
	if after := do(t, "POST", env+"/resources/res_dev/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {f.id}, "refresh_token": {second.json["refresh_token"].(string)}}); after.json["error"] != "invalid_grant" {
		t.Errorf("the family lives on: %d %s", after.status, after.body)
	}
}

func TestCodes(t *testing.T) {
	s, env := start(t, nil)
	f := newFlow(t, env, "http://localhost:1/cb")
	other := newFlow(t, env, "http://localhost:1/cb")
	for name, change := range map[string]url.Values{
		"wrong verifier":   {"code_verifier": {"wrong"}},
		"wrong redirect":   {"redirect_uri": {"http://localhost:1/other"}},
		"another client":   {"client_id": {other.id}},
		"another resource": {"resource": {"https://evil.example.com/mcp"}},
	} {
		change.Set("code", f.code("usr_bob@org_acme"))
		if r := f.redeem(change); r.status != 400 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	code := url.Values{"code": {f.code("usr_bob@org_acme")}}
	got := f.redeem(code)
	if again := f.redeem(code); again.json["error"] != "invalid_grant" {
		t.Errorf("a code twice: %s", again.body)
	}
	if r := do(t, "POST", env+"/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {f.id}, "refresh_token": {got.json["refresh_token"].(string)}}); r.status != 400 {
		t.Errorf("what came of a stolen code lives on: %s", r.body)
	}
	late := url.Values{"code": {f.code("usr_bob@org_acme")}}
	s.MoveClock(2 * time.Minute)
	if r := f.redeem(late); r.json["error"] != "invalid_grant" {
		t.Errorf("a late code: %s", r.body)
	}
}

func TestAuthorizeRefusals(t *testing.T) {
	s, env := start(t, nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	for name, want := range map[string]struct {
		change url.Values
		error  string // to the client; empty means a page and no redirect
	}{
		"unknown client":   {url.Values{"client_id": {"nobody"}}, ""},
		"foreign redirect": {url.Values{"redirect_uri": {"https://evil.example.com/cb"}}, ""},
		"other path":       {url.Values{"redirect_uri": {"http://127.0.0.1:9999/other"}}, ""},
		"private document": {url.Values{"client_id": {"https://127.0.0.1/client.json"}}, ""},
		"parameter twice":  {url.Values{"state": {"a", "b"}}, ""},
		"no PKCE":          {url.Values{"code_challenge": nil}, "invalid_request"},
		"plain PKCE":       {url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		"token response":   {url.Values{"response_type": {"token"}}, "unsupported_response_type"},
		"another resource": {url.Values{"resource": {"https://evil.example.com/mcp"}}, "invalid_target"},
		"unknown scope":    {url.Values{"scope": {"admin"}}, "invalid_scope"},
	} {
		r := do(t, "GET", f.query(want.change), nil)
		u, _ := url.Parse(r.header.Get("Location"))
		if want.error == "" && (r.status != 400 || r.header.Get("Location") != "") || want.error != "" && (u.Query().Get("error") != want.error || u.Query().Get("iss") == "") {
			t.Errorf("%s: %d %v", name, r.status, r.header)
		}
	}
	if r := do(t, "GET", f.query(url.Values{"redirect_uri": {"http://127.0.0.1:5555/callback"}, "scope": nil}), nil); r.status != 200 {
		t.Errorf("another port on loopback, no scope: %d %s", r.status, r.body)
	}
	if r := f.decide("usr_bob@org_acme", "deny"); !strings.Contains(r.header.Get("Location"), "error=access_denied") {
		t.Errorf("deny: %v", r.header)
	}
	if r := f.decide("usr_bob@org_globex", "allow"); r.status != 400 {
		t.Errorf("somebody else's organization: %d", r.status)
	}
	if r := do(t, "POST", env+"/oauth/authorize", url.Values{"request": {"x"}, "csrf": {"x"}}); r.status != 400 || !strings.Contains(r.body, "expired") {
		t.Errorf("forged form: %d", r.status)
	}
	s.NoSignInMethod(true)
	if r := do(t, "GET", f.query(nil), nil); !strings.Contains(r.body, "No authentication method is enabled") || strings.Contains(r.body, "<form") {
		t.Error("an environment without sign-in shows a form")
	}
}

func TestPage(t *testing.T) {
	_, env := start(t, nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	r := do(t, "GET", f.query(nil), nil)
	for _, want := range []string{"Test &lt;b&gt;", "Alice Writer at Acme", "Alice Writer at Globex", "Carol Guest", "no permissions", "http://127.0.0.1:9999", serverURL, "For development only"} {
		if !strings.Contains(r.body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	csp := r.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "form-action 'self' http://127.0.0.1:9999;") {
		t.Errorf("policy %s", csp)
	}
}

func TestRegistration(t *testing.T) {
	_, env := start(t, nil)
	for body, want := range map[string]int{
		`{"redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","http://localhost:1/cb","https://www.cursor.com/cb"]}`: 201,
		`{"redirect_uris":["http://evil.example.com/cb"]}`:                                                                       400,
		`{"redirect_uris":["javascript:alert(1)"]}`:                                                                              400,
		`{"redirect_uris":[]}`: 400,
		`{"redirect_uris":["https://a/b"],"token_endpoint_auth_method":"private_key_jwt"}`:    400,
		`{"redirect_uris":["https://a/b"],"token_endpoint_auth_method":"client_secret_post"}`: 201,
		`{`: 400,
	} {
		if r := send(t, "POST", env+"/api/v1/resources/res_dev/clients:register", "application/json", strings.NewReader(body)); r.status != want {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

func TestClientDocument(t *testing.T) {
	_, env := start(t, func(c *scalekitdev.Config) { c.AllowPrivateCIMD = true })
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	defer web.Close()
	id := web.URL + "/client.json"
	mux.HandleFunc("/client.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"client_id":%q,"client_name":"By document","redirect_uris":["http://127.0.0.1:9999/callback"]}`, id)
	})
	mux.HandleFunc("/foreign.json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"client_id":%q,"redirect_uris":["http://127.0.0.1:9999/callback"]}`, id)
	})
	mux.HandleFunc("/long.json", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat(" ", 6<<10)+"{}")
	})
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	for path, want := range map[string]int{"/client.json": 200, "/foreign.json": 400, "/long.json": 400, "/none.json": 400} {
		if r := do(t, "GET", f.query(url.Values{"client_id": {web.URL + path}}), nil); r.status != want {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

func TestMetadata(t *testing.T) {
	_, env := start(t, nil)
	for path, want := range map[string]string{
		"/.well-known/oauth-authorization-server/resources/res_dev": env + "/resources/res_dev",
		"/resources/res_dev/.well-known/oauth-authorization-server": env + "/resources/res_dev",
		"/.well-known/openid-configuration":                         env,
		"/resources/res_dev/.well-known/openid-configuration":       "",
		"/resources/res_dev/keys":                                   "",
	} {
		r := do(t, "GET", env+path, nil)
		if want == "" {
			if r.status != 404 {
				t.Errorf("%s: %d", path, r.status)
			}
			continue
		}
		_, registers := r.json["registration_endpoint"]
		if r.json["issuer"] != want || registers != strings.Contains(want, "res_dev") {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	if _, err := scalekitdev.New(scalekitdev.Config{URL: "http://10.0.0.1:80", Server: scalekitdev.Server{URL: serverURL}}); err == nil {
		t.Error("a stand-in beyond loopback")
	}
}

// TestManagementClient runs the client of the package scalekit against the environment.
func TestManagementClient(t *testing.T) {
	_, env := start(t, nil)
	c := scalekit.NewClient(env, "skc_dev", "dev-secret", nil)
	u, err := c.GetUser(t.Context(), "usr_alice")
	if err != nil || u.Profile.Name != "Alice Writer" || len(u.Memberships) != 2 {
		t.Errorf("%+v %v", u, err)
	}
	orgs, err := c.ListOrganizations(t.Context(), scalekit.ListOptions{})
	if err != nil || len(orgs.Items) != 2 {
		t.Errorf("%+v %v", orgs, err)
	}
	perms, err := c.ListUserPermissions(t.Context(), "org_acme", "usr_bob")
	if err != nil || len(perms) != 1 || perms[0].Name != "notes:read" {
		t.Errorf("%+v %v", perms, err)
	}
	res, err := c.GetResource(t.Context(), "res_dev")
	if err != nil || res.URI != serverURL {
		t.Errorf("%+v %v", res, err)
	}
	if _, err := c.GetUser(t.Context(), "usr_none"); err == nil || !strings.Contains(err.Error(), "NOT_FOUND") {
		t.Errorf("got %v", err)
	}
	robot := scalekit.NewClient(env, "m2morg_robot", "robot-secret", nil)
	if _, err := robot.GetUser(t.Context(), "usr_alice"); err == nil {
		t.Error("a client without that right has called the management API")
	}
}

func TestMint(t *testing.T) {
	s, _ := start(t, func(c *scalekitdev.Config) { c.OrgClaim, c.ResourceIssuer = "org_id", true })
	raw, err := s.Mint("usr_carol", "org_globex", "openid", map[string]any{"exp": nil})
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(raw, claims); err != nil {
		t.Fatal(err)
	}
	if claims["org_id"] != "org_globex" || claims["exp"] != nil || claims["permissions"] != nil || !strings.HasSuffix(claims["iss"].(string), "/resources/res_dev") {
		t.Errorf("%v", claims)
	}
	if _, err := s.Mint("usr_carol", "org_acme", "", nil); err == nil {
		t.Error("a token for an organization that the person does not belong to")
	}
}
