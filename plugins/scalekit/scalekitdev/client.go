package scalekitdev

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// client is an application that sends people here.
type client struct {
	ID           string   `json:"client_id"`
	Secret       string   `json:"client_secret,omitempty"`
	Name         string   `json:"client_name,omitempty"`
	RedirectURIs []string `json:"redirect_uris"`
	AuthMethod   string   `json:"token_endpoint_auth_method"`
	GrantTypes   []string `json:"grant_types"`
	Responses    []string `json:"response_types"`
	Scope        string   `json:"scope,omitempty"`
	URI          string   `json:"client_uri,omitempty"`
	IssuedAt     int64    `json:"client_id_issued_at,omitempty"`
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
	return slices.ContainsFunc(c.RedirectURIs, func(known string) bool {
		if known == uri {
			return true
		}
		k, err := url.Parse(known)
		return err == nil && k.Scheme == "http" && asked.Scheme == "http" && loopback(k.Hostname()) &&
			k.Hostname() == asked.Hostname() && k.Path == asked.Path && k.RawQuery == asked.RawQuery
	})
}

// register is dynamic client registration (RFC 7591).
func (s *StandIn) register(w http.ResponseWriter, r *http.Request) {
	c := &client{}
	if err := json.NewDecoder(r.Body).Decode(c); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_client_metadata", "the body is not JSON")
		return
	}
	if len(c.RedirectURIs) == 0 || len(c.RedirectURIs) > 20 || slices.ContainsFunc(c.RedirectURIs, func(u string) bool { return !redirectAllowed(u) }) {
		oauthError(w, http.StatusBadRequest, "invalid_redirect_uri", "redirect_uris must be https, or http on loopback")
		return
	}
	c.ID, c.IssuedAt, c.Secret = "dcr_"+rand.Text()[:16], s.now().Unix(), ""
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
	c.GrantTypes, c.Responses = []string{"authorization_code", "refresh_token"}, []string{"code"}
	s.locked(func() { s.clients.put(c.ID, c) })
	writeJSON(w, http.StatusCreated, c)
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
	if !strings.HasPrefix(id, "https://") && !(s.cfg.AllowPrivateCIMD && strings.HasPrefix(id, "http://")) {
		return nil, errors.New("the client is not known")
	}
	return s.fetchClient(ctx, id)
}

// Bounds on client id metadata documents (draft-ietf-oauth-client-id-metadata-document, section 6).
const (
	maxClientDocument = 5 << 10
	clientFetchTime   = 5 * time.Second
)

func (s *StandIn) fetchClient(ctx context.Context, id string) (*client, error) {
	u, err := url.Parse(id)
	if err != nil || u.Path == "" || u.Path == "/" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("the client id is no URL of a document")
	}
	ctx, cancel := context.WithTimeout(ctx, clientFetchTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, id, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := s.documentClient().Do(req)
	if err != nil {
		return nil, errors.New("the client's document cannot be had")
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxClientDocument+1))
	if err != nil || res.StatusCode != http.StatusOK || len(body) > maxClientDocument {
		return nil, errors.New("the client's document cannot be had, or is too long")
	}
	c := &client{}
	if err := json.Unmarshal(body, c); err != nil || c.ID != id || c.Secret != "" || len(c.RedirectURIs) == 0 {
		return nil, errors.New("the client's document is malformed, or of another client")
	}
	c.AuthMethod = "none"
	return c, nil
}

// documentClient follows no redirects and reaches no private address, whatever the name resolves to.
func (s *StandIn) documentClient() *http.Client {
	c := &http.Client{Timeout: clientFetchTime}
	if s.cfg.HTTPClient != nil {
		*c = *s.cfg.HTTPClient
	} else if !s.cfg.AllowPrivateCIMD {
		dialer := &net.Dialer{Timeout: clientFetchTime, Control: publicOnly}
		c.Transport = &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirects are not followed") }
	return c
}

func publicOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return fmt.Errorf("address %s is not public", address)
	}
	return nil
}
