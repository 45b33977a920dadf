package attack

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// environment is a stand-in among whose keys are some that the test has too.
type environment struct {
	url string
	// serverURL replaces the address of the app as what is registered.
	serverURL string
	standIn   *scalekitdev.StandIn
	rsa       *rsa.PrivateKey
	ec        *ecdsa.PrivateKey

	mu      sync.Mutex
	keys    []map[string]string
	answer  http.HandlerFunc // in place of the keys
	fetches int
	asked   []string // Authorization headers of calls to the management API
}

func newEnvironment(t *testing.T) *environment {
	t.Helper()
	e := &environment{}
	var err error
	if e.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if e.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	point, err := e.ec.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	e.keys = []map[string]string{
		rsaKey("good", e.rsa, nil),
		rsaKey("for encryption", e.rsa, map[string]string{"use": "enc"}),
		rsaKey("for RS512", e.rsa, map[string]string{"alg": "RS512"}),
		rsaKey("weak", weak, nil),
		{"kty": "EC", "crv": "P-256", "kid": "curve", "use": "sig", "x": encode(point[1:33]), "y": encode(point[33:])},
		{"kty": "oct", "kid": "secret", "use": "sig", "k": encode([]byte("secret"))},
	}
	return e
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decodePart(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

func rsaKey(kid string, k *rsa.PrivateKey, change map[string]string) map[string]string {
	m := map[string]string{"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": encode(k.N.Bytes()), "e": encode(big.NewInt(int64(k.E)).Bytes())}
	maps.Copy(m, change)
	return m
}

// serve runs the environment for an app at an address.
func (e *environment) serve(t *testing.T, serverURL string) {
	t.Helper()
	if e.serverURL != "" {
		serverURL = e.serverURL
	}
	var inner http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		answer := e.answer
		switch {
		case r.URL.Path == "/keys":
			e.fetches++
		case strings.HasPrefix(r.URL.Path, "/api/"):
			e.asked = append(e.asked, r.Header.Get("Authorization"))
		}
		e.mu.Unlock()
		switch {
		case r.URL.Path == "/keys" && answer != nil:
			answer(w, r)
		case r.URL.Path == "/keys":
			e.serveKeys(w, inner)
		default:
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(web.Close)
	var err error
	e.url = web.URL
	if e.standIn, err = scalekitdev.New(scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{URL: serverURL, Scopes: []string{"notes:export", "files"}}}); err != nil {
		t.Fatal(err)
	}
	inner = e.standIn.Handler()
}

// serveKeys offers the keys of the stand-in and of the test.
func (e *environment) serveKeys(w http.ResponseWriter, inner http.Handler) {
	rec := httptest.NewRecorder()
	inner.ServeHTTP(rec, httptest.NewRequest("GET", e.url+"/keys", nil))
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &set); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	e.mu.Lock()
	set.Keys = append(set.Keys, e.keys...)
	e.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(set)
}

func (e *environment) set(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
}

// forgery changes the header and the claims of a token. A value of nil removes one.
type forgery func(header, claims map[string]any)

// token makes the token of somebody, signed as its header says with a key of the test.
func (e *environment) token(t *testing.T, person, organization string, change forgery) string {
	t.Helper()
	minted, err := e.standIn.Mint(person, organization, "openid profile", nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(minted, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	header, claims := map[string]any{"alg": "RS256", "typ": "JWT", "kid": "good"}, map[string]any{}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(header, claims)
	}
	return e.sign(t, header, claims)
}

func (e *environment) alice(t *testing.T, change forgery) string {
	t.Helper()
	return e.token(t, "usr_alice", "org_acme", change)
}

func (e *environment) sign(t *testing.T, header, claims map[string]any) string {
	t.Helper()
	var parts []string
	for _, m := range []map[string]any{header, claims} {
		maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, encode(raw))
	}
	alg, _ := header["alg"].(string)
	return e.signText(t, alg, strings.Join(parts, "."))
}

// signText signs by an algorithm; what is none gets no signature.
func (e *environment) signText(t *testing.T, alg, text string) string {
	t.Helper()
	var sig []byte
	var err error
	d256, d384, d512 := sha256.Sum256([]byte(text)), sha512.Sum384([]byte(text)), sha512.Sum512([]byte(text))
	switch alg {
	case "RS256":
		sig, err = rsa.SignPKCS1v15(nil, e.rsa, crypto.SHA256, d256[:])
	case "RS384":
		sig, err = rsa.SignPKCS1v15(nil, e.rsa, crypto.SHA384, d384[:])
	case "RS512":
		sig, err = rsa.SignPKCS1v15(nil, e.rsa, crypto.SHA512, d512[:])
	case "PS256":
		sig, err = rsa.SignPSS(rand.Reader, e.rsa, crypto.SHA256, d256[:], nil)
	case "ES256":
		r, s, signErr := ecdsa.Sign(rand.Reader, e.ec, d256[:])
		if err = signErr; err == nil {
			sig = slices.Concat(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(sig)
}

// signByPublicKey makes a token of HS256 whose secret is the public key in one of the forms that a verifier may hold it in.
func (e *environment) signByPublicKey(t *testing.T, secret []byte) string {
	t.Helper()
	text := strings.Join(strings.Split(e.alice(t, func(h, _ map[string]any) { h["alg"] = "HS256" }), ".")[:2], ".")
	mac := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(mac, text)
	return text + "." + encode(mac.Sum(nil))
}

// machineToken signs a machine in by client credentials.
func (e *environment) machineToken(t *testing.T, id, secret string) string {
	t.Helper()
	res, err := http.PostForm(e.url+"/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var reply struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil || reply.Token == "" {
		t.Fatalf("status %d, %v", res.StatusCode, err)
	}
	return reply.Token
}

// managementToken is the app's own.
func (e *environment) managementToken(t *testing.T) string {
	t.Helper()
	env := e.standIn.Environment()
	return e.machineToken(t, env["SCALEKIT_CLIENT_ID"], env["SCALEKIT_CLIENT_SECRET"])
}
