package oauth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Token is what a verified access token says. It is shared between requests and must not be changed; Claims in particular.
type Token struct {
	Issuer, Subject string
	Audience        []string
	// ID is jti; ClientID is client_id, else azp. Either may be empty.
	ID, ClientID string
	// Scopes are those of scope (RFC 9068) and scopes, with what they imply.
	Scopes              []string
	IssuedAt, ExpiresAt time.Time
	// Claims are all claims, as encoding/json decodes them.
	Claims map[string]any
}

// maxListed bounds lists of scopes, permissions and roles.
const maxListed = 1024

// Strings returns a claim that is a list of strings, or one string; ok is false when the claim is there and is neither. An
// absent claim is an empty list.
func (t *Token) Strings(claim string) (list []string, ok bool) { return stringList(t.Claims[claim]) }

func stringList(v any) ([]string, bool) {
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		return []string{v}, true
	case []any:
		if len(v) > maxListed {
			return nil, false
		}
		list := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, false
			}
			list[i] = s
		}
		return list, true
	}
	return nil, false
}

// String returns a claim that is a string; ok is false when it is there and is none.
func (t *Token) String(claim string) (s string, ok bool) {
	v, there := t.Claims[claim]
	if !there {
		return "", true
	}
	s, ok = v.(string)
	return s, ok
}

// StandardPrincipal makes a principal of the claims that are in general use: sub, org_id, client_id, scope, permissions.
func StandardPrincipal(t *Token) (*xmcp.Principal, error) {
	org, okOrg := t.String("org_id")
	permissions, okPerm := t.Strings("permissions")
	if !okOrg || !okPerm {
		return nil, errors.New("org_id or permissions is not of the kind it should be")
	}
	return &xmcp.Principal{
		Issuer: t.Issuer, Subject: t.Subject, Organization: org, Client: t.ClientID,
		Scopes: t.Scopes, Permissions: permissions, ExpiresAt: t.ExpiresAt, Value: t,
	}, nil
}

// ErrNoToken tells that the context belongs to no request that was authenticated here.
var ErrNoToken = errors.New("no token: this is not a call that was authenticated with OAuth")

// GetToken returns the token of the current call.
func GetToken(ctx context.Context) (*Token, error) {
	p := xmcp.GetPrincipal(ctx)
	if p == nil {
		return nil, ErrNoToken
	}
	t, ok := p.Value.(*Token)
	if !ok {
		return nil, ErrNoToken
	}
	return t, nil
}

// readScopes joins the two forms that scopes come in and adds what they imply.
func readScopes(claims map[string]any, implies map[string][]string) ([]string, error) {
	var scopes []string
	switch v := claims["scope"].(type) {
	case nil:
	case string:
		scopes = strings.Fields(v)
	default:
		return nil, fmt.Errorf("scope is no string")
	}
	more, ok := stringList(claims["scopes"])
	if !ok {
		return nil, fmt.Errorf("scopes is no list of strings")
	}
	seen := map[string]bool{}
	var all []string
	var add func(list []string)
	add = func(list []string) {
		for _, s := range list {
			if !seen[s] && len(all) < maxListed {
				seen[s] = true
				all = append(all, s)
				add(implies[s])
			}
		}
	}
	add(scopes)
	add(more)
	return all, nil
}
