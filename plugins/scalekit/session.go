package scalekit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/oauth"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// ErrNoSession tells that the context belongs to no request that was authenticated.
var ErrNoSession = errors.New("Session not initialized. Ensure this is called within a protected route that passed authentication.")

// ErrNoClient tells that there is no client of the management API.
var ErrNoClient = errors.New("Client not initialized. Make sure the Scalekit plugin is configured.")

// Session is who calls, as the access token says. Every call of [GetSession] returns a copy of its own.
type Session struct {
	// UserID and OrganizationID are sub and oid. Keep data apart by both.
	UserID, OrganizationID string
	// SessionID, ClientID and TokenID are sid, client_id and jti; each may be empty.
	SessionID, ClientID, TokenID string
	// Machine tells that the token was made for a client and not for a person.
	Machine bool
	// Scopes were granted to the client; Permissions and Roles are what the person has in the organization.
	Scopes, Permissions, Roles []string
	IssuedAt, ExpiresAt        time.Time
	Issuer                     string
	Audience                   []string
	// Claims are all claims of the token.
	Claims map[string]any
}

// HasScope, HasPermission and HasRole fail closed: a nil session has none.
func (s *Session) HasScope(scope string) bool { return s != nil && slices.Contains(s.Scopes, scope) }
func (s *Session) HasPermission(permission string) bool {
	return s != nil && slices.Contains(s.Permissions, permission)
}
func (s *Session) HasRole(role string) bool { return s != nil && slices.Contains(s.Roles, role) }

// GetSession returns the session of the current call, or [ErrNoSession]. Each call decodes the claims ([oauth.Token.Claims]), some microseconds:
// where subject, organization, scopes and permissions are enough, [xmcp.GetPrincipal] has them at no cost.
func GetSession(ctx context.Context) (*Session, error) {
	p, v := valueOf(ctx)
	if v == nil {
		return nil, ErrNoSession
	}
	t := v.token
	return &Session{
		UserID: p.Subject, OrganizationID: p.Organization, SessionID: v.sessionID, ClientID: t.ClientID, TokenID: t.ID,
		Machine: v.machine(), Scopes: slices.Clone(t.Scopes), Permissions: slices.Clone(p.Permissions), Roles: slices.Clone(v.roles),
		IssuedAt: t.IssuedAt, ExpiresAt: t.ExpiresAt, Issuer: t.Issuer, Audience: slices.Clone(t.Audience), Claims: t.Claims(),
	}, nil
}

// GetClient returns the client of the management API, or [ErrNoClient] when no credentials are configured. It acts for the
// app, not for the caller, whose token is never sent anywhere.
func GetClient(ctx context.Context) (*Client, error) {
	_, v := valueOf(ctx)
	if v == nil || v.provider.client == nil {
		return nil, ErrNoClient
	}
	return v.provider.client, nil
}

// GetUser asks Scalekit for the person who calls.
func GetUser(ctx context.Context) (*User, error) {
	p, v := valueOf(ctx)
	if v == nil {
		return nil, ErrNoSession
	}
	if v.machine() {
		return nil, errors.New("the caller is a machine, not a person")
	}
	c, err := GetClient(ctx)
	if err != nil {
		return nil, err
	}
	return c.GetUser(ctx, p.Subject)
}

// value is what the principal of a request carries.
type value struct {
	provider  *provider
	token     *oauth.Token
	sessionID string
	roles     []string
}

// machine tells that the token was made for a client and not for a person.
func (v *value) machine() bool { return v.token.Subject == v.token.ClientID }

func valueOf(ctx context.Context) (*xmcp.Principal, *value) {
	p := xmcp.GetPrincipal(ctx)
	if p == nil {
		return nil, nil
	}
	v, _ := p.Value.(*value)
	return p, v
}

// provider is one configured plugin.
type provider struct {
	client    *Client  // nil without credentials
	audiences []string // of which a token has one, beside the resource id; empty when that is enough
}

var errTenant = errors.New("oid and org_id name different organizations")

// principal reads Scalekit's claims. Permissions and roles are lists; one that is absent denies like an empty one.
func (p *provider) principal(t *oauth.Token) (*xmcp.Principal, error) {
	if len(p.audiences) > 0 && !slices.ContainsFunc(t.Audience, func(a string) bool { return slices.Contains(p.audiences, a) }) {
		return nil, fmt.Errorf("aud has none of Audiences, %q", p.audiences)
	}
	oid, okOid := t.String("oid")
	org, okOrg := t.String("org_id")
	if !okOid || !okOrg {
		return nil, errors.New("oid or org_id is no string")
	}
	if oid != "" && org != "" && oid != org {
		return nil, errTenant
	}
	v := &value{provider: p, token: t}
	caller := &xmcp.Principal{
		Issuer: t.Issuer, Subject: t.Subject, Organization: cmp.Or(oid, org), Client: t.ClientID,
		Scopes: t.Scopes, ExpiresAt: t.ExpiresAt, Value: v,
	}
	v.sessionID, _ = t.String("sid")
	var ok bool
	for _, claim := range []string{"permissions", "https://scalekit.com/permissions", "scalekit:permissions"} {
		if caller.Permissions, ok = t.Strings(claim); !ok {
			return nil, errors.New(claim + " is no list of strings")
		}
		if caller.Permissions != nil {
			break
		}
	}
	if v.roles, ok = t.Strings("roles"); !ok {
		return nil, errors.New("roles is no list of strings")
	}
	return caller, nil
}
