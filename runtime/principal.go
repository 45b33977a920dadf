package xmcp

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Principal is who sends a request, as the [Authenticator] found it. It must not be changed after it was returned.
type Principal struct {
	// Issuer and Subject name the caller; together they are unique. An empty Issuer means the server itself.
	Issuer, Subject string
	// Organization the caller acts for, and the OAuth client it acts through; empty where there is none.
	Organization, Client string
	Scopes, Permissions  []string
	// ExpiresAt is when the credentials end; zero means never.
	ExpiresAt time.Time
	// Value is the authenticator's own: what its GetSession returns, for example.
	Value any
}

// HasScope tells whether the principal was granted the scope. A nil principal has none.
func (p *Principal) HasScope(scope string) bool { return p != nil && slices.Contains(p.Scopes, scope) }

// HasPermission tells whether the principal holds the permission. A nil principal has none.
func (p *Principal) HasPermission(permission string) bool {
	return p != nil && slices.Contains(p.Permissions, permission)
}

// subject names the principal in logs; empty for nobody.
func (p *Principal) subject() string {
	if p == nil {
		return ""
	}
	return p.Subject
}

// GetPrincipal returns who calls, or nil when nobody was authenticated: on stdio, without an authenticator, or outside a
// call.
func GetPrincipal(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

// WithPrincipal returns a context in which [GetPrincipal] answers p. Servers set it themselves; it is for tests of code that
// asks for the principal.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

type principalKey struct{}

// Challenge is the error with which an [Authenticator] refuses a request: the answer's status, headers and JSON body. What
// it tells the client is in those three only; Reason is for the server's log.
type Challenge struct {
	// Status is the HTTP status; zero means 401.
	Status int
	// Header is added to the answer, WWW-Authenticate for example.
	Header http.Header
	// Body is written as JSON; empty means {"error":"unauthorized"}.
	Body string
	// Reason tells the operator what was wrong. It is logged and never sent.
	Reason string
}

// Error describes the refusal for the log.
func (c *Challenge) Error() string { return "request refused: " + c.reason() }

func (c *Challenge) reason() string {
	text := http.StatusText(c.status())
	if c.Reason != "" {
		text += ": " + c.Reason
	}
	return text
}

func (c *Challenge) status() int {
	if c.Status == 0 {
		return http.StatusUnauthorized
	}
	return c.Status
}

// ScopeChallenger is an optional ability of an [Authenticator]: it writes the challenge for a caller whose token lacks
// scopes (RFC 6750 section 3.1, insufficient_scope). needed holds all scopes that the request needs.
type ScopeChallenger interface {
	InsufficientScope(needed []string) *Challenge
}
