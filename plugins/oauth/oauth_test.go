package oauth_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/plugins/oauth"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

const resource = "https://mcp.example.com/mcp"

// x509Public is the public key as a secret, as an attacker would use it.
func x509Public(t testing.TB, k crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// app serves a tool that says who calls, behind the plugin.
func app(t testing.TB, cfg oauth.Config) *httptest.Server {
	t.Helper()
	if cfg.BaseURL == "" {
		cfg.BaseURL = "https://mcp.example.com"
	}
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "whoami", Description: "Says who calls.", Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
		tok, err := oauth.GetToken(ctx)
		if err != nil {
			return "", err
		}
		return tok.Subject, nil
	})})
	r.AddTool(xmcp.ToolItem{Name: "write", Description: "Writes.", Metadata: xmcp.ToolMetadata{Scopes: []string{"read", "write"}}, Handler: xmcp.HandleToolBare(func(context.Context) error { return nil })})
	r.AddTool(xmcp.ToolItem{Name: "admin", Description: "Administers.", Metadata: xmcp.ToolMetadata{Permissions: []string{"notes:write"}}, Handler: xmcp.HandleToolBare(func(context.Context) error { return nil })})
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{oauth.New(cfg)} })
	s, err := xmcp.New(r, xmcp.Config{Name: "app", BaseURL: "https://mcp.example.com", AllowedHosts: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(overhear.Handler(t, "/mcp", s.Handler()))
	t.Cleanup(func() {
		web.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return web
}

type answer struct {
	status int
	header http.Header
	body   string
}

func call(t testing.TB, web *httptest.Server, tool string, change func(*http.Request)) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", web.URL+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func with(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

const base = `resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`

func TestAttacks(t *testing.T) {
	i := newIssuer(t)
	web := app(t, oauth.Config{Issuer: i.URL})
	now := time.Now()
	type change = func(h, c map[string]any)
	const invalid = `Bearer error="invalid_token", error_description="The access token is invalid", ` + base
	for _, tt := range []struct {
		name   string
		change change
	}{
		{"05 alg none", func(h, _ map[string]any) { h["alg"] = "none" }},
		{"05 alg nOnE", func(h, _ map[string]any) { h["alg"] = "nOnE" }},
		{"06 HS256 with the public key", func(h, _ map[string]any) { h["alg"] = "HS256" }},
		{"07 RS384", func(h, _ map[string]any) { h["alg"] = "RS384" }},
		{"07 PS256", func(h, _ map[string]any) { h["alg"] = "PS256" }},
		{"08 kid injection", func(h, _ map[string]any) { h["kid"] = "../../etc/passwd" }},
		{"08 long kid", func(h, _ map[string]any) { h["kid"] = strings.Repeat("k", 300) }},
		{"09 no kid", func(h, _ map[string]any) { h["kid"] = nil }},
		{"10 jku", func(h, _ map[string]any) { h["jku"] = "https://evil.example.com/keys" }},
		{"10 jwk", func(h, _ map[string]any) { h["jwk"] = map[string]any{"kty": "RSA"} }},
		{"10 x5u", func(h, _ map[string]any) { h["x5u"] = "https://evil.example.com" }},
		{"11 crit", func(h, _ map[string]any) { h["crit"] = []string{"exp"} }},
		{"11 b64", func(h, _ map[string]any) { h["b64"] = true }},
		{"11 typ", func(h, _ map[string]any) { h["typ"] = "secevent+jwt" }},
		{"12 wrong aud", func(_, c map[string]any) { c["aud"] = "https://other.example.com/mcp" }},
		{"12 no aud", func(_, c map[string]any) { c["aud"] = nil }},
		{"12 aud of numbers", func(_, c map[string]any) { c["aud"] = []int{1} }},
		{"13 wrong iss", func(_, c map[string]any) { c["iss"] = "https://evil.example.com" }},
		{"13 no iss", func(_, c map[string]any) { c["iss"] = nil }},
		{"14 expired, wrong aud", func(_, c map[string]any) { c["exp"] = now.Add(-time.Hour).Unix(); c["aud"] = "x" }},
		{"15 no exp", func(_, c map[string]any) { c["exp"] = nil }},
		{"15 exp string", func(_, c map[string]any) { c["exp"] = "tomorrow" }},
		{"16 nbf", func(_, c map[string]any) { c["nbf"] = now.Add(time.Hour).Unix() }},
		{"16 iat", func(_, c map[string]any) { c["iat"] = now.Add(time.Hour).Unix() }},
		{"18 no sub", func(_, c map[string]any) { c["sub"] = nil }},
		{"18 empty sub", func(_, c map[string]any) { c["sub"] = "" }},
		{"18 sub number", func(_, c map[string]any) { c["sub"] = 7 }},
		{"20 oversized", func(_, c map[string]any) { c["x"] = strings.Repeat("x", 20<<10) }},
		{"21 too many permissions", func(_, c map[string]any) { c["permissions"] = make([]string, 2000) }},
		{"39 ID token", func(_, c map[string]any) { c["nonce"] = "n" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := call(t, web, "whoami", with(i.mint(t, tt.change)))
			if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != invalid || got.header.Get("Cache-Control") != "no-store" ||
				got.body != `{"error":"invalid_token","error_description":"The access token is invalid"}` {
				t.Errorf("got %+v", got)
			}
		})
	}
	good := i.mint(t, nil)
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		status int
		header string
	}{
		{"01 no token", nil, 401, "Bearer " + base},
		{"02 other scheme", func(r *http.Request) { r.Header.Set("Authorization", "Basic YTpi") }, 401, "Bearer " + base},
		{"02 empty", func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, 400, `Bearer error="invalid_request", error_description="The request is malformed", ` + base},
		{"02 spaces in the token", func(r *http.Request) { r.Header.Set("Authorization", "Bearer a b") }, 400, `Bearer error="invalid_request", error_description="The request is malformed", ` + base},
		{"02 several spaces", func(r *http.Request) { r.Header.Set("Authorization", "bearer   "+good) }, 200, ""},
		{"03 two headers", func(r *http.Request) { r.Header["Authorization"] = []string{"Bearer " + good, "Bearer " + good} }, 400, `Bearer error="invalid_request", error_description="The request is malformed", ` + base},
		{"04 in the query", func(r *http.Request) {
			r.URL.RawQuery = "access_token=" + good
			r.Header.Set("Authorization", "Bearer "+good)
		}, 400, `Bearer error="invalid_request", error_description="The request is malformed", ` + base},
		{"14 expired", with(i.mint(t, func(_, c map[string]any) { c["exp"] = now.Add(-time.Hour).Unix() })), 401, `Bearer error="invalid_token", error_description="The access token expired", ` + base},
		{"17 clock skew", func(r *http.Request) { // by the clock when it is sent
			with(i.mint(t, func(_, c map[string]any) {
				c["exp"] = time.Now().Add(-10 * time.Second).Unix()
				c["iat"] = time.Now().Add(10 * time.Second).Unix()
			}))(r)
		}, 200, ""},
		{"08 another key", with(sign(t, map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{"iss": i.URL, "aud": resource, "sub": "x", "exp": now.Add(time.Hour).Unix()}, newKey(t))), 401, invalid},
		{"good", with(good), 200, ""},
		{"good again, remembered", with(good), 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := call(t, web, "whoami", tt.change); got.status != tt.status || got.header.Get("WWW-Authenticate") != tt.header {
				t.Errorf("got %+v", got)
			}
		})
	}
	t.Run("27 scope", func(t *testing.T) {
		got := call(t, web, "write", with(good))
		want := `Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="read write", ` + base
		if got.status != 403 || got.header.Get("WWW-Authenticate") != want {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("28 permission", func(t *testing.T) {
		if got := call(t, web, "admin", with(good)); got.status != 200 || !strings.Contains(got.body, `"text":"Missing notes:write permission."}],"isError":true`) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestKeys(t *testing.T) {
	i := newIssuer(t)
	i.set(func() { i.down = true })
	revoked, askFails := false, false
	web := app(t, oauth.Config{Issuer: i.URL, IsRevoked: func(context.Context, *oauth.Token) (bool, error) {
		if askFails {
			return false, errors.New("no answer")
		}
		return revoked, nil
	}})
	token := i.mint(t, nil)
	if got := call(t, web, "whoami", with(token)); got.status != 503 || got.header.Get("Retry-After") != "5" || got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("22 keys down: %+v", got)
	}
	// A server that starts later finds the keys, and keeps them when the issuer goes down.
	i.set(func() { i.down = false })
	web = app(t, oauth.Config{Issuer: i.URL, IsRevoked: func(context.Context, *oauth.Token) (bool, error) {
		if askFails {
			return false, errors.New("no answer")
		}
		return revoked, nil
	}})
	if got := call(t, web, "whoami", with(token)); got.status != 200 {
		t.Fatalf("keys up: %+v", got)
	}
	i.set(func() { i.down = true })
	if got := call(t, web, "whoami", with(i.mint(t, nil))); got.status != 200 {
		t.Errorf("23 keys down again: %+v", got)
	}
	var before int
	i.set(func() { before = i.fetches })
	for range 20 {
		if got := call(t, web, "whoami", with(i.mint(t, func(h, _ map[string]any) { h["kid"] = "unknown" }))); got.status != 401 {
			t.Errorf("25 unknown kid: %+v", got)
		}
	}
	i.set(func() {
		if i.fetches > before+1 {
			t.Errorf("25: %d fetches for unknown kids", i.fetches-before)
		}
	})
	revoked = true
	if got := call(t, web, "whoami", with(token)); got.status != 401 {
		t.Errorf("31 revoked: %+v", got)
	}
	askFails = true
	if got := call(t, web, "whoami", with(token)); got.status != 503 {
		t.Errorf("31 revocation cannot be asked: %+v", got)
	}
}

func TestMetadata(t *testing.T) {
	i := newIssuer(t)
	web := app(t, oauth.Config{Issuer: i.URL, Scopes: []string{"read", "write"}, ResourceName: "Notes"})
	want := `{"resource":"https://mcp.example.com/mcp","authorization_servers":["` + i.URL + `"],"scopes_supported":["read","write"],"bearer_methods_supported":["header"],"resource_name":"Notes"}`
	for _, path := range []string{"/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", web.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-Host", "evil.example.com")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || string(body) != want || res.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %s %v", path, body, err)
		}
		for method, status := range map[string]int{"GET": 200, "HEAD": 200, "OPTIONS": 204, "POST": 405, "DELETE": 405} {
			req, err := http.NewRequestWithContext(t.Context(), method, web.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			keep := map[bool]string{true: "public, max-age=3600"}[status == 200]
			if res.StatusCode != status || res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cache-Control") != keep {
				t.Errorf("%s %s: status %d, %v", method, path, res.StatusCode, res.Header)
			}
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for name, cfg := range map[string]oauth.Config{
		"Issuer is missing":    {},
		"must be https":        {Issuer: "http://login.example.com"},
		"offline_access":       {Issuer: "https://login.example.com", Scopes: []string{"offline_access"}},
		"HS256":                {Issuer: "https://login.example.com", Algorithms: []string{"HS256"}},
		"leeway":               {Issuer: "https://login.example.com", Leeway: time.Hour},
		"characters":           {Issuer: "https://login.example.com", RequiredScopes: []string{"a b"}},
		"no user, query":       {Issuer: "https://login.example.com?x=1"},
		"absolute http":        {Issuer: "login.example.com"},
		"Resource \"ftp://x\"": {Issuer: "https://login.example.com", Resource: "ftp://x"},
	} {
		r := xmcp.NewRegistry()
		r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{oauth.New(cfg)} })
		if _, err := xmcp.New(r, xmcp.Config{}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), `plugin "oauth"`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// Without a public URL, clients must be able to come to the address.
	for addr, ok := range map[string]bool{"127.0.0.1:3001": true, "localhost:8080": true, "[::1]:1": true, "127.0.0.1:0": false, "0.0.0.0:3001": false, ":3001": false} {
		r := xmcp.NewRegistry()
		r.Use(func() []xmcp.Plugin {
			return []xmcp.Plugin{oauth.New(oauth.Config{Issuer: "https://login.example.com"})}
		})
		_, err := xmcp.New(r, xmcp.Config{Addr: addr, AllowedHosts: []string{"mcp.example.com"}})
		if ok != (err == nil) || !ok && !strings.Contains(err.Error(), "BASE_URL is not set") {
			t.Errorf("%s: got %v", addr, err)
		}
	}
}
