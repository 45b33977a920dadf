package oauth

import (
	"net/http"
	"slices"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// challenges are the answers to requests that are not let through (RFC 6750 section 3, RFC 9728 section 5.1). Each one is made
// from configuration alone: nothing of a request can get into it.
type challenges struct {
	metadata string // URL of this server's metadata
	scope    string // asked for in challenges
}

// refusal writes the challenge for an error of RFC 6750; an empty code is for requests that bring no token.
func (c *challenges) refusal(status int, code, description, scope, reason string) *xmcp.Challenge {
	var params []string
	if code != "" {
		params = append(params, param("error", code), param("error_description", description))
	}
	if scope != "" {
		params = append(params, param("scope", scope))
	}
	params = append(params, param("resource_metadata", c.metadata))
	if code == "" {
		code = "unauthorized"
	}
	return &xmcp.Challenge{
		Status: status,
		Header: http.Header{"Www-Authenticate": {"Bearer " + strings.Join(params, ", ")}},
		Body:   `{"error":"` + code + `","error_description":"` + description + `"}`,
		Reason: reason,
	}
}

func (c *challenges) none(reason string) *xmcp.Challenge {
	return c.refusal(http.StatusUnauthorized, "", "Sign in to use this server", c.scope, reason)
}

func (c *challenges) malformed(reason string) *xmcp.Challenge {
	return c.refusal(http.StatusBadRequest, "invalid_request", "The request is malformed", c.scope, reason)
}

// invalid is the same for every fault, but for a token that has expired and is right otherwise.
func (c *challenges) invalid(expired bool, reason string) *xmcp.Challenge {
	description := "The access token is invalid"
	if expired {
		description = "The access token expired"
	}
	return c.refusal(http.StatusUnauthorized, "invalid_token", description, c.scope, reason)
}

// insufficient names all scopes that the request needs, so that one consent is enough.
func (c *challenges) insufficient(needed []string, reason string) *xmcp.Challenge {
	all := slices.Clone(needed)
	for s := range strings.FieldsSeq(c.scope) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return c.refusal(http.StatusForbidden, "insufficient_scope", "The access token lacks a scope", strings.Join(all, " "), reason)
}

// unavailable is no challenge: signing in again would not help.
func unavailable(reason string) *xmcp.Challenge {
	return &xmcp.Challenge{
		Status: http.StatusServiceUnavailable,
		Header: http.Header{"Retry-After": {"5"}},
		Body:   `{"error":"temporarily_unavailable","error_description":"Try again in a moment"}`,
		Reason: reason,
	}
}

// param writes a parameter as a quoted string (RFC 9110 section 5.6.4), without what such a string cannot hold.
func param(name, value string) string {
	var b strings.Builder
	b.WriteString(name + `="`)
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= 0x20 && r <= 0x7e:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
