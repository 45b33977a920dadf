package scalekitdev

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How long a request may stay on the sign-in page, and a code unredeemed.
const (
	requestLifetime = 10 * time.Minute
	codeLifetime    = time.Minute
)

// authRequest is a request for authorization that somebody is to decide on.
type authRequest struct {
	client    *client
	redirect  string
	state     string
	scope     string
	resource  string
	challenge string
	csrf      string
	expires   time.Time
}

// grant is what a person has agreed to.
type grant struct {
	clientID, redirect, challenge, resource, scope string
	person, org, session                           string
	expires                                        time.Time
	used                                           bool
	family                                         *family // of the refresh token it was redeemed for
}

// authorize shows the sign-in page (RFC 6749 section 4.1.1). Until client and redirect target are known to belong together, errors
// are shown here; after that they go to the client.
func (s *StandIn) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name, values := range q {
		if len(values) > 1 && name != "resource" {
			s.showError(w, http.StatusBadRequest, "The parameter "+name+" is there twice.")
			return
		}
	}
	c, err := s.findClient(r.Context(), q.Get("client_id"))
	if err != nil {
		s.showError(w, http.StatusBadRequest, "The application is not known here: "+err.Error()+".")
		return
	}
	redirect := q.Get("redirect_uri")
	if redirect == "" && len(c.RedirectURIs) == 1 {
		redirect = c.RedirectURIs[0]
	}
	if !c.redirects(redirect) {
		s.showError(w, http.StatusBadRequest, "The application has not registered the address that it wants you to be sent to"+c.known(redirect))
		return
	}
	req := &authRequest{client: c, redirect: redirect, state: q.Get("state"), challenge: q.Get("code_challenge"), csrf: rand.Text()}
	code, description := s.checkRequest(q, req)
	if code != "" {
		http.Redirect(w, r, s.response(req, url.Values{"error": {code}, "error_description": {description}}), http.StatusFound)
		return
	}
	id := rand.Text()
	s.mu.Lock()
	req.expires = s.now().Add(requestLifetime)
	s.requests.put(id, req)
	noSignIn := s.faults.noSignIn
	s.mu.Unlock()
	s.showSignIn(w, id, req, noSignIn)
}

func (s *StandIn) checkRequest(q url.Values, req *authRequest) (code, description string) {
	raw, err := base64.RawURLEncoding.DecodeString(req.challenge)
	switch {
	case q.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case q.Get("code_challenge_method") != "S256" || err != nil || len(raw) != 32:
		return "invalid_request", "PKCE with S256 is required"
	}
	for _, res := range q["resource"] {
		if res != s.cfg.Server.URL && !s.cfg.AnyResource {
			return "invalid_target", "resource is not the Server URL of this MCP server"
		}
		req.resource = res
	}
	known := append([]string{"openid", "profile", "email", "offline_access"}, s.cfg.Server.Scopes...)
	asked := strings.Fields(q.Get("scope"))
	if len(asked) == 0 {
		asked = append([]string{"openid"}, s.cfg.Server.Scopes...)
	}
	for _, scope := range asked {
		if !slices.Contains(known, scope) {
			return "invalid_scope", "a scope is not known"
		}
	}
	req.scope = strings.Join(asked, " ")
	return "", ""
}

// response is the redirect target with the answer in it, the issuer included (RFC 9207).
func (s *StandIn) response(req *authRequest, q url.Values) string {
	u, err := url.Parse(req.redirect)
	if err != nil {
		return s.cfg.URL // redirects has parsed it before
	}
	all := u.Query()
	for k, v := range q {
		all[k] = v
	}
	if req.state != "" {
		all.Set("state", req.state)
	}
	all.Set("iss", s.cfg.ResourceIssuerURL())
	u.RawQuery = all.Encode()
	return u.String()
}

// decide takes what was chosen on the sign-in page. A request can be decided on once.
func (s *StandIn) decide(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.showError(w, http.StatusBadRequest, "The form could not be read.")
		return
	}
	id := r.PostForm.Get("request")
	s.mu.Lock()
	req, ok := s.requests.get(id)
	ok = ok && subtle.ConstantTimeCompare([]byte(req.csrf), []byte(r.PostForm.Get("csrf"))) == 1
	expired := ok && s.now().After(req.expires)
	if ok {
		s.requests.delete(id)
	}
	s.mu.Unlock()
	if !ok || expired {
		s.showError(w, http.StatusBadRequest, "This request has expired. Go back to the application and begin again.")
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		http.Redirect(w, r, s.response(req, url.Values{"error": {"access_denied"}, "error_description": {"the person has said no"}}), http.StatusSeeOther)
		return
	}
	person, org, _ := strings.Cut(r.PostForm.Get("person"), "@")
	if p := s.cfg.person(person); p == nil || p.membership(org) == nil {
		s.showError(w, http.StatusBadRequest, "Nobody was chosen. Go back to the application and begin again.")
		return
	}
	code := rand.Text()
	s.mu.Lock()
	s.codes.put(code, &grant{
		clientID: req.client.ID, redirect: req.redirect, challenge: req.challenge, resource: req.resource, scope: req.scope,
		person: person, org: org, session: "ses_" + rand.Text()[:12], expires: s.now().Add(codeLifetime),
	})
	s.mu.Unlock()
	http.Redirect(w, r, s.response(req, url.Values{"code": {code}}), http.StatusSeeOther)
}

// authenticated returns the client of a request to the token endpoint (RFC 6749 section 2.3).
func (s *StandIn) authenticated(ctx context.Context, r *http.Request) (*client, bool) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	for _, m := range s.cfg.Machines {
		if m.ID == id {
			ok := subtle.ConstantTimeCompare([]byte(m.Secret), []byte(secret)) == 1
			return &client{ID: id, AuthMethod: "client_secret_post"}, ok
		}
	}
	c, err := s.findClient(ctx, id)
	if err != nil {
		return nil, false
	}
	return c, c.AuthMethod == "none" || subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
}
