package signin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// exchange is one call of the management API.
type exchange struct {
	Name   string          `json:"name"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
	Status int             `json:"status"`
	Reply  json.RawMessage `json:"reply"`
}

// signedToken is a token with what it should be made for.
type signedToken struct {
	Name     string `json:"name"`
	Token    string `json:"token"`
	Issuer   string `json:"issuer"`
	Audience string `json:"audience"`
}

// verdict is what Scalekit's SDK says: of tokens, whether they are good; of exchanges, which call they are, or what is wrong.
type verdict struct {
	Verdicts, Problems, Calls map[string]string
}

func judge(t testing.TB, env string, tokens []signedToken, exchanges []exchange) verdict {
	t.Helper()
	input, err := json.Marshal(map[string]any{"env": env, "tokens": append([]signedToken{}, tokens...), "exchanges": append([]exchange{}, exchanges...)})
	if err != nil {
		t.Fatal(err)
	}
	packages, err := program.Packages()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program.Node(t), "testdata/oracle.mjs")
	cmd.Env = append(os.Environ(), "XMCPGO_NODE_MODULES="+packages)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &stderr
	out, err := cmd.Output()
	var v verdict
	if err := errors.Join(err, json.Unmarshal(out, &v)); err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	return v
}

// TestTokensByScalekit: Scalekit's own SDK takes what the stand-in signs, and refuses what the test helpers make wrong.
func TestTokensByScalekit(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	other := newVisit(t, nil)
	var tokens []signedToken
	add := func(name, token string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, signedToken{name, token, v.Issuer, "res_dev"})
	}
	mint := func(name string, changes map[string]any) {
		t.Helper()
		token, err := v.Env.Mint("usr_alice", "org_acme", "openid notes:read", changes)
		add(name, token, err)
	}
	mint("good", nil)
	mint("no permissions", map[string]any{"permissions": nil, "roles": nil})
	mint("expired", map[string]any{"exp": time.Now().Add(-time.Minute).Unix()})
	mint("not yet", map[string]any{"nbf": time.Now().Add(time.Hour).Unix()})
	mint("wrong audience", map[string]any{"aud": []string{"res_other"}})
	mint("wrong issuer", map[string]any{"iss": other.Issuer})
	foreign, err := other.Env.Mint("usr_alice", "org_acme", "openid", map[string]any{"iss": v.Issuer})
	add("wrong key", foreign, err)
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": v.Issuer, "aud": "res_dev", "sub": "usr_alice"}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	add("unsigned", unsigned, err)
	good := tokens[0].Token
	add("changed", good[:len(good)-8]+"AAAAAAAA", nil)

	robot := postForm(t, v.Issuer+"/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {"m2morg_robot"}, "client_secret": {"robot-secret"}})
	add("of a machine", robot["access_token"].(string), nil)
	if err := v.Env.RotateKeys(false); err != nil {
		t.Fatal(err)
	}
	mint("by a new key", nil)
	tokens = append(tokens, signedToken{"for the server's URL", good, v.Issuer, v.Endpoint})

	want := map[string]string{
		"good": "accepted usr_alice", "no permissions": "accepted usr_alice", "by a new key": "accepted usr_alice", "for the server's URL": "accepted usr_alice",
		"of a machine": "accepted m2morg_robot", "expired": "refused", "not yet": "refused", "wrong audience": "refused", "wrong issuer": "refused", "wrong key": "refused",
		"unsigned": "refused", "changed": "refused",
	}
	got := judge(t, v.Issuer, tokens, nil).Verdicts
	for name, says := range want {
		if !strings.HasPrefix(got[name], says) {
			t.Errorf("%s: %s, want %s", name, got[name], says)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

// TestReissuedTokenByScalekit: the token of a person, and the one it is refreshed into, are taken as well.
func TestReissuedTokenByScalekit(t *testing.T) {
	t.Parallel()
	for _, resourceIssuer := range []bool{false, true} {
		t.Run(fmt.Sprint("resource issuer ", resourceIssuer), func(t *testing.T) {
			t.Parallel()
			v := newVisit(t, func(c *scalekitdev.Config) { c.ResourceIssuer = resourceIssuer })
			issuer := v.Issuer
			if resourceIssuer {
				issuer += "/resources/res_dev"
			}
			first := v.grant(t)
			second := postForm(t, v.Issuer+"/resources/res_dev/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {v.client}, "refresh_token": {first["refresh_token"].(string)}})
			got := judge(t, v.Issuer, []signedToken{
				{"first", first["access_token"].(string), issuer, v.Endpoint},
				{"second", second["access_token"].(string), issuer, "res_dev"},
			}, nil).Verdicts
			want := map[string]string{"first": "accepted usr_alice", "second": "accepted usr_alice"}
			if !maps.Equal(got, want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

// recorder writes down what a client says to the management API and hears from it.
type recorder struct {
	name      string
	exchanges []exchange
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	e := exchange{Name: r.name, Method: req.Method, Path: req.URL.RequestURI()}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		if len(body) > 0 {
			e.Body = body
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	reply, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(reply))
	e.Status, e.Reply = res.StatusCode, reply
	if strings.HasPrefix(req.URL.Path, "/api/") {
		r.exchanges = append(r.exchanges, e)
	}
	return res, nil
}

// TestManagementByScalekit: each call that our client makes is one of Scalekit's, with the fields of its messages and no
// others; so is each of the stand-in's replies, the refusals among them.
func TestManagementByScalekit(t *testing.T) {
	t.Parallel()
	v := newVisit(t, nil)
	v.grant(t)
	r := &recorder{}
	c := scalekit.NewClient(v.Issuer, "skc_dev", "dev-secret", &http.Client{Transport: r})
	ctx := t.Context()
	all, page := scalekit.ListOptions{}, scalekit.ListOptions{PageSize: 1, PageToken: "1"}
	changed, slug := "Acme & Sons", "acme"
	session := ""
	made := map[string]func() error{
		"GetOrganization":             func() error { _, err := c.GetOrganization(ctx, "org_acme"); return err },
		"GetOrganizationByExternalID": func() error { _, err := c.GetOrganizationByExternalID(ctx, "globex"); return err },
		"ListOrganizations":           func() error { _, err := c.ListOrganizations(ctx, page); return err },
		"UpdateOrganization": func() error {
			o, err := c.UpdateOrganization(ctx, "org_acme", scalekit.OrganizationUpdate{DisplayName: &changed, Slug: &slug, ExternalID: &slug, Metadata: map[string]string{"plan": "large"}})
			if err == nil && (o.DisplayName != changed || o.Metadata["plan"] != "large") {
				err = fmt.Errorf("got %+v", o)
			}
			return err
		},
		"GeneratePortalLink":    func() error { _, err := c.GeneratePortalLink(ctx, "org_acme"); return err },
		"GetUser":               func() error { _, err := c.GetUser(ctx, "usr_alice"); return err },
		"ListUsers":             func() error { _, err := c.ListUsers(ctx, page); return err },
		"SearchUsers":           func() error { _, err := c.SearchUsers(ctx, "bob", all); return err },
		"ListOrganizationUsers": func() error { _, err := c.ListOrganizationUsers(ctx, "org_acme", page); return err },
		"ListUserRoles":         func() error { _, err := c.ListUserRoles(ctx, "org_acme", "usr_bob"); return err },
		"ListUserPermissions":   func() error { _, err := c.ListUserPermissions(ctx, "org_acme", "usr_bob"); return err },
		"ListRoles":             func() error { _, err := c.ListRoles(ctx); return err },
		"ListOrganizationRoles": func() error { _, err := c.ListOrganizationRoles(ctx, "org_acme"); return err },
		"ListPermissions":       func() error { _, err := c.ListPermissions(ctx, page); return err },
		"GetResource":           func() error { _, err := c.GetResource(ctx, "res_dev"); return err },
		"GetSession":            func() error { _, err := c.GetSession(ctx, session); return err },
		"ListUserSessions":      func() error { _, err := c.ListUserSessions(ctx, "usr_alice", page); return err },
		"RevokeSession":         func() error { return c.RevokeSession(ctx, session) },
		"RevokeUserSessions":    func() error { _, err := c.RevokeUserSessions(ctx, "usr_alice"); return err },
	}
	// What is no call of the API, and what is one of the caller's choice.
	other := []string{"Do", "String", "GoString"}
	for method := range reflect.TypeFor[*scalekit.Client]().Methods() {
		if made[method.Name] == nil && !slices.Contains(other, method.Name) {
			t.Errorf("%s is not tried", method.Name)
		}
	}
	sessions, err := c.ListUserSessions(ctx, "usr_alice", all)
	if err != nil || len(sessions.Items) != 1 || sessions.Items[0].Status != "active" {
		t.Fatalf("sessions: %+v %v", sessions, err)
	}
	session = sessions.Items[0].ID
	for name, call := range made {
		r.name = name
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Registration, as clients send it.
	r.name = "RegisterClient"
	registered := &http.Client{Transport: r}
	for _, method := range []string{"none", "client_secret_post"} {
		res, err := registered.Post(v.Issuer+"/api/v1/resources/res_dev/clients:register", "application/json",
			strings.NewReader(`{"client_name":"c","redirect_uris":["http://127.0.0.1/cb"],"scope":"notes:read","token_endpoint_auth_method":"`+method+`"}`))
		if err != nil || res.StatusCode != http.StatusCreated {
			t.Fatalf("register: %v %v", res, err)
		}
		_ = res.Body.Close()
		r.exchanges[len(r.exchanges)-1].Body = json.RawMessage(`{"client_name":"c"}`) // what clients send is theirs, and RFC 7591's
	}
	// Refusals.
	r.name = "nobody"
	if _, err := c.GetUser(ctx, "usr_nobody"); !errors.Is(err, scalekit.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	r.name = "robot"
	robot := scalekit.NewClient(v.Issuer, "m2morg_robot", "robot-secret", &http.Client{Transport: r})
	if _, err := robot.GetUser(ctx, "usr_alice"); err == nil {
		t.Error("a client that may not has used the management API")
	}
	// What the judge must not let pass.
	planted := map[string]exchange{
		"unknown call":      {Method: "GET", Path: "/api/v1/people", Status: 200, Reply: json.RawMessage(`{}`)},
		"unknown parameter": {Method: "GET", Path: "/api/v1/users?name=a", Status: 200, Reply: json.RawMessage(`{}`)},
		"unknown in body":   {Method: "PATCH", Path: "/api/v1/organizations/org_acme", Body: json.RawMessage(`{"title":"x"}`), Status: 200, Reply: json.RawMessage(`{}`)},
		"unknown in reply":  {Method: "GET", Path: "/api/v1/users/usr_alice", Status: 200, Reply: json.RawMessage(`{"user":{"id":"usr_alice","nick":"a"}}`)},
		"unknown enum":      {Method: "GET", Path: "/api/v1/users/usr_alice", Status: 200, Reply: json.RawMessage(`{"user":{"memberships":[{"membership_status":"FINE"}]}}`)},
		"unknown in error":  {Method: "GET", Path: "/api/v1/users/usr_alice", Status: 404, Reply: json.RawMessage(`{"code":5,"message":"m","details":[],"why":"x"}`)},
	}
	exchanges := r.exchanges
	for name, e := range planted {
		e.Name = name
		exchanges = append(exchanges, e)
	}
	got := judge(t, v.Issuer, nil, exchanges)
	for name, problem := range got.Problems {
		if _, meant := planted[name]; !meant {
			t.Errorf("%s: %s", name, problem)
		}
	}
	for name := range planted {
		if got.Problems[name] == "" {
			t.Errorf("the judge lets pass: %s", name)
		}
	}
	for name := range made {
		if got.Calls[name] == "" && got.Problems[name] == "" {
			t.Errorf("%s has made no call", name)
		}
	}
	t.Logf("calls: %v", got.Calls)
}
