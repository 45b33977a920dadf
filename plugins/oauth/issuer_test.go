package oauth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer is an authorization server as far as a resource server sees one: metadata and keys over HTTP.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	keys    map[string]*rsa.PrivateKey
	down    bool
	fetches int
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{keys: map[string]*rsa.PrivateKey{"k1": newKey(t)}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/oauth-authorization-server", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.URL, i.URL+"/keys")
	})
	mux.HandleFunc("/keys", i.serveKeys)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (i *issuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fetches++
	if i.down {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	var keys []map[string]string
	for kid, k := range i.keys {
		keys = append(keys, map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
			"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes())})
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"keys": keys}); err != nil {
		panic(err)
	}
}

func (i *issuer) set(f func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f()
}

// mint signs a token that is right, but for what the caller changes.
func (i *issuer) mint(t testing.TB, change func(h, c map[string]any)) string {
	t.Helper()
	now := time.Now()
	header := map[string]any{"alg": "RS256", "kid": "k1", "typ": "JWT"}
	claims := map[string]any{"iss": i.URL, "aud": []string{resource}, "sub": "usr_1", "client_id": "c1", "jti": rand.Text(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(), "scope": "read", "permissions": []string{"notes:read"}}
	if change != nil {
		change(header, claims)
	}
	for _, m := range []map[string]any{header, claims} {
		maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	}
	i.mu.Lock()
	k := i.keys["k1"]
	i.mu.Unlock()
	return sign(t, header, claims, k)
}

// sign makes the token by hand, since a library would refuse to make the bad ones.
func sign(t testing.TB, header, claims map[string]any, k crypto.Signer) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(claims)
	var sig []byte
	var err error
	switch alg, _ := header["alg"].(string); alg {
	case "HS256":
		sig, err = jwt.SigningMethodHS256.Sign(text, x509Public(t, k))
	case "RS384":
		sig, err = jwt.SigningMethodRS384.Sign(text, k)
	case "PS256":
		sig, err = jwt.SigningMethodPS256.Sign(text, k)
	case "RS256":
		sig, err = jwt.SigningMethodRS256.Sign(text, k)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}
