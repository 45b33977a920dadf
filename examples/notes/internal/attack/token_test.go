package attack

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Rows 1 to 4: what is not a token where one should be.
func TestHeaders(t *testing.T) {
	a := start(t, newEnvironment(t))
	good := a.env.alice(t, nil)
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		want   refusal
	}{
		{"row 01: no token", func(*http.Request) {}, a.noToken()},
		{"row 02: another scheme", with("Authorization", "Basic YWxpY2U6c2VjcmV0"), a.noToken()},
		{"row 02: a scheme that begins alike", with("Authorization", "BearerX "+good), a.noToken()},
		{"row 02: the scheme alone", with("Authorization", "Bearer"), a.malformed()},
		{"row 02: nothing behind it", with("Authorization", "Bearer  "), a.malformed()},
		{"row 02: a space in the token", with("Authorization", "Bearer "+good+" x"), a.malformed()},
		{"row 02: a comma in the token", with("Authorization", "Bearer "+good+", Bearer "+good), a.malformed()},
		{"row 02: no ASCII", with("Authorization", "Bearer é"), a.malformed()},
		{"row 02: a tab before the token", with("Authorization", "Bearer\t"+good), a.noToken()},
		{"row 02: not a JWT", bearing("opaque"), a.invalid()},
		{"row 03: two headers", func(r *http.Request) { r.Header["Authorization"] = []string{"Bearer " + good, "Bearer " + good} }, a.malformed()},
		{"row 03: two headers, one of them empty", func(r *http.Request) { r.Header["Authorization"] = []string{"", "Bearer " + good} }, a.malformed()},
		{"row 04: in the query", func(r *http.Request) { r.URL.RawQuery = "access_token=" + good }, a.malformed()},
		{"row 04: in the query and the header", func(r *http.Request) {
			bearing(good)(r)
			r.URL.RawQuery = "x=1&access_token=" + good
		}, a.malformed()},
		{"row 04: in a query that is spelled another way", func(r *http.Request) {
			bearing(good)(r)
			r.URL.RawQuery = "access%5ftoken=" + good
		}, a.malformed()},
		{"row 04: in a malformed query", func(r *http.Request) { r.URL.RawQuery = "%zz;access_token=" + good }, a.malformed()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eras(t, func(t *testing.T, era string) {
				a.expect(t, a.send(t, era, saving, tt.change), tt.want)
				if log := a.log.take(); strings.Contains(log, good[:40]) {
					t.Errorf("the token is in the log: %s", log)
				}
			})
		})
	}
	t.Run("row 02: several spaces and lower case", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			got := a.send(t, era, toolCall("greet", map[string]any{"name": "Ada"}), with("Authorization", "bearer   "+good))
			a.expectText(t, got, "Hello, Ada!")
		})
	})
	t.Run("row 01: whatever the method", func(t *testing.T) {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "TRACE"} {
			req, err := http.NewRequestWithContext(t.Context(), method, a.url+"/mcp", nil)
			if err != nil {
				t.Fatal(err)
			}
			got := a.do(t, req)
			if got.status != 401 || got.header.Get("WWW-Authenticate") != a.noToken().challenge {
				t.Errorf("%s: %+v", method, got)
			}
		}
		a.audit.take()
	})
	a.untouched(t)
}

