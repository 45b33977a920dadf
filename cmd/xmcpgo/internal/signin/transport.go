package signin

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bounds on signing in.
const (
	fetchTimeout   = 20 * time.Second
	refreshTimeout = 30 * time.Second
	// DefaultPatience is how long a person has to sign in.
	DefaultPatience = 5 * time.Minute
)

// Transport sends requests to one MCP server with a token, and gets one when the server asks for it. It is safe for
// concurrent use. Store and Browse are needed.
type Transport struct {
	// Server is the URL that tokens are sent to. Requests to any other go without.
	Server string
	Store  *Store
	// Browse shows a person the page of the authorization server. It is given the URL and returns at once; nil signs nobody in,
	// so that only what is kept is used.
	Browse func(url string) error
	// ClientID is a client that is registered already, with a redirect to 127.0.0.1; empty registers one.
	ClientID string
	// CallbackPort is where the browser brings the answer; zero means any that is free.
	CallbackPort int
	// Patience bounds the wait for the person; zero means [DefaultPatience].
	Patience time.Duration
	// Base sends the requests; nil means [http.DefaultTransport].
	Base http.RoundTripper

	mu sync.Mutex // one sign-in at a time
}

func (t *Transport) base() http.RoundTripper {
	if t.Base != nil {
		return t.Base
	}
	return http.DefaultTransport
}

// RoundTrip sends the request. When the server refuses the token, it is renewed or the person signs in, once, and the request is
// sent again; when a scope is missing, the person is asked to grant it.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.String() != t.Server {
		return t.base().RoundTrip(req)
	}
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
	}
	g, err := t.kept(req.Context())
	if err != nil {
		return nil, &Error{err}
	}
	res, err := t.with(req, g, body)
	if err != nil {
		return nil, err
	}
	c, isBearer := readChallenge(res.Header["Www-Authenticate"])
	missing := res.StatusCode == http.StatusForbidden && c.code == "insufficient_scope"
	if !isBearer || res.StatusCode != http.StatusUnauthorized && !missing {
		return res, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxDocument))
	if err := res.Body.Close(); err != nil {
		return nil, err
	}
	if g, err = t.renew(req.Context(), g, c, missing); err != nil {
		return nil, &Error{err}
	}
	return t.with(req, g, body)
}

// Error is why there is no token for a server, as opposed to what became of a request to that server itself.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// with sends a copy of the request with the token of a grant.
func (t *Transport) with(req *http.Request, g *grant, body []byte) (*http.Response, error) {
	again := req.Clone(req.Context())
	if body != nil {
		again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	if g != nil {
		again.Header.Set("Authorization", "Bearer "+g.AccessToken)
	}
	return t.base().RoundTrip(again)
}

// kept returns the grant of an earlier sign-in, renewed when its token has expired; nil when there is none.
func (t *Transport) kept(ctx context.Context) (*grant, error) {
	g, err := t.Store.load(t.Server)
	if err != nil || g == nil || g.usable(time.Now()) {
		return g, err
	}
	return t.refresh(ctx, t.Server, "")
}

// renew gets a grant in place of one that was refused.
func (t *Transport) renew(ctx context.Context, refused *grant, c challenge, missing bool) (*grant, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	granted := ""
	if refused != nil {
		if !missing {
			g, err := t.refresh(ctx, t.Server, refused.AccessToken)
			if err != nil || g != nil {
				return g, err
			}
		} else {
			granted = refused.Scope
		}
	}
	g, err := t.signIn(ctx, c, granted)
	if err != nil {
		return nil, fmt.Errorf("sign in to %s: %w", t.Server, err)
	}
	return g, nil
}

// ErrNoBrowser is the error when a person would have to sign in and nobody can be asked.
var ErrNoBrowser = errors.New("the server asks for a sign-in")

// signIn is the whole flow (RFC 6749 section 4.1).
func (t *Transport) signIn(ctx context.Context, c challenge, granted string) (*grant, error) {
	if t.Browse == nil {
		return nil, ErrNoBrowser
	}
	if err := checkURL("the server", t.Server); err != nil {
		return nil, err
	}
	p, as, err := t.discover(ctx, t.Server, c.metadata)
	if err != nil {
		return nil, err
	}
	state, verifier := rand.Text(), rand.Text()+rand.Text() // RFC 7636 section 4.1: 43 to 128 characters
	back, err := listen(t.CallbackPort, state, as)
	if err != nil {
		return nil, err
	}
	defer back.close()
	me, err := t.register(ctx, as, back.url)
	if err != nil {
		return nil, err
	}
	if err := t.Browse(authorizationURL(as, me, back.url, state, verifier, p.Resource, scopes(c.scope, granted, p, as))); err != nil {
		return nil, err
	}
	patience := t.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	code, err := back.wait(waiting)
	if err != nil {
		return nil, err
	}
	g := &grant{Server: t.Server, Issuer: as.Issuer, TokenEndpoint: as.Token, Resource: p.Resource, Client: me}
	return g, t.redeem(ctx, g, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {back.url}, "code_verifier": {verifier},
	})
}

func authorizationURL(as *authServer, me client, redirect, state, verifier, resource, scope string) string {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"response_type": {"code"}, "client_id": {me.ID}, "redirect_uri": {redirect}, "state": {state}, "resource": {resource},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	if scope != "" {
		q.Set("scope", scope)
	}
	separator := "?"
	if strings.Contains(as.Authorization, "?") {
		separator = "&"
	}
	return as.Authorization + separator + q.Encode()
}
