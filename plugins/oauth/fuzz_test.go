package oauth

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// credentials is what RFC 6750 section 2.1 says that the header is, read in another way than the code does.
var credentials = regexp.MustCompile(`^(?i:bearer) +([A-Za-z0-9._~+/-]+=*)$`)

func FuzzAuthorization(f *testing.F) {
	for _, s := range []string{"", "Bearer", "Bearer ", "bearer a.b.c", "BEARER   a==", "Bearer a b", "Bearer a=b", "Bearer\ta", " Bearer a ", "Basic YTpi", "Bearer é", "Bearer a,b", "Bearer =", "Bearera"} {
		f.Add(s, "", false)
		f.Add(s, "access_token=a", false)
	}
	f.Add("Bearer a", "x=1&access%5Ftoken=b", false)
	f.Add("Bearer a", "%zz;access_token=b", false)
	f.Add("Bearer a", "", true)
	f.Fuzz(func(t *testing.T, header, query string, twice bool) {
		r := &http.Request{Header: http.Header{"Authorization": {header}}, URL: &url.URL{RawQuery: query}}
		if twice {
			r.Header.Add("Authorization", header)
		}
		token, ok, malformed := bearer(r)
		if ok && !isToken68(token) {
			ok, malformed = false, notToken68
		}
		values, _ := url.ParseQuery(query)
		_, inQuery := values["access_token"]
		want := credentials.FindStringSubmatch(strings.TrimSpace(header))
		switch {
		case ok && (malformed != "" || token == ""):
			t.Errorf("both good and malformed: %q", malformed)
		case ok != (want != nil && !twice && !inQuery) && !strings.Contains(query, "access_token"):
			t.Errorf("good is %v", ok)
		case ok && token != want[1]:
			t.Errorf("token %q, want %q", token, want[1])
		case (twice || inQuery) && malformed == "":
			t.Error("a token twice, or in the query, is not malformed")
		}
	})
}

// fuzzed is a plugin whose issuer's key the test has.
func fuzzed(f *testing.F) (*plugin, *rsa.PrivateKey) {
	f.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	cfg, err := Config{Issuer: "https://login.example.com", BaseURL: "https://mcp.example.com"}.resolve(xmcp.Config{Endpoint: "/mcp"})
	if err != nil {
		f.Fatal(err)
	}
	k := &key{id: "k1", alg: "RS256", kind: "RSA", public: &private.PublicKey}
	fetch := func(context.Context) (map[string]*key, error) { return map[string]*key{"k1": k}, nil }
	p := &plugin{cfg: cfg, log: slog.New(slog.DiscardHandler), challenges: challenges{metadata: "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"}}
	p.keys = &keyring{ctx: context.Background(), fetch: fetch, now: time.Now, log: p.log}
	<-p.keys.refresh(0)
	return p, private
}

func (p *plugin) try(token string) (*xmcp.Principal, error) {
	r := httptest.NewRequest(http.MethodPost, "https://mcp.example.com/mcp", nil)
	r.Header["Authorization"] = []string{"Bearer " + token}
	return p.Authenticate(r)
}

// FuzzToken: what is not signed by the issuer is never let in, and refused with one of two answers that say nothing of it.
func FuzzToken(f *testing.F) {
	p, private := fuzzed(f)
	good := signParts(f, private, `{"alg":"RS256","kid":"k1"}`, claimsAt(time.Now()))
	f.Add(good[:len(good)-4])
	f.Add(strings.Replace(good, ".", "..", 1))
	for _, s := range []string{"", ".", "..", "a.b.c", "e30.e30.", strings.Repeat(".", 5000), "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.bnVsbA.AA", good + "=", good + "A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if strings.TrimRight(token, "=") == good {
			return
		}
		principal, err := p.try(token)
		challenge, ok := errors.AsType[*xmcp.Challenge](err)
		if principal != nil || !ok {
			t.Fatalf("%v %v", principal, err)
		}
		header := challenge.Header.Get("WWW-Authenticate")
		if challenge.Status != 401 && challenge.Status != 400 || header != p.challenges.malformed("").Header.Get("WWW-Authenticate") && header != p.challenges.invalid(false, "").Header.Get("WWW-Authenticate") {
			t.Errorf("%d %s", challenge.Status, header)
		}
		if strings.ContainsAny(challenge.Reason, "\r\n") || len(challenge.Reason) > 1000 {
			t.Errorf("the reason is %d bytes long, or breaks lines: %q", len(challenge.Reason), challenge.Reason)
		}
	})
}

