package xmcp

import (
	"net/http"
	"strings"
)

const (
	corsMethods = "GET, POST, DELETE, OPTIONS"
	// Browser clients send these; Mcp-Param-* headers are added as asked for, since a list cannot hold a wildcard beside
	// Authorization (Fetch standard, CORS protocol).
	corsHeaders = "Content-Type, Accept, Authorization, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, Last-Event-ID"
	corsExposed = "Mcp-Session-Id, WWW-Authenticate"
	corsMaxAge  = "7200"
	// maxParamHeaders bounds how many Mcp-Param-* headers a preflight may name.
	maxParamHeaders = 64
)

// allowOrigin marks the answer as readable by the page that asked. The origin has been checked before.
func allowOrigin(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsExposed)
	h.Add("Vary", "Origin")
}

// answerOptions answers OPTIONS: a preflight of a browser, or a plain question for the methods.
func answerOptions(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Header.Get("Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
		h.Set("Allow", corsMethods)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Add("Vary", "Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Allow-Headers", corsHeaders+paramHeaders(r.Header.Get("Access-Control-Request-Headers")))
	h.Set("Access-Control-Max-Age", corsMaxAge)
	w.WriteHeader(http.StatusNoContent)
}

// paramHeaders picks the Mcp-Param-* names out of a preflight's list.
func paramHeaders(asked string) string {
	var b strings.Builder
	n := 0
	for name := range strings.SplitSeq(asked, ",") {
		name = strings.TrimSpace(name)
		const prefix = "mcp-param-"
		if len(name) <= len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) || !isToken(name) {
			continue
		}
		if n++; n > maxParamHeaders {
			break
		}
		b.WriteString(", ")
		b.WriteString(name)
	}
	return b.String()
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}
