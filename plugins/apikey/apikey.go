package apikey

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// header is the header for keys beside Authorization.
const header = "X-Api-Key" // as net/http writes it

// knownKey is a key that lets callers in.
type knownKey struct {
	sum       digest
	principal *xmcp.Principal
}

// keyList is the authenticator. It never changes, so it is safe for concurrent use.
type keyList struct{ keys []knownKey }

// DescribeSignIn tells people who look at the server's home page where a key goes.
func (l *keyList) DescribeSignIn() xmcp.SignIn {
	return xmcp.SignIn{Hint: "Send your key in the header Authorization (Bearer) or X-API-Key."}
}

// Authenticate finds the key of a request.
func (l *keyList) Authenticate(r *http.Request) (*xmcp.Principal, error) {
	key, malformed := keyOf(r.Header)
	switch {
	case malformed != "":
		return nil, refuse(http.StatusBadRequest, "invalid_request", "The request is malformed", malformed)
	case key == "":
		return nil, refuse(http.StatusUnauthorized, "", "Send your key in the header Authorization or X-API-Key", "no key")
	case len(key) > MaxKeyLength:
		return nil, refuse(http.StatusUnauthorized, "invalid_token", "The key is not known", "the key is too long")
	}
	if p := l.find(sha256.Sum256([]byte(key))); p != nil {
		return p, nil
	}
	return nil, refuse(http.StatusUnauthorized, "invalid_token", "The key is not known", "the key is not known")
}

// find compares with every key, so that the time does not tell which one is near.
func (l *keyList) find(sum digest) *xmcp.Principal {
	found := -1
	for i := range l.keys {
		same := subtle.ConstantTimeCompare(sum[:], l.keys[i].sum[:])
		found = subtle.ConstantTimeSelect(same, i, found)
	}
	if found < 0 {
		return nil
	}
	return l.keys[found].principal
}

// keyOf returns the key of a request, empty when there is none. A request that brings several must bring the same one.
func keyOf(h http.Header) (key, malformed string) {
	bearer, own := h["Authorization"], h[header]
	if len(bearer) > 1 || len(own) > 1 {
		return "", "a header is there twice"
	}
	if len(own) == 1 {
		if key = strings.TrimSpace(own[0]); !sendable(key) {
			return "", "X-API-Key is empty or malformed"
		}
	}
	if len(bearer) == 0 {
		return key, ""
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(bearer[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return key, "" // credentials for somebody else, a proxy for example
	}
	token := strings.TrimSpace(rest)
	switch {
	case !sendable(token):
		return "", "the Bearer credentials are empty or malformed"
	case key != "" && key != token:
		return "", "the two headers have different keys"
	}
	return token, ""
}

// refuse is the answer to a request that is not let in (RFC 6750 section 3). It has no resource_metadata, for there is no issuer
// to send anybody to.
func refuse(status int, code, description, reason string) *xmcp.Challenge {
	challenge, body := `Bearer realm="mcp"`, "unauthorized"
	if code != "" {
		challenge, body = challenge+`, error="`+code+`", error_description="`+description+`"`, code
	}
	return &xmcp.Challenge{
		Status: status,
		Header: http.Header{"Www-Authenticate": {challenge}},
		Body:   `{"error":"` + body + `","error_description":"` + description + `"}`,
		Reason: reason,
	}
}

// InsufficientScope answers callers whose key lacks scopes. No sign-in can grant them, so no more than the fact is said.
func (l *keyList) InsufficientScope(needed []string) *xmcp.Challenge {
	return refuse(http.StatusForbidden, "insufficient_scope", "The key lacks a scope", "scopes "+strings.Join(needed, " ")+" are needed")
}

var _ xmcp.ScopeChallenger = (*keyList)(nil)