func claimsAt(now time.Time) string {
	raw, _ := json.Marshal(map[string]any{"iss": "https://login.example.com", "aud": "https://mcp.example.com/mcp", "sub": "usr_1", "exp": now.Add(time.Hour).Unix(), "scope": "a b", "permissions": []string{"p"}})
	return string(raw)
}

func signParts(tb testing.TB, private *rsa.PrivateKey, header, claims string) string {
	tb.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	digest := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// FuzzSignedToken: even what the issuer's key has signed is let in only if a second reading of the rules says so.
func FuzzSignedToken(f *testing.F) {
	p, private := fuzzed(f)
	now := time.Now()
	good := claimsAt(now)
	f.Add(`{"alg":"RS256","kid":"k1"}`, good)
	for _, h := range []string{`{"alg":"RS256","kid":"k1","typ":"at+jwt"}`, `{"alg":"RS256","kid":"k1","crit":[]}`, `{"alg":"RS256","kid":"k1","kid":"k2"}`, `{"ALG":"RS256","kid":"k1"}`, `{"alg":"RS256","kid":null}`, `{}`, `[]`, `null`, `{"alg":"RS256","kid":"k1","typ":null}`} {
		f.Add(h, good)
	}
	for _, c := range []string{`{}`, `null`, `[]`, `{"exp":1e308}`, `{"exp":-1}`, strings.Replace(good, `"aud":"`, `"aud":["x"],"AUD":"`, 1), strings.Replace(good, `"sub":"usr_1"`, `"sub":"usr_1","sub":""`, 1),
		strings.Replace(good, `"scope":"a b"`, `"scope":["a"]`, 1), strings.Replace(good, `"scope":"a b"`, `"scope":"a","scopes":["b",1]`, 1), strings.Replace(good, `"permissions":["p"]`, `"permissions":"p"`, 1), strings.Replace(good, "{", `{"nbf":99999999999,`, 1), strings.Replace(good, "{", `{"iat":"now",`, 1)} {
		f.Add(`{"alg":"RS256","kid":"k1"}`, c)
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		principal, err := p.try(signParts(t, private, header, claims))
		if (principal == nil) == (err == nil) {
			t.Fatalf("%v %v", principal, err)
		}
		if principal == nil {
			if _, ok := errors.AsType[*xmcp.Challenge](err); !ok {
				t.Errorf("not a challenge: %v", err)
			}
			return
		}
		if why := mustRefuse(header, claims, time.Now()); why != "" {
			t.Errorf("let in although %s: %+v", why, principal)
		}
	})
}

// mustRefuse reads a token as a reviewer would: a second opinion, simpler than the code and stricter where that is easy.
func mustRefuse(header, claims string, now time.Time) string {
	var h, c map[string]any
	if json.Unmarshal([]byte(header), &h) != nil || json.Unmarshal([]byte(claims), &c) != nil {
		return "it is not JSON"
	}
	if h["alg"] != "RS256" || h["kid"] != "k1" {
		return "alg or kid is another one"
	}
	for _, name := range []string{"crit", "b64", "jku", "jwk", "x5u", "x5c"} {
		if _, there := h[name]; there {
			return "the header has " + name
		}
	}
	aud, _ := c["aud"].([]any)
	if c["aud"] != "https://mcp.example.com/mcp" && !slices.Contains(aud, any("https://mcp.example.com/mcp")) {
		return "it is for somebody else"
	}
	exp, isNumber := c["exp"].(float64)
	nbf, _ := c["nbf"].(float64)
	iat, _ := c["iat"].(float64)
	at := float64(now.Unix())
	sub, _ := c["sub"].(string)
	switch {
	case c["iss"] != "https://login.example.com":
		return "it is from somebody else"
	case sub == "":
		return "it names nobody"
	case !isNumber || math.IsNaN(exp) || exp < at-31:
		return "it has expired"
	case nbf > at+31 || iat > at+31:
		return "it is from the future"
	case c["nonce"] != nil || c["at_hash"] != nil:
		return "it is an ID token"
	}
	for _, name := range []string{"permissions", "scopes"} {
		list, isList := c[name].([]any)
		_, isText := c[name].(string)
		if c[name] != nil && !isList && !isText || slices.ContainsFunc(list, func(v any) bool { _, ok := v.(string); return !ok }) {
			return name + " is no list of strings"
		}
	}
	return ""
}

// parameter reads the parameters of a challenge as a client would (RFC 9110 section 11.2).
var parameter = regexp.MustCompile(`^([a-z_]+)="((?:[^"\\]|\\.)*)"(?:, )?`)

