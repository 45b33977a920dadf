package oauth

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// wellKnown is where clients look for the metadata of a protected resource (RFC 9728 section 3.1).
const wellKnown = "/.well-known/oauth-protected-resource"

// resourceMetadata describes this server to clients (RFC 9728 section 2).
type resourceMetadata struct {
	Resource      string   `json:"resource"`
	Servers       []string `json:"authorization_servers"`
	Scopes        []string `json:"scopes_supported,omitempty"`
	Methods       []string `json:"bearer_methods_supported"`
	Name          string   `json:"resource_name,omitempty"`
	Documentation string   `json:"resource_documentation,omitempty"`
}

// metadata serves one document at the path of the resource and at the root. It is made from configuration when the server
// starts; no header of a request has a part in it.
func (c *Config) metadata() (paths []string, address string, handler http.Handler, err error) {
	u, err := url.Parse(c.Resource)
	if err != nil {
		return nil, "", nil, err
	}
	body, err := json.Marshal(resourceMetadata{c.Resource, []string{c.AuthorizationServer}, c.Scopes, []string{"header"}, c.ResourceName, c.DocsURL})
	if err != nil {
		return nil, "", nil, err
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	paths = []string{wellKnown}
	if path != "" {
		paths = append(paths, wellKnown+path)
	}
	return paths, u.Scheme + "://" + u.Host + wellKnown + path, document(body), nil
}

// document serves fixed JSON to anybody, browsers of any origin included.
func document(body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			h.Set("Content-Type", "application/json")
			h.Set("Cache-Control", "public, max-age=3600")
			h.Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(body) // net/http leaves the body out for HEAD
		case http.MethodOptions:
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "MCP-Protocol-Version")
			w.WriteHeader(http.StatusNoContent)
		default:
			h.Set("Allow", "GET, HEAD, OPTIONS")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		}
	})
}
