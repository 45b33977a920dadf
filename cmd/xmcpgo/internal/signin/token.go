package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// client is what this command is to an authorization server.
type client struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret,omitempty"`
	Method string `json:"token_endpoint_auth_method,omitempty"`
}

// oauthError is the refusal of an authorization server (RFC 6749 section 5.2).
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	status      int
}

func (e *oauthError) Error() string {
	switch {
	case e.Code == "":
		return fmt.Sprintf("status %d", e.status)
	case e.Description == "":
		return e.Code
	}
	return e.Code + ": " + e.Description
}

// final tells whether to ask again later would change nothing.
func (e *oauthError) final() bool {
	return e.status < 500 && e.status != http.StatusTooManyRequests && e.status != http.StatusRequestTimeout
}

// register makes this command known to an authorization server (RFC 7591). It does so for each sign-in, with the redirect
// target of that one, since not every server leaves the port free.
func (t *Transport) register(ctx context.Context, as *authServer, redirect string) (client, error) {
	if t.ClientID != "" {
		return client{ID: t.ClientID, Method: "none"}, nil
	}
	if as.Registration == "" {
		return client{}, errors.New("the authorization server lets no client register itself: name a registered one by --client-id")
	}
	body, err := json.Marshal(map[string]any{
		"client_name": "xmcpgo", "redirect_uris": []string{redirect}, "token_endpoint_auth_method": "none",
		"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"}, "application_type": "native",
	})
	if err != nil {
		return client{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, as.Registration, bytes.NewReader(body))
	if err != nil {
		return client{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	c := client{}
	if err := t.ask(req, &c); err != nil {
		return c, fmt.Errorf("register with the authorization server: %w", err)
	}
	if c.ID == "" {
		return c, errors.New("register with the authorization server: the reply has no client_id")
	}
	return c, nil
}

// redeem asks the token endpoint (RFC 6749 section 3.2) and keeps what it grants.
func (t *Transport) redeem(ctx context.Context, g *grant, form url.Values) error {
	form.Set("resource", g.Resource)
	basic := g.Client.Method == "client_secret_basic"
	if !basic {
		form.Set("client_id", g.Client.ID)
		if g.Client.Secret != "" {
			form.Set("client_secret", g.Client.Secret)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.TokenEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic {
		req.SetBasicAuth(url.QueryEscape(g.Client.ID), url.QueryEscape(g.Client.Secret))
	}
	var r struct {
		AccessToken  string      `json:"access_token"`
		TokenType    string      `json:"token_type"`
		ExpiresIn    json.Number `json:"expires_in"`
		RefreshToken string      `json:"refresh_token"`
		Scope        string      `json:"scope"`
	}
	if err := t.ask(req, &r); err != nil {
		return fmt.Errorf("token endpoint: %w", err)
	}
	if r.AccessToken == "" || r.TokenType != "" && !strings.EqualFold(r.TokenType, "Bearer") {
		return errors.New("token endpoint: the reply has no Bearer token")
	}
	g.AccessToken, g.ExpiresAt = r.AccessToken, time.Time{}
	if s, err := r.ExpiresIn.Int64(); err == nil && s > 0 {
		g.ExpiresAt = time.Now().Add(time.Duration(min(s, 365*24*3600)) * time.Second)
	}
	if r.RefreshToken != "" {
		g.RefreshToken = r.RefreshToken
	}
	if r.Scope != "" {
		g.Scope = r.Scope
	}
	return t.Store.save(g)
}

// ask sends a request to the authorization server and decodes the reply, or its refusal.
func (t *Transport) ask(req *http.Request, into any) error {
	req.Header.Set("Accept", "application/json")
	status, body, err := t.send(req)
	if err != nil {
		return err
	}
	if status < 200 || status > 299 {
		e := &oauthError{}
		_ = json.Unmarshal(body, e) // what is no JSON says nothing that the status does not
		e.status = status
		return e
	}
	if err := json.Unmarshal(body, into); err != nil {
		return errors.New("the reply is not JSON of the right form")
	}
	return nil
}

// refresh renews a grant (RFC 6749 section 6). Another process may have done so while this one waited for the lock.
func (t *Transport) refresh(ctx context.Context, server, rejected string) (*grant, error) {
	// A refresh that has begun is finished: giving up in the middle would lose the new token with the old one used up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
	defer cancel()
	unlock, err := t.Store.lock(ctx, server)
	if err != nil {
		return nil, err
	}
	defer unlock()
	g, err := t.Store.load(server)
	if err != nil || g == nil {
		return nil, err
	}
	if g.usable(time.Now()) && g.AccessToken != rejected {
		return g, nil
	}
	if g.RefreshToken == "" {
		return nil, nil
	}
	err = t.redeem(ctx, g, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.RefreshToken}})
	var refused *oauthError
	if errors.As(err, &refused) && refused.final() {
		return nil, nil // the grant is over: the person signs in again
	}
	if err != nil {
		return nil, fmt.Errorf("renew the token: %w", err)
	}
	return g, nil
}

// scopes are what to ask for: what the challenge names, else all that the server advertises (MCP 2026-07-28,
// basic/authorization, scope selection), with what was granted before, and a refresh token where one must be asked for.
func scopes(challenge, granted string, p *protected, as *authServer) string {
	list := strings.Fields(challenge)
	if len(list) == 0 {
		list = slices.Clone(p.Scopes)
	}
	list = append(list, strings.Fields(granted)...)
	if len(list) > 0 && slices.Contains(as.Scopes, "offline_access") {
		list = append(list, "offline_access")
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}
