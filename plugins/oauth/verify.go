package oauth

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// refusal is why a token is not accepted. Its text is for the log; it holds no part of the token but claims that name
// issuer, audience and times.
type refusal struct {
	fault   Fault
	text    string
	expired bool // expiry is the only fault, which the client may know
}

func (r *refusal) Error() string { return r.text }

func refuse(fault Fault, format string, args ...any) *refusal {
	return &refusal{fault: fault, text: fmt.Sprintf(format, args...)}
}

// verify checks a token, reads what it says, and returns the key that has signed it.
func (p *plugin) verify(raw string, t *Token) (*key, error) {
	c := &p.cfg
	var said payload
	parser := jwt.NewParser(jwt.WithValidMethods(c.Algorithms), jwt.WithoutClaimsValidation())
	// The header is checked before anything is verified with it.
	unverified, _, err := parser.ParseUnverified(raw, &said)
	if err != nil {
		return nil, refuse(FaultFormat, "the token is not a JWT")
	}
	kid, err := checkHeader(unverified.Header, c.Algorithms)
	if err != nil {
		return nil, err
	}
	k, err := p.keys.find(kid)
	if err != nil {
		return nil, err
	}
	if !k.fits(unverified.Method.Alg()) {
		return nil, refuse(FaultKey, "the key %s is not one for %s", quote(kid), unverified.Method.Alg())
	}
	if _, err = parser.ParseWithClaims(raw, &said, func(*jwt.Token) (any, error) { return k.public, nil }); err != nil {
		return nil, refuse(FaultKey, "the signature does not fit the key %s", quote(kid))
	}
	return k, p.read(said.text, t)
}

// payload keeps the claims as they are written; the parser validates none of them.
type payload struct {
	jwt.MapClaims
	text string
}

// UnmarshalJSON keeps the text.
func (p *payload) UnmarshalJSON(text []byte) error {
	p.text = string(text)
	return nil
}

// checkHeader refuses headers that would let a token say how it is to be verified (RFC 7515 section 4.1; RFC 8725).
func checkHeader(h map[string]any, allowed []string) (kid string, err error) {
	alg, _ := h["alg"].(string)
	if !slices.Contains(allowed, alg) {
		return "", refuse(FaultFormat, "the token is signed with %s, want one of %s", quote(alg), strings.Join(allowed, ", "))
	}
	for _, name := range []string{"crit", "b64", "jku", "jwk", "x5u", "x5c"} {
		if _, there := h[name]; there {
			return "", refuse(FaultFormat, "the token's header has %s", name)
		}
	}
	if typ, there := h["typ"]; there {
		s, _ := typ.(string)
		switch strings.ToLower(strings.TrimPrefix(strings.ToLower(s), "application/")) {
		case "jwt", "at+jwt":
		default:
			return "", refuse(FaultFormat, "the token's type is %s, want JWT or at+jwt", quote(s))
		}
	}
	kid, ok := h["kid"].(string)
	if !ok || kid == "" || len(kid) > 256 || strings.ContainsFunc(kid, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return "", refuse(FaultFormat, "the token's header has no usable kid")
	}
	return kid, nil
}

// read checks the claims (RFC 9068 section 4).
func (p *plugin) read(payload string, t *Token) error {
	c := &p.cfg
	err := t.read(payload, c.ScopeImplies)
	switch {
	case !slices.Contains(c.Issuers, t.Issuer):
		return refuse(FaultIssuer, "iss=%s, want %s", quote(t.Issuer), strings.Join(c.Issuers, " or "))
	case !slices.ContainsFunc(t.Audience, func(a string) bool { return slices.Contains(c.Audiences, a) }):
		return refuse(FaultAudience, "aud=%s, want %s", quoteList(t.Audience), strings.Join(c.Audiences, " or "))
	case err != nil:
		return refuse(FaultClaims, "%v", err)
	case t.Subject == "" || len(t.Subject) > 1024:
		return refuse(FaultClaims, "sub is missing or too long")
	case idToken(t.reading.decoded):
		return refuse(FaultClaims, "this is an ID token, not an access token")
	}
	return p.checkTimes(t) // last, so that an expired token is known to have no other fault
}

func idToken(claims map[string]any) bool {
	_, nonce := claims["nonce"]
	_, hash := claims["at_hash"]
	return nonce || hash
}

func (p *plugin) checkTimes(t *Token) error {
	now, leeway := p.cfg.now(), p.cfg.Leeway
	notBefore, err := t.readTimes()
	switch {
	case err != nil || t.ExpiresAt.IsZero():
		return refuse(FaultTime, "exp, nbf or iat is missing or no time")
	case notBefore.After(now.Add(leeway)):
		return refuse(FaultTime, "nbf is %v ahead of this machine's clock", notBefore.Sub(now).Round(time.Second))
	case t.IssuedAt.After(now.Add(leeway)):
		return refuse(FaultTime, "iat is %v ahead of this machine's clock", t.IssuedAt.Sub(now).Round(time.Second))
	case !now.Before(t.ExpiresAt.Add(leeway)):
		r := refuse(FaultTime, "the token has expired %v ago", now.Sub(t.ExpiresAt).Round(time.Second))
		r.expired = true
		return r
	}
	return nil
}

// quote bounds and escapes what a token says, for the log.
func quote(s string) string {
	if len(s) > 120 {
		s = s[:120] + "…"
	}
	return fmt.Sprintf("%q", s)
}

func quoteList(list []string) string {
	if len(list) > 8 {
		list = list[:8]
	}
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}
