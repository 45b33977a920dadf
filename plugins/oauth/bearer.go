package oauth

import (
	"net/http"
	"net/url"
	"strings"
)

// bearer returns the token of a request (RFC 6750 section 2.1). ok is false when there is none at all; malformed tells what is
// wrong with a request that tries to bring one. What the token is made of is not looked at.
func bearer(r *http.Request) (token string, ok bool, malformed string) {
	if r.URL.RawQuery != "" && hasQueryToken(r.URL.RawQuery) {
		return "", false, "the token is in the query, where logs keep it"
	}
	values := r.Header["Authorization"]
	switch len(values) {
	case 0:
		return "", false, ""
	case 1:
	default:
		return "", false, "there is more than one Authorization header"
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(values[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false, ""
	}
	token = strings.TrimLeft(rest, " ")
	if token == "" {
		return "", false, notToken68
	}
	return token, true, ""
}

func hasQueryToken(raw string) bool {
	q, err := url.ParseQuery(raw)
	return q.Has("access_token") || err != nil && strings.Contains(raw, "access_token")
}

const notToken68 = "the Bearer credentials are empty or malformed"

// isToken68 tells whether s is of the form that credentials have (RFC 9110 section 11.2).
func isToken68(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		if !token68[body[i]] {
			return false
		}
	}
	return body != ""
}

// token68 holds the characters of credentials.
var token68 = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/") {
		set[c] = true
	}
	return set
}()
