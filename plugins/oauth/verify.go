package oauth

import (
	"errors"
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

// verify checks a token and returns what it says, with the key that has signed it.
func (p *plugin) verify(raw string) (*Token, *key, error) {
	c := &p.cfg
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods(c.Algorithms), jwt.WithoutClaimsValidation())
	// The header is checked before anything is verified with it.
	unverified, _, err := parser.ParseUnverified(raw, claims)
	if err != nil {
		return nil, nil, refuse(FaultFormat, "the token is not a JWT")
	}
	kid, err := checkHeader(unverified.Header, c.Algorithms)
	if err != nil {
		return nil, nil, err
	}
	k, err := p.keys.find(kid)
	if err != nil {
		return nil, nil, err
	}
	if !k.fits(unverified.Method.Alg()) {
		return nil, nil, refuse(FaultKey, "the key %s is not one for %s", quote(kid), unverified.Method.Alg())
	}
	claims = jwt.MapClaims{}
	if _, err = parser.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return k.public, nil }); err != nil {
		return nil, nil, refuse(FaultKey, "the signature does not fit the key %s", quote(kid))
	}
	t, err := p.read(claims)
	return t, k, err
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
func (p *plugin) read(claims map[string]any) (*Token, error) {
	c := &p.cfg
	t := &Token{Claims: claims}
	var ok [4]bool
	t.Issuer, ok[0] = t.String("iss")
	t.Subject, ok[1] = t.String("sub")
	t.ID, ok[2] = t.String("jti")
	t.ClientID, ok[3] = t.String("client_id")
	if t.ClientID == "" {
		t.ClientID, _ = t.String("azp")
	}
	audience, okAud := t.Strings("aud")
	switch {
	case !slices.Contains(c.Issuers, t.Issuer):
		return nil, refuse(FaultIssuer, "iss=%s, want %s", quote(t.Issuer), strings.Join(c.Issuers, " or "))
	case !okAud || !slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(c.Audiences, a) }):
		return nil, refuse(FaultAudience, "aud=%s, want %s", quoteList(audience), strings.Join(c.Audiences, " or "))
	case slices.Contains(ok[:], false) || t.Subject == "" || len(t.Subject) > 1024:
		return nil, refuse(FaultClaims, "sub, jti or client_id is missing or no string")
	}
	if idToken(claims) {
		return nil, refuse(FaultClaims, "this is an ID token, not an access token")
	}
	t.Audience = audience
	var err error
	if t.Scopes, err = readScopes(claims, c.ScopeImplies); err != nil {
		return nil, refuse(FaultClaims, "%v", err)
	}
	return t, p.readTimes(t) // last, so that an expired token is known to have no other fault
}

func idToken(claims map[string]any) bool {
	_, nonce := claims["nonce"]
	_, hash := claims["at_hash"]
	return nonce || hash
}

func (p *plugin) readTimes(t *Token) error {
	now, leeway := p.cfg.now(), p.cfg.Leeway
	claims := jwt.MapClaims(t.Claims)
	exp, errExp := claims.GetExpirationTime()
	nbf, errNbf := claims.GetNotBefore()
	iat, errIat := claims.GetIssuedAt()
	switch {
	case errors.Join(errExp, errNbf, errIat) != nil || exp == nil:
		return refuse(FaultTime, "exp, nbf or iat is missing or no time")
	case nbf != nil && nbf.After(now.Add(leeway)):
		return refuse(FaultTime, "nbf is %v ahead of this machine's clock", nbf.Sub(now).Round(time.Second))
	case iat != nil && iat.After(now.Add(leeway)):
		return refuse(FaultTime, "iat is %v ahead of this machine's clock", iat.Sub(now).Round(time.Second))
	case !now.Before(exp.Add(leeway)):
		r := refuse(FaultTime, "the token has expired %v ago", now.Sub(exp.Time).Round(time.Second))
		r.expired = true
		return r
	}
	t.ExpiresAt = exp.Time
	if iat != nil {
		t.IssuedAt = iat.Time
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
