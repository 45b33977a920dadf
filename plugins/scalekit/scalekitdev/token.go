package scalekitdev

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// family is a refresh token with all that came of it. A token that is used twice ends the family (RFC 9700 section 4.14.2).
type family struct {
	grant   *grant
	current string
	expires time.Time
	ended   bool
}

// tokenReply is the answer of the token endpoint (RFC 6749 section 5.1).
type tokenReply struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

// token is the token endpoint.
func (s *StandIn) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", "the form could not be read")
		return
	}
	c, ok := s.authenticated(r.Context(), r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="stand-in"`)
		oauthError(w, http.StatusUnauthorized, "invalid_client", "the client is not known, or its secret is wrong")
		return
	}
	if res := r.PostForm.Get("resource"); res != "" && res != s.cfg.Server.URL && !s.cfg.AnyResource {
		oauthError(w, http.StatusBadRequest, "invalid_target", "resource is not the Server URL of this MCP server")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		s.redeemCode(w, r, c)
	case "refresh_token":
		s.redeemRefresh(w, r, c)
	case "client_credentials":
		s.machineToken(w, r, c)
	default:
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type is not supported")
	}
}

func (s *StandIn) redeemCode(w http.ResponseWriter, r *http.Request, c *client) {
	g, ok := s.codes.get(r.PostForm.Get("code"))
	if ok && g.used && g.family != nil {
		g.family.ended = true // a code that is used twice was stolen
	}
	verifier := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(verifier[:])
	redirect := r.PostForm.Get("redirect_uri")
	if !ok || g.used || s.now().After(g.expires) || g.clientID != c.ID || redirect != "" && redirect != g.redirect ||
		subtle.ConstantTimeCompare([]byte(challenge), []byte(g.challenge)) != 1 {
		oauthError(w, http.StatusBadRequest, "invalid_grant", "the code is not valid")
		return
	}
	if res := r.PostForm.Get("resource"); res != "" && g.resource != "" && res != g.resource {
		oauthError(w, http.StatusBadRequest, "invalid_target", "the code was made for another resource")
		return
	}
	g.used = true
	g.family = &family{grant: g, expires: s.now().Add(s.cfg.RefreshLifetime)}
	s.sessions.put(g.session, &session{id: g.session, family: g.family, created: s.now(), changed: s.now()})
	s.issue(w, g.family)
}

func (s *StandIn) redeemRefresh(w http.ResponseWriter, r *http.Request, c *client) {
	given := r.PostForm.Get("refresh_token")
	f, ok := s.refresh.get(given)
	if ok && given != f.current {
		f.ended = true
	}
	if !ok || f.ended || f.grant.clientID != c.ID || s.now().After(f.expires) {
		oauthError(w, http.StatusBadRequest, "invalid_grant", "the refresh token is not valid")
		return
	}
	s.issue(w, f)
}

// issue answers with an access token and the next refresh token of a family.
func (s *StandIn) issue(w http.ResponseWriter, f *family) {
	access, err := s.sign(s.personClaims(f.grant))
	if err != nil {
		oauthError(w, http.StatusInternalServerError, "server_error", "signing failed")
		return
	}
	if session, ok := s.sessions.get(f.grant.session); ok {
		session.changed = s.now()
	}
	f.current = "rft_" + rand.Text()
	s.refresh.put(f.current, f)
	writeJSON(w, http.StatusOK, tokenReply{access, "Bearer", int64(s.cfg.TokenLifetime / time.Second), f.current, f.grant.scope})
}

// managementLifetime is how long the app's own token for the management API lives.
const managementLifetime = 24*time.Hour - time.Second

func (s *StandIn) machineToken(w http.ResponseWriter, r *http.Request, c *client) {
	for _, m := range s.cfg.Machines {
		if m.ID != c.ID {
			continue
		}
		claims := s.claims(m.ID, m.ID)
		lifetime := s.cfg.TokenLifetime
		if m.Management {
			lifetime = managementLifetime
			claims["aud"], claims["iss"], claims["exp"] = []string{m.ID}, s.cfg.URL, s.now().Add(lifetime).Unix()
		} else {
			claims["scopes"], claims[s.cfg.OrgClaim] = m.Scopes, m.OrganizationID
		}
		access, err := s.sign(claims)
		if err != nil {
			oauthError(w, http.StatusInternalServerError, "server_error", "signing failed")
			return
		}
		writeJSON(w, http.StatusOK, tokenReply{AccessToken: access, TokenType: "Bearer", ExpiresIn: int64(lifetime / time.Second), Scope: strings.Join(m.Scopes, " ")})
		return
	}
	oauthError(w, http.StatusBadRequest, "unauthorized_client", "this client cannot sign in by itself")
}
