package signin

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// documents answers every request with the document for the last part of its path.
type documents map[string]string

func (d documents) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := http.StatusNotFound, ""
	for part, document := range d {
		if strings.Contains(r.URL.Path, part) {
			status, body = http.StatusOK, document
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// Whatever a server and an authorization server say of themselves, codes and tokens go to https or stay on this machine, and tokens
// are asked for the server that was called.
func FuzzDiscover(f *testing.F) {
	const server = "https://mcp.example.com/mcp"
	const good = `{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://login.example.com"]}`
	const as = `{"issuer":"https://login.example.com","authorization_endpoint":"https://login.example.com/a","token_endpoint":"https://login.example.com/t","code_challenge_methods_supported":["S256"]}`
	f.Add("", good, as)
	f.Add("https://mcp.example.com/.well-known/oauth-protected-resource", good, as)
	f.Add("https://evil.example/.well-known/oauth-protected-resource", good, as)
	f.Add("", strings.Replace(good, "/mcp\"", "/\"", 1), as)
	f.Add("", strings.Replace(good, "mcp.example.com/mcp", "MCP.example.com/mc", 1), as)
	f.Add("", strings.Replace(good, "https://login", "http://127.0.0.1:1@login", 1), as)
	f.Add("", good, strings.Replace(as, "https://login.example.com/t", "http://login.example.com/t", 1))
	f.Add("", good, strings.Replace(as, "https://login.example.com/a", "javascript:alert(1)", 1))
	f.Add("", good, strings.Replace(as, "{", `{"registration_endpoint":"file:///etc/passwd",`, 1))
	f.Add("", "{", "[]")
	f.Fuzz(func(t *testing.T, hinted, protectedDoc, asDoc string) {
		tr := &Transport{Server: server, Base: documents{"oauth-protected-resource": protectedDoc, "oauth-authorization-server": asDoc, "openid-configuration": asDoc}}
		p, as, err := tr.discover(t.Context(), server, hinted)
		if err != nil {
			return
		}
		if !covers(p.Resource, server) || !slices.Contains(as.PKCE, "S256") || len(p.Servers) == 0 {
			t.Errorf("%+v %+v", p, as)
		}
		for _, raw := range []string{as.Authorization, as.Token, as.Registration, p.Servers[0]} {
			if raw == "" && raw == as.Registration {
				continue
			}
			u, err := url.Parse(raw)
			if err != nil || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
				t.Errorf("%q is used", raw)
			}
		}
		page, err := url.Parse(authorizationURL(as, client{ID: "c"}, "http://127.0.0.1:1/callback", "s", "v", p.Resource, "a b"))
		if err != nil || !slices.Contains(page.Query()["state"], "s") || !slices.Contains(page.Query()["redirect_uri"], "http://127.0.0.1:1/callback") {
			t.Errorf("page %v (%v)", page, err)
		}
	})
}
