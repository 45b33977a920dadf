package scalekitdev

import (
	"net/http"
)

// serverMetadata describes an authorization server (RFC 8414 section 2).
type serverMetadata struct {
	Issuer          string   `json:"issuer"`
	Authorize       string   `json:"authorization_endpoint"`
	Token           string   `json:"token_endpoint"`
	Keys            string   `json:"jwks_uri"`
	Register        string   `json:"registration_endpoint,omitempty"`
	Logout          string   `json:"end_session_endpoint,omitempty"`
	ResponseTypes   []string `json:"response_types_supported"`
	GrantTypes      []string `json:"grant_types_supported"`
	TokenAuth       []string `json:"token_endpoint_auth_methods_supported"`
	PKCE            []string `json:"code_challenge_methods_supported"`
	Scopes          []string `json:"scopes_supported"`
	SubjectTypes    []string `json:"subject_types_supported,omitempty"`
	SigningAlgs     []string `json:"id_token_signing_alg_values_supported,omitempty"`
	ClientDocuments bool     `json:"client_id_metadata_document_supported,omitempty"`
	IssInResponse   bool     `json:"authorization_response_iss_parameter_supported"`
}

func (s *StandIn) describe(issuer, base string) serverMetadata {
	return serverMetadata{
		Issuer: issuer, Authorize: base + "/oauth/authorize", Token: base + "/oauth/token", Keys: s.cfg.URL + "/keys",
		ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code", "client_credentials", "refresh_token"},
		TokenAuth: []string{"none", "client_secret_post", "client_secret_basic"}, PKCE: []string{"S256"},
		Scopes: append([]string{"openid", "profile", "email", "offline_access"}, s.cfg.Server.Scopes...), IssInResponse: true,
	}
}

// resourceMetadata is what MCP clients read: they can register or be known by a document, as the server's record says.
func (s *StandIn) resourceMetadata(w http.ResponseWriter, _ *http.Request) {
	m := s.describe(s.cfg.ResourceIssuerURL(), s.cfg.ResourceIssuerURL())
	if !s.cfg.NoRegistration {
		m.Register = s.cfg.URL + "/api/v1/resources/" + s.cfg.Server.ID + "/clients:register"
	}
	m.ClientDocuments = !s.cfg.NoClientDocuments
	writeJSON(w, http.StatusOK, m)
}

// rootMetadata is the environment's own; nobody can register there.
func (s *StandIn) rootMetadata(w http.ResponseWriter, _ *http.Request) {
	m := s.describe(s.cfg.URL, s.cfg.URL)
	m.Logout = s.cfg.URL + "/oidc/logout"
	m.SubjectTypes, m.SigningAlgs = []string{"public"}, []string{"RS256"}
	writeJSON(w, http.StatusOK, m)
}

// logout ends nothing, since nobody stays signed in here.
func (s *StandIn) logout(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("You are signed out.\n"))
}