// Rows 5 to 21 and 39: tokens that are not what they seem.
func TestForgedTokens(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	var called atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer evil.Close()

	now := time.Now()
	header := func(name string, value any) forgery { return func(h, _ map[string]any) { h[name] = value } }
	claiming := func(name string, value any) forgery { return func(_, c map[string]any) { c[name] = value } }
	head := func(name string, value any) string { return e.alice(t, header(name, value)) }
	claim := func(name string, value any) string { return e.alice(t, claiming(name, value)) }
	der, err := x509.MarshalPKIXPublicKey(&e.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(rsaKey("good", e.rsa, nil))
	if err != nil {
		t.Fatal(err)
	}
	tampered := strings.Split(e.alice(t, nil), ".")
	other := strings.Split(e.token(t, "usr_bob", "org_acme", nil), ".")
	for _, tt := range []struct {
		name, token string
		log         string // what the operator is told
	}{
		{"row 05: alg none", head("alg", "none"), `signed with \"none\", want one of RS256`},
		{"row 05: alg None", head("alg", "None"), ""},
		{"row 05: alg nOnE", head("alg", "nOnE"), ""},
		{"row 05: alg none, signed", e.signText(t, "RS256", strings.TrimSuffix(head("alg", "none"), ".")), ""},
		{"row 05: no alg", head("alg", nil), ""},
		{"row 05: no signature", strings.Join(tampered[:2], ".") + ".", ""},
		{"row 05: two parts", strings.Join(tampered[:2], "."), "not a JWT"},
		{"row 05: the claims of another token", other[0] + "." + other[1] + "." + tampered[2], "signature does not fit"},
		{"row 06: HS256 with the public key, PEM", e.signByPublicKey(t, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "HS256"},
		{"row 06: HS256 with the public key, DER", e.signByPublicKey(t, der), ""},
		{"row 06: HS256 with the public key, modulus", e.signByPublicKey(t, e.rsa.N.Bytes()), ""},
		{"row 06: HS256 with the public key, JWK", e.signByPublicKey(t, jwk), ""},
		{"row 07: RS384", head("alg", "RS384"), "want one of RS256"},
		{"row 07: RS512", head("alg", "RS512"), ""},
		{"row 07: PS256", head("alg", "PS256"), ""},
		{"row 07: ES256", e.alice(t, func(h, _ map[string]any) { h["alg"], h["kid"] = "ES256", "curve" }), ""},
		{"row 07: RS256 with a key for ES256", head("kid", "curve"), "is not one for RS256"},
		{"row 07: a key for encryption", head("kid", "for encryption"), "has no key"},
		{"row 07: a key for RS512", head("kid", "for RS512"), ""},
		{"row 07: a weak key", head("kid", "weak"), "has no key"},
		{"row 07: a symmetric key", head("kid", "secret"), "has no key"},
		{"row 08: kid is a path", head("kid", "../../../../etc/passwd"), `has no key \"../../../../etc/passwd\"`},
		{"row 08: kid is SQL", head("kid", "' OR 1=1 --"), ""},
		{"row 08: kid is a URL", head("kid", evil.URL+"/keys"), ""},
		{"row 08: kid is long", head("kid", strings.Repeat("k", 257)), "no usable kid"},
		{"row 08: kid has line breaks", head("kid", "good\nlevel=ERROR msg=forged"), "no usable kid"},
		{"row 09: no kid", head("kid", nil), "no usable kid"},
		{"row 09: empty kid", head("kid", ""), ""},
		{"row 09: kid is a list", head("kid", []string{"good"}), ""},
		{"row 10: jku", head("jku", evil.URL+"/keys"), "header has jku"},
		{"row 10: x5u", head("x5u", evil.URL+"/cert"), "header has x5u"},
		{"row 10: jwk", head("jwk", rsaKey("good", e.rsa, nil)), "header has jwk"},
		{"row 10: x5c", head("x5c", []string{encode(der)}), "header has x5c"},
		{"row 11: crit", head("crit", []string{"exp"}), "header has crit"},
		{"row 11: b64", head("b64", false), "header has b64"},
		{"row 11: typ of a logout token", head("typ", "logout+jwt"), "want JWT or at+jwt"},
		{"row 11: typ is a number", head("typ", 7), ""},
		{"row 12: no aud", claim("aud", nil), "compare the Server URL in the Scalekit dashboard"},
		{"row 12: another server", claim("aud", []string{"https://other.example/mcp", "res_other"}), `aud=[\"https://other.example/mcp\",\"res_other\"], want res_dev`},
		{"row 12: the URL alone", claim("aud", a.url+"/mcp"), "SCALEKIT_RESOURCE_ID"},
		{"row 12: a longer id", claim("aud", []string{"res_dev2"}), ""},
		{"row 12: numbers", claim("aud", []int{1}), ""},
		{"row 12: an object", claim("aud", map[string]any{"res_dev": true}), ""},
		{"row 13: no iss", claim("iss", nil), "SCALEKIT_ENVIRONMENT_URL"},
		{"row 13: another environment", claim("iss", "https://evil.scalekit.com"), `iss=\"https://evil.scalekit.com\"`},
		{"row 13: a slash more", claim("iss", e.url+"/"), ""},
		{"row 13: the issuer of another resource", claim("iss", e.url+"/resources/res_other"), ""},
		{"row 13: a list", claim("iss", []string{e.url}), ""},
		{"row 14: expired, and of another server", e.alice(t, func(_, c map[string]any) { c["exp"], c["aud"] = now.Add(-time.Hour).Unix(), "x" }), "aud="},
		{"row 15: no exp", claim("exp", nil), "exp, nbf or iat is missing"},
		{"row 15: exp is a string", claim("exp", fmt.Sprint(now.Add(time.Hour).Unix())), ""},
		{"row 15: exp is not a number", e.signText(t, "RS256", encode([]byte(`{"alg":"RS256","kid":"good"}`))+"."+encode([]byte(`{"exp":NaN}`))), "not a JWT"},
		{"row 15: exp is too large for a number", e.signText(t, "RS256", encode([]byte(`{"alg":"RS256","kid":"good"}`))+"."+encode([]byte(`{"exp":1e999}`))), ""},
		{"row 15: exp is null", e.signText(t, "RS256", encode([]byte(`{"alg":"RS256","kid":"good"}`))+"."+encode([]byte(`{"iss":"`+e.url+`","aud":"res_dev","sub":"usr_alice","exp":null}`))), ""},
		{"row 16: nbf is to come", claim("nbf", now.Add(time.Hour).Unix()), "ahead of this machine's clock"},
		{"row 16: iat is to come", claim("iat", now.Add(time.Hour).Unix()), "is this machine's clock right?"},
		{"row 16: nbf is a string", claim("nbf", "now"), ""},
		{"row 18: no sub", claim("sub", nil), "sub is missing"},
		{"row 18: empty sub", claim("sub", ""), ""},
		{"row 18: sub is a number", claim("sub", 7), ""},
		{"row 18: sub is a list", claim("sub", []string{"usr_alice"}), ""},
		{"row 19: oid and org_id differ", claim("org_id", "org_globex"), "different organizations"},
		{"row 19: oid is a list", claim("oid", []string{"org_acme", "org_globex"}), ""},
		{"row 20: more than 16 KiB", claim("x", strings.Repeat("x", 16<<10)), "more than 16384"},
		{"row 21: more permissions than anybody has", claim("permissions", make([]string, 1025)), "permissions is no list of strings"},
		{"row 21: permissions are an object", claim("permissions", map[string]any{"notes:write": true}), ""},
		{"row 39: an ID token", claim("nonce", "n"), "ID token"},
		{"row 39: an ID token by its hash", claim("at_hash", "h"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eras(t, func(t *testing.T, era string) {
				a.log.take()
				a.expect(t, a.send(t, era, saving, bearing(tt.token)), a.invalid())
				if log := a.log.take(); !strings.Contains(log, tt.log) || strings.Count(log, "\n") != 1 || strings.Contains(log, "eyJ") {
					t.Errorf("want %q in the log, in one line and without a token:\n%s", tt.log, log)
				}
			})
		})
	}
	for _, tt := range []struct {
		name   string
		change forgery
	}{
		{"row 07: a P-256 key does no harm", nil},
		{"row 11: typ at+jwt", header("typ", "at+jwt")},
		{"row 11: typ application/at+jwt", header("typ", "application/at+jwt")},
		{"row 11: no typ", header("typ", nil)},
		{"row 12: aud is a string", claiming("aud", "res_dev")},
		{"row 13: the resource as issuer", claiming("iss", e.url+"/resources/res_dev")},
		{"row 17: a clock that is 20 s behind", func(_, c map[string]any) { c["exp"] = time.Now().Add(-20 * time.Second).Unix() }},
		{"row 17: a clock that is 20 s ahead", func(_, c map[string]any) {
			c["iat"] = time.Now().Add(20 * time.Second).Unix()
			c["nbf"] = c["iat"]
		}},
		{"row 19: both name the same organization", claiming("org_id", "org_acme")},
		{"row 21: many scopes", claiming("scope", strings.Repeat("s ", 1000))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eras(t, func(t *testing.T, era string) { // each with a token of this moment, in which the row 17 is about seconds
				a.expectText(t, a.send(t, era, toolCall("greet", map[string]any{"name": "Ada"}), bearing(e.alice(t, tt.change))), "Hello, Ada!")
			})
		})
	}
	t.Run("row 14: expired", func(t *testing.T) {
		token := claim("exp", now.Add(-time.Hour).Unix())
		eras(t, func(t *testing.T, era string) { a.expect(t, a.send(t, era, saving, bearing(token)), a.expired()) })
	})
	t.Run("row 20: more than 64 KiB of headers", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			if got := a.send(t, era, saving, bearing(strings.Repeat("a", 1<<20))); got.status != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("status %d", got.status)
			}
		})
	})
	t.Run("row 21: the scopes of a token are in no header", func(t *testing.T) {
		token := claim("scope", strings.Repeat("x", 100)+" openid")
		eras(t, func(t *testing.T, era string) {
			a.expect(t, a.send(t, era, toolCall("export", nil), bearing(token)), a.needsScopes("notes:export files"))
		})
	})
	t.Run("row 39: the app's own token for the management API", func(t *testing.T) {
		token := e.managementToken(t)
		eras(t, func(t *testing.T, era string) { a.expect(t, a.send(t, era, saving, bearing(token)), a.invalid()) })
	})
	if called.Load() != 0 {
		t.Error("a URL of a token was fetched")
	}
	a.untouched(t)
}
