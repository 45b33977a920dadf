package scalekitdev

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// client is an application that sends people here.
type client struct {
	ID           string   `json:"client_id"`
	Secret       string   `json:"client_secret,omitempty"`
	Name         string   `json:"client_name,omitempty"`
	RedirectURIs []string `json:"redirect_uris"`
	AuthMethod   string   `json:"token_endpoint_auth_method"`
	Scope        string   `json:"scope,omitempty"`

	unread string // where the client's document would be, while it is out of reach
}

// cursorRedirect is the one redirect target with a scheme of its own that is in general use.
const cursorRedirect = "cursor://anysphere.cursor-mcp/oauth/callback"

// redirectAllowed tells whether codes may be sent to a URI at all: to this machine, by https, or to Cursor.
func redirectAllowed(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Fragment != "" || u.User != nil {
		return false
	}
	return uri == cursorRedirect || u.Scheme == "https" && u.Host != "" || u.Scheme == "http" && loopback(u.Hostname())
}

// redirects tells whether the URI is one of the client's. The port of a loopback URI is free (RFC 8252 section 7.3).
func (c *client) redirects(uri string) bool {
	asked, err := url.Parse(uri)
	if err != nil || !redirectAllowed(uri) {
		return false
	}
	if c.unread != "" {
		return asked.Scheme == "http" && loopback(asked.Hostname())
	}
	return slices.ContainsFunc(c.RedirectURIs, func(known string) bool {
		if known == uri {
			return true
		}
		k, err := url.Parse(known)
		return err == nil && k.Scheme == "http" && asked.Scheme == "http" && loopback(k.Hostname()) &&
			k.Hostname() == asked.Hostname() && k.Path == asked.Path && k.RawQuery == asked.RawQuery
	})
}

// known compares, for who writes the client, a redirect target with those that there are. It ends a sentence.
func (c *client) known(redirect string) string {
	switch {
	case redirect == "":
		return ": it names none, and has not just one."
	case len(c.RedirectURIs) == 0:
		return ": " + redirect
	}
	return ": " + redirect + " is none of " + strings.Join(c.RedirectURIs, ", ")
}

// register is dynamic client registration (RFC 7591). The reply is Scalekit's, which repeats little of what was registered.
func (s *StandIn) register(w http.ResponseWriter, r *http.Request) {
	if s.cfg.NoRegistration {
		oauthError(w, http.StatusForbidden, "access_denied", "dynamic client registration is disabled")
		return
	}
	c := &client{}
	if err := json.NewDecoder(r.Body).Decode(c); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_client_metadata", "the body is not JSON")
		return
	}
	if len(c.RedirectURIs) == 0 || len(c.RedirectURIs) > 20 || slices.ContainsFunc(c.RedirectURIs, func(u string) bool { return !redirectAllowed(u) }) {
		oauthError(w, http.StatusBadRequest, "invalid_redirect_uri", "redirect_uris must be https, or http on loopback")
		return
	}
	c.ID, c.Secret = "dcr_"+rand.Text()[:16], ""
	switch c.AuthMethod {
	case "":
		c.AuthMethod = "none"
	case "none":
	case "client_secret_post", "client_secret_basic":
		c.Secret = rand.Text()
	default:
		oauthError(w, http.StatusBadRequest, "invalid_client_metadata", "token_endpoint_auth_method is not supported")
		return
	}
	reply := map[string]any{"client_id": c.ID, "name": c.Name, "redirect_uris": c.RedirectURIs, "scopes": strings.Fields(c.Scope), "resource_id": s.cfg.Server.ID}
	if c.Secret != "" {
		reply["client_secret"], reply["client_secret_expires_at"] = c.Secret, 0
	}
	s.locked(func() {
		reply["create_time"] = stamp(s.now())
		s.clients.put(c.ID, c)
	})
	writeJSON(w, http.StatusCreated, reply)
}

// RegisterClient makes a client known beforehand.
func (s *StandIn) RegisterClient(id, secret, name string, redirectURIs ...string) {
	c := &client{ID: id, Secret: secret, Name: name, RedirectURIs: redirectURIs, AuthMethod: "none"}
	if secret != "" {
		c.AuthMethod = "client_secret_basic"
	}
	s.locked(func() { s.clients.put(id, c) })
}

// findClient returns a client by its id: a registered one, or one that is known by a document at its id.
func (s *StandIn) findClient(ctx context.Context, id string) (*client, error) {
	s.mu.Lock()
	c, ok := s.clients.get(id)
	s.mu.Unlock()
	if ok {
		return c, nil
	}
	if s.cfg.NoClientDocuments || !strings.HasPrefix(id, "https://") && !(s.cfg.AllowPrivateCIMD && strings.HasPrefix(id, "http://")) {
		return nil, errors.New("the client is not known")
	}
	return s.documented(ctx, id)
}