func FuzzChallenge(f *testing.F) {
	f.Add("https://mcp.example.com/.well-known/oauth-protected-resource/mcp", "a b", "c")
	f.Add("x\", error=\"none", "a\"", "\\")
	f.Add("a\r\nSet-Cookie: x", "\x00", "é\u2028")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, metadata, scope, needed string) {
		c := challenges{metadata: metadata, scope: scope}
		for _, ch := range []*xmcp.Challenge{c.none("r"), c.malformed("r"), c.invalid(true, "r"), c.invalid(false, "r"), c.insufficient([]string{needed}, "r")} {
			values := ch.Header["Www-Authenticate"]
			if len(values) != 1 {
				t.Fatalf("%d headers", len(values))
			}
			rest, ok := strings.CutPrefix(values[0], "Bearer ")
			if !ok || strings.ContainsFunc(rest, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
				t.Fatalf("%q", values[0])
			}
			seen := map[string]string{}
			for rest != "" {
				m := parameter.FindStringSubmatch(rest)
				if m == nil || seen[m[1]] != "" {
					t.Fatalf("%q in %q", rest, values[0])
				}
				seen[m[1]] = regexp.MustCompile(`\\(.)`).ReplaceAllString(m[2], "$1") + "!"
				rest = rest[len(m[0]):]
			}
			for name := range seen {
				if !slices.Contains([]string{"error", "error_description", "scope", "resource_metadata"}, name) {
					t.Errorf("%s is in %q", name, values[0])
				}
			}
			if want := printable(metadata); seen["resource_metadata"] != want+"!" {
				t.Errorf("metadata %q, want %q", seen["resource_metadata"], want)
			}
			if !json.Valid([]byte(ch.Body)) {
				t.Errorf("body %s", ch.Body)
			}
		}
	})
}

// printable is what of a text a header can hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return -1
		}
		return r
	}, s)
}

// documents answers every request with one document.
type documents string

func (d documents) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(d)))}, nil
}

func FuzzMetadata(f *testing.F) {
	const issuer = "https://login.example.com/tenant"
	for _, s := range []string{`{"issuer":"` + issuer + `","jwks_uri":"https://login.example.com/keys"}`, `{"issuer":"` + issuer + `","jwks_uri":"https://evil.example/keys"}`, `{"issuer":"x","jwks_uri":"https://login.example.com/keys"}`,
		`{"issuer":"` + issuer + `","jwks_uri":"http://login.example.com/keys"}`, `{"issuer":"` + issuer + `","jwks_uri":"https://login.example.com@evil.example/keys"}`, `{"ISSUER":"` + issuer + `","Jwks_Uri":"https://LOGIN.example.com:443/keys"}`, `{}`, `null`, `[`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, document string) {
		c := Config{Issuer: issuer, HTTPClient: strictClient(&http.Client{Transport: documents(document)})}
		from, err := c.discover(t.Context())
		if err != nil {
			if from != "" {
				t.Errorf("%q and %v", from, err)
			}
			return
		}
		u, err := url.Parse(from)
		if err != nil || u.Scheme != "https" || !strings.EqualFold(u.Host, "login.example.com") || u.User != nil || u.Fragment != "" || u.RawQuery != "" {
			t.Errorf("keys are fetched from %q (%v)", from, err)
		}
	})
}

func FuzzKeySet(f *testing.F) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString(private.N.Bytes())
	for _, s := range []string{`{"keys":[{"kty":"RSA","kid":"a","n":"` + n + `","e":"AQAB"}]}`, `{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`, `{"keys":[{"kty":"RSA","kid":"a","n":"` + n + `","e":"AA"}]}`, `{"keys":[{"kty":"RSA","kid":"a","n":"` + n + `","e":"` + n + `"}]}`,
		`{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]}`, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`, `{"keys":[{"kty":"oct","kid":"a","k":"AA"}]}`, `{"keys":[null]}`, `{"keys":7}`, `[]`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		keys, err := readKeys(raw)
		if (err == nil) != (len(keys) > 0) || len(keys) > 100 {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for id, k := range keys {
			if id == "" || k.id != id || k.public == nil || !slices.ContainsFunc([]string{"RS256", "ES256", "ES384", "ES512", "EdDSA"}, func(alg string) bool { return algorithms[alg] == k.kind }) {
				t.Errorf("%q: %+v", id, k)
			}
			if pub, ok := k.public.(*rsa.PublicKey); ok && (pub.N.BitLen() < 2048 || pub.N.BitLen() > 16384 || pub.E < 3 || pub.E%2 == 0) {
				t.Errorf("a weak key: %d bits, exponent %d", pub.N.BitLen(), pub.E)
			}
		}
		if bytes.Contains(raw, []byte(`"k":`)) && len(keys) > 0 {
			for _, k := range keys {
				if k.kind == "" {
					t.Error("a symmetric key is used")
				}
			}
		}
	})
}
