package scalekit_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// environment answers as a Scalekit environment does, as far as a test needs one.
type environment struct {
	*httptest.Server
	mux    *http.ServeMux
	key    *rsa.PrivateKey
	tokens atomic.Int32 // tokens handed out for the management API
}

func newEnvironment(t testing.TB) *environment {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := &environment{mux: http.NewServeMux(), key: key}
	e.mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"keys":[{"use":"sig","kty":"RSA","kid":"snk_1","alg":"RS256","n":%q,"e":%q}]}`,
			base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
	})
	e.mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("client_id") != "skc_1" || r.FormValue("client_secret") != "hush" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"unknown client"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"management-%d","token_type":"Bearer","expires_in":86399,"scope":"openid"}`, e.tokens.Add(1))
	})
	e.Server = httptest.NewServer(e.mux)
	t.Cleanup(e.Close)
	return e
}

func (e *environment) token(t testing.TB, change map[string]any) string {
	t.Helper()
	now := time.Now()
	claims := jwt.MapClaims{"iss": e.URL, "aud": []string{"https://mcp.example.com/mcp", "res_1"}, "sub": "usr_1", "client_id": "dcr_1", "oid": "org_1", "sid": "ses_1",
		"jti": "tkn_1", "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(), "scope": "openid notes:read", "permissions": []string{"notes:write"}, "roles": []string{"editor"}}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	tok := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	tok.Header["kid"] = "snk_1"
	s, err := tok.SignedString(e.key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve runs an app with one tool that returns its session.
func serve(t testing.TB, p xmcp.Plugin, log io.Writer, fn func(ctx context.Context) (any, error)) (string, error) {
	t.Helper()
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "tool", Description: "Runs the test's function.", OutputSchema: `{}`, Handler: xmcp.HandleToolNoInput(fn)})
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{p} })
	s, err := xmcp.New(r, xmcp.Config{Name: "app", AllowedHosts: []string{"127.0.0.1"}, BaseURL: "https://mcp.example.com", Logger: slog.New(slog.NewTextHandler(io.MultiWriter(log, os.Stderr), nil))})
	if err != nil {
		return "", err
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(overhear.Handler(t, "/mcp", s.Handler()))
	t.Cleanup(web.Close)
	return web.URL, nil
}

func call(t testing.TB, url, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"tool"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Result struct{ Content []struct{ Text string } }
	}
	if json.Unmarshal(b, &m) == nil && len(m.Result.Content) == 1 {
		return res.StatusCode, m.Result.Content[0].Text
	}
	return res.StatusCode, string(b)
}

