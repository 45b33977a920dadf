package oauth

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// withOneKey returns a plugin with a clock of its own and a key, and what signs with that key.
func withOneKey(t *testing.T, now *time.Time) (p *plugin, signer *key, sign func(jwt.MapClaims) string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := Config{Issuer: "https://login.example.com", BaseURL: "https://mcp.example.com", Leeway: -1, now: func() time.Time { return *now }}.resolve(xmcp.Config{Endpoint: "/mcp"})
	if err != nil {
		t.Fatal(err)
	}
	p = &plugin{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	signer = &key{id: "k1", alg: "RS256", kind: "RSA", public: &private.PublicKey}
	p.keys = &keyring{ctx: t.Context(), now: cfg.now, log: p.log, fetch: func(context.Context) (map[string]*key, error) { return map[string]*key{"k1": signer}, nil }}
	<-p.keys.refresh(0)
	return p, signer, func(claims jwt.MapClaims) string {
		claims["iss"], claims["aud"], claims["exp"] = cfg.Issuer, cfg.Resource, now.Add(time.Minute).Unix()
		token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		token.Header["kid"] = "k1"
		s, err := token.SignedString(private)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// A token that was good is recognized without a look at its signature, for as long as it lives and its key is the issuer's.
func TestSecondUseChecksNoSignature(t *testing.T) {
	now := time.Now()
	p, signer, sign := withOneKey(t, &now)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	mint := func(id string) string { return sign(jwt.MapClaims{"sub": "usr_1", "jti": id}) }
	seen, unseen := mint("a"), mint("b")
	if _, err := p.try(seen); err != nil {
		t.Fatal(err)
	}
	signer.public = &other.PublicKey // no signature fits any more
	for range 3 {
		if principal, err := p.try(seen); err != nil || principal.Subject != "usr_1" {
			t.Errorf("a token that was seen: %v, %v", principal, err)
		}
	}
	if _, err := p.try(unseen); err == nil {
		t.Error("a token that was not seen is not verified")
	}
	if _, err := p.try(seen[:len(seen)-1]); err == nil {
		t.Error("another token with the same claims is recognized")
	}
	now = now.Add(time.Minute)
	if _, err := p.try(seen); err == nil {
		t.Error("a token is remembered for longer than it lives")
	}
}

// Requests with remembered tokens wait for nobody: not for those whose tokens are looked up in the same moment, not for one whose token is
// being remembered elsewhere, not for the keys.
func TestRememberedTokensShareNoLock(t *testing.T) {
	now := time.Now()
	p, _, sign := withOneKey(t, &now)
	token := sign(jwt.MapClaims{"sub": "usr_1"})
	if _, err := p.try(token); err != nil {
		t.Fatal(err)
	}
	p.keys.mu.Lock()
	defer p.keys.mu.Unlock()
	own := digestOf(token)[0] % shards
	for i := range p.known.shard {
		if mu := &p.known.shard[i].mu; i == int(own) {
			mu.RLock()
			defer mu.RUnlock()
		} else {
			mu.Lock()
			defer mu.Unlock()
		}
	}
	found := make(chan error, 1)
	go func() {
		_, err := p.try(token)
		found <- err
	}()
	select {
	case err := <-found:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a remembered token waits for a lock")
	}
}

// The garbage collector looks through all tokens that are remembered, whatever they claim, while requests wait.
func TestRememberedTokensAreFewObjects(t *testing.T) {
	now := time.Now()
	p, _, sign := withOneKey(t, &now)
	const tokens = 200
	objects := func() int {
		for range 3 { // what pools hold, and what is freed by finalizers, lasts for more than one collection
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapObjects)
	}
	signed := make([]string, tokens)
	for i := range signed {
		signed[i] = sign(jwt.MapClaims{
			"sub": fmt.Sprintf("usr_%d", i), "jti": fmt.Sprintf("tkn_%d", i), "client_id": "skc_1", "org_id": "org_1", "sid": fmt.Sprintf("ses_%d", i),
			"scope": "openid profile notes:read", "permissions": []string{"notes:read", "notes:write"}, "roles": []string{"editor", "viewer"},
			"custom": map[string]any{"plan": "pro", "seats": []int{1, 2, 3, 4, 5, 6, 7, 8}},
		})
	}
	before := objects()
	for _, s := range signed {
		if _, err := p.try(s); err != nil {
			t.Fatal(err)
		}
	}
	each := float64(objects()-before) / tokens
	t.Logf("a remembered token is %.1f objects", each)
	if each > 7 {
		t.Errorf("a remembered token is %.1f objects", each)
	}
	runtime.KeepAlive(p)
	runtime.KeepAlive(signed)
}

// However many tokens come, a bounded number is kept: those that have expired go first.
func TestMemoryIsBounded(t *testing.T) {
	var m memory
	now := time.Now()
	count := func() (n int) {
		for i := range m.shard {
			n += len(m.shard[i].tokens)
		}
		return n
	}
	for i := range maxRemembered {
		m.put(sha256.Sum256(fmt.Append(nil, "short", i)), &known{until: now.Add(time.Minute)}, now)
	}
	now = now.Add(time.Hour)
	var kept int
	for i := range maxRemembered / 4 {
		m.put(sha256.Sum256(fmt.Append(nil, "long", i)), &known{until: now.Add(time.Minute)}, now)
	}
	for i := range maxRemembered / 4 {
		if m.get(sha256.Sum256(fmt.Append(nil, "long", i)), now) != nil {
			kept++
		}
	}
	if kept != maxRemembered/4 {
		t.Errorf("%d of %d good tokens are known, beside as many expired ones as there is room for", kept, maxRemembered/4)
	}
	for i := range 4 * maxRemembered {
		digest := sha256.Sum256(fmt.Append(nil, "flood", i))
		m.put(digest, &known{until: now.Add(time.Minute)}, now)
		if m.get(digest, now) == nil {
			t.Fatal("the newest token is not known")
		}
	}
	if got := count(); got > maxRemembered {
		t.Errorf("%d tokens are kept, more than %d", got, maxRemembered)
	}
}

// Metadata are looked for in three places (RFC 8414 sections 3.1 and 5), and are the issuer's only if they say so (section 3.3).
func TestDiscovery(t *testing.T) {
	const issuer = "https://login.example.com/tenant"
	const first = "https://login.example.com/.well-known/oauth-authorization-server/tenant"
	const second = "https://login.example.com/.well-known/openid-configuration/tenant"
	const third = "https://login.example.com/tenant/.well-known/openid-configuration"
	const good = `{"issuer":"` + issuer + `","jwks_uri":"https://login.example.com/keys"}`
	for _, tt := range []struct {
		name, at, document, refusal string
	}{
		{"inserted", first, good, ""},
		{"inserted, OpenID Connect", second, good, ""},
		{"appended", third, good, ""},
		{"elsewhere", "https://login.example.com/.well-known/openid-configuration", good, "no metadata of the issuer"},
		{"of another issuer", first, `{"issuer":"https://login.example.com","jwks_uri":"https://login.example.com/keys"}`, `is of the issuer "https://login.example.com"`},
		{"of nobody", first, `{"jwks_uri":"https://login.example.com/keys"}`, `is of the issuer ""`},
		{"keys on another host", first, `{"issuer":"` + issuer + `","jwks_uri":"https://keys.example.com/keys"}`, "not on the issuer's host"},
		{"keys in the clear", first, `{"issuer":"` + issuer + `","jwks_uri":"http://login.example.com/keys"}`, "must be https"},
		{"no keys", first, `{"issuer":"` + issuer + `"}`, "jwks_uri is missing"},
		{"no JSON", first, `<p>`, "no metadata of the issuer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Config{Issuer: issuer, HTTPClient: strictClient(at(tt.at, tt.document))}
			from, err := c.discover(t.Context())
			if tt.refusal == "" {
				if err != nil || from != "https://login.example.com/keys" {
					t.Errorf("%q, %v", from, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.refusal) || from != "" {
				t.Errorf("%q, %v", from, err)
			}
		})
	}
}

// The keys are fetched from where the metadata say, and tokens that they verify are good.
func TestKeysOfDiscovery(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(map[string]any{"keys": []map[string]string{{"kty": "RSA", "kid": "a", "n": base64.RawURLEncoding.EncodeToString(private.N.Bytes()), "e": "AQAB"}}})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Issuer: "https://login.example.com", HTTPClient: strictClient(at(
		"https://login.example.com/.well-known/openid-configuration", `{"issuer":"https://login.example.com","jwks_uri":"https://login.example.com/jwks"}`,
		"https://login.example.com/jwks", string(set)))}
	keys, err := c.fetchKeys(t.Context())
	if err != nil || len(keys) != 1 || keys["a"] == nil {
		t.Errorf("%v, %v", keys, err)
	}
}

// at is a client of servers that have the documents at the URLs, and nothing else.
func at(urlsAndDocuments ...string) *http.Client {
	return &http.Client{Transport: answering(func(r *http.Request) *http.Response {
		for i := 0; i < len(urlsAndDocuments); i += 2 {
			if r.URL.String() == urlsAndDocuments[i] {
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(urlsAndDocuments[i+1]))}
			}
		}
		return &http.Response{StatusCode: 404, Body: http.NoBody}
	})}
}

type answering func(*http.Request) *http.Response

func (f answering) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }
