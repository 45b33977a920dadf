package scalekitdev

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keyRing holds the signing keys, newest first.
type keyRing []signingKey

type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

func (r *keyRing) rotate() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("stand-in: %w", err)
	}
	*r = append(keyRing{{"snk_" + rand.Text()[:12], key}}, *r...)
	return nil
}

func (s *StandIn) serveKeys(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	down, slow, keys := s.faults.keysDown, s.faults.keysSlow, s.keys
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return
		}
	}
	if down {
		http.Error(w, "the keys are down", http.StatusBadGateway)
		return
	}
	type jwk struct {
		Use string `json:"use"`
		Kty string `json:"kty"`
		Kid string `json:"kid"`
		Alg string `json:"alg"`
		N   string `json:"n"`
		E   string `json:"e"`
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, k := range keys {
		set.Keys = append(set.Keys, jwk{"sig", "RSA", k.id, "RS256", base64.RawURLEncoding.EncodeToString(k.key.N.Bytes()),
			base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.key.E)).Bytes())})
	}
	writeJSON(w, http.StatusOK, set)
}

// sign makes a token of claims with the newest key. The caller holds the lock.
func (s *StandIn) sign(claims map[string]any) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(claims))
	t.Header["kid"] = s.keys[0].id
	return t.SignedString(s.keys[0].key)
}

// claims are those of every access token.
func (s *StandIn) claims(subject, clientID string) map[string]any {
	now := s.now()
	return map[string]any{
		"iss": s.cfg.issuer(), "aud": []string{s.cfg.Server.URL, s.cfg.Server.ID}, "sub": subject, "client_id": clientID,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(s.cfg.TokenLifetime).Unix(), "jti": "tkn_" + rand.Text()[:16],
	}
}

// personClaims are those of a person's token.
func (s *StandIn) personClaims(g *grant) map[string]any {
	c := s.claims(g.person, g.clientID)
	c["sid"], c["scope"], c[s.cfg.OrgClaim] = g.session, g.scope, g.org
	if m := s.cfg.person(g.person).membership(g.org); m != nil {
		if m.Permissions != nil {
			c["permissions"] = m.Permissions
		}
		if m.Roles != nil {
			c["roles"] = m.Roles
		}
	}
	return c
}

// Mint makes an access token of a person in an organization, for tests. Changes replace claims; nil removes one.
func (s *StandIn) Mint(personID, orgID, scope string, changes map[string]any) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.cfg.person(personID); p == nil || p.membership(orgID) == nil {
		return "", fmt.Errorf("stand-in: %s is nobody in %s", personID, orgID)
	}
	c := s.personClaims(&grant{person: personID, org: orgID, scope: scope, clientID: "test-client", session: "ses_test"})
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return s.sign(c)
}