func TestSession(t *testing.T) {
	env := newEnvironment(t)
	var log bytes.Buffer
	cfg := scalekit.Config{EnvironmentURL: env.URL, ResourceID: "res_1"}
	url, err := serve(t, scalekit.New(cfg), &log, func(ctx context.Context) (any, error) {
		s, err := scalekit.GetSession(ctx)
		if err != nil {
			return nil, err
		}
		s.Permissions = append(s.Permissions[:0], "stolen") // a copy: the next call must not see it
		s2, err := scalekit.GetSession(ctx)
		if err != nil {
			return nil, err
		}
		return fmt.Sprintf("%s %s %s %v %v %v %v", s2.UserID, s2.OrganizationID, s2.SessionID, s2.Machine, s2.Scopes, s2.Permissions, s2.HasRole("editor")), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change map[string]any
		status int
		want   string
	}{
		{"person", nil, 200, `"usr_1 org_1 ses_1 false [openid notes:read] [notes:write] true"`},
		{"issuer is the resource", map[string]any{"iss": env.URL + "/resources/res_1"}, 200, `"usr_1 org_1 ses_1 false [openid notes:read] [notes:write] true"`},
		{"org_id", map[string]any{"oid": nil, "org_id": "org_2"}, 200, `"usr_1 org_2 ses_1 false [openid notes:read] [notes:write] true"`},
		{"both organizations", map[string]any{"org_id": "org_1"}, 200, `"usr_1 org_1 ses_1 false [openid notes:read] [notes:write] true"`},
		{"machine", map[string]any{"sub": "m2m_1", "client_id": "m2m_1", "scope": nil, "scopes": []string{"a"}, "permissions": nil, "roles": nil}, 200, `"m2m_1 org_1 ses_1 true [a] [] false"`},
		{"other claim of permissions", map[string]any{"permissions": nil, "scalekit:permissions": []string{"p"}}, 200, `"usr_1 org_1 ses_1 false [openid notes:read] [p] true"`},
		{"organizations differ", map[string]any{"org_id": "org_2"}, 401, ""},
		{"another server", map[string]any{"aud": []string{"res_2"}}, 401, ""},
		{"only the URL", map[string]any{"aud": []string{"https://mcp.example.com/mcp"}}, 401, ""},
		{"permissions of the wrong kind", map[string]any{"permissions": map[string]any{}}, 401, ""},
		{"another environment", map[string]any{"iss": "https://evil.scalekit.com"}, 401, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text := call(t, url, env.token(t, tt.change))
			if status != tt.status || tt.want != "" && text != tt.want {
				t.Errorf("got %d %s", status, text)
			}
		})
	}
	for _, want := range []string{"compare the Server URL in the Scalekit dashboard", `want res_1`, "compare the Environment URL", "oid and org_id name different organizations", "https://mcp.example.com/mcp"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if strings.Contains(log.String(), "eyJ") {
		t.Error("a token is in the log")
	}
}

func TestOutsideACall(t *testing.T) {
	if _, err := scalekit.GetSession(t.Context()); !errors.Is(err, scalekit.ErrNoSession) || !strings.HasPrefix(err.Error(), "Session not initialized.") {
		t.Error(err)
	}
	if _, err := scalekit.GetClient(t.Context()); !errors.Is(err, scalekit.ErrNoClient) || !strings.HasPrefix(err.Error(), "Client not initialized.") {
		t.Error(err)
	}
	if _, err := scalekit.GetUser(t.Context()); !errors.Is(err, scalekit.ErrNoSession) {
		t.Error(err)
	}
	var none *scalekit.Session
	if none.HasScope("") || none.HasPermission("") || none.HasRole("") {
		t.Error("nobody has something")
	}
}

func TestConfigErrorsNameTheVariable(t *testing.T) {
	good := map[string]string{"SCALEKIT_ENVIRONMENT_URL": "https://acme.scalekit.com", "SCALEKIT_RESOURCE_ID": "res_1", "SCALEKIT_RESOURCE_URL": "",
		"SCALEKIT_CLIENT_ID": "", "SCALEKIT_CLIENT_SECRET": "", "BASE_URL": ""}
	for _, tt := range []struct{ name, value, want string }{
		{"SCALEKIT_ENVIRONMENT_URL", "", "SCALEKIT_ENVIRONMENT_URL is not set"},
		{"SCALEKIT_ENVIRONMENT_URL", "", "xmcpgo dev"},
		{"SCALEKIT_ENVIRONMENT_URL", "http://acme.scalekit.com", "must be https"},
		{"SCALEKIT_RESOURCE_ID", "", "SCALEKIT_RESOURCE_ID is not set"},
		{"SCALEKIT_RESOURCE_ID", "app_1", `SCALEKIT_RESOURCE_ID "app_1" is not an id`},
		{"SCALEKIT_CLIENT_ID", "skc_1", "SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET go together"},
		{"SCALEKIT_RESOURCE_URL", "mcp.example.com", `"mcp.example.com" is not an absolute`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for k, v := range good {
				t.Setenv(k, v)
			}
			t.Setenv(tt.name, tt.value)
			_, err := serve(t, scalekit.FromEnv(), io.Discard, func(context.Context) (any, error) { return nil, nil })
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestClient(t *testing.T) {
	env := newEnvironment(t)
	var busy atomic.Int32
	env.mux.HandleFunc("GET /api/v1/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		auth := r.Header.Get("Authorization")
		switch {
		case auth == "Bearer management-1" && env.tokens.Load() == 1 && r.PathValue("id") == "usr_late":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"code":16,"message":"Token expired","details":[{"error_code":"UNAUTHENTICATED","request_info":{"request_id":"req_9"}}]}`)
		case r.PathValue("id") == "usr_busy" && busy.Add(1) < 3:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.PathValue("id") == "a/b":
			_, _ = io.WriteString(w, `{"user":{"id":"escaped"}}`)
		case r.PathValue("id") == "none":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":5,"message":"no such user","details":[{"error_code":"NOT_FOUND"}]}`)
		default:
			fmt.Fprintf(w, `{"user":{"id":%q,"email":"ada@example.com","user_profile":{"name":"Ada"},"future":1}}`, r.PathValue("id"))
		}
	})
	env.mux.HandleFunc("GET /api/v1/organizations/org_1/users", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"users":[{"id":%q}],"next_page_token":"n","total_size":"2"}`, r.URL.RawQuery)
	})
	env.mux.HandleFunc("POST /api/v1/sessions/{id}/revoke", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	env.mux.HandleFunc("GET /api/v1/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/api/v1/users/x", http.StatusFound) })
	c := scalekit.NewClient(env.URL, "skc_1", "hush", nil)
	for id, want := range map[string]string{"usr_1": "usr_1", "usr_late": "usr_late", "usr_busy": "usr_busy", "a/b": "escaped"} {
		u, err := c.GetUser(t.Context(), id)
		if err != nil || u.ID != want {
			t.Errorf("%s: %+v %v", id, u, err)
		}
	}
	_, err := c.GetUser(t.Context(), "none")
	var api *scalekit.APIError
	if !errors.Is(err, scalekit.ErrNotFound) || !errors.As(err, &api) || api.ErrorCode != "NOT_FOUND" || api.Message != "no such user" {
		t.Errorf("got %v", err)
	}
	page, err := c.ListOrganizationUsers(t.Context(), "org_1", scalekit.ListOptions{PageSize: 10, PageToken: "p"})
	if err != nil || page.Items[0].ID != "page_size=10&page_token=p" || page.NextPageToken != "n" || page.TotalSize != 2 {
		t.Errorf("%+v %v", page, err)
	}
	if err := c.RevokeSession(t.Context(), "s"); err == nil || !strings.Contains(err.Error(), "status 502") {
		t.Errorf("a write: %v", err)
	}
	if err := c.Do(t.Context(), "GET", "/api/v1/redirect", nil, nil); err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("a redirect: %v", err)
	}
	if err := c.Do(t.Context(), "GET", "https://evil.example.com/api/", nil, nil); err == nil {
		t.Error("another host was called")
	}
	if text := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(text, "hush") || strings.Contains(text, "management") {
		t.Errorf("the credentials are printed: %s", text)
	}
	wrong := scalekit.NewClient(env.URL, "skc_1", "wrong", nil)
	if _, err := wrong.GetUser(t.Context(), "x"); !errors.Is(err, scalekit.ErrUnauthorized) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("wrong secret: %v", err)
	}
	if b, err := json.Marshal(scalekit.Config{ClientSecret: "hush"}.ClientSecret); err != nil || strings.Contains(string(b), "hush") {
		t.Errorf("the secret is marshalled: %s", b)
	}
}

func TestGetUserAsksForThePersonOnly(t *testing.T) {
	env := newEnvironment(t)
	seen := make(chan string, 10)
	env.mux.HandleFunc("GET /api/v1/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get("Authorization")
		fmt.Fprintf(w, `{"user":{"id":%q}}`, r.PathValue("id"))
	})
	url, err := serve(t, scalekit.New(scalekit.Config{EnvironmentURL: env.URL, ResourceID: "res_1", ClientID: "skc_1", ClientSecret: "hush"}), io.Discard, func(ctx context.Context) (any, error) {
		u, err := scalekit.GetUser(ctx)
		if err != nil {
			return nil, err
		}
		return u.ID, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, text := call(t, url, env.token(t, nil)); text != `"usr_1"` {
		t.Errorf("got %s", text)
	}
	if got := <-seen; got != "Bearer management-1" {
		t.Errorf("the caller's token went out: %s", got)
	}
	if _, text := call(t, url, env.token(t, map[string]any{"sub": "m2m_1", "client_id": "m2m_1"})); !strings.Contains(text, "machine") {
		t.Errorf("got %s", text)
	}
}
