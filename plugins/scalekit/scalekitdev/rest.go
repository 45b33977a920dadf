package scalekitdev

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// managementRoutes are the calls of the management API that the client of the package scalekit makes.
func (s *StandIn) managementRoutes() {
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET users":                                        s.listUsers,
		"GET users:search":                                 s.listUsers,
		"GET users/{user}":                                 s.getUser,
		"GET users/{user}/sessions":                        s.listSessions,
		"POST users/{user}/sessions/revoke":                s.revokeSessions,
		"GET organizations":                                s.listOrganizations,
		"GET organizations/{org}":                          s.getOrganization,
		"PATCH organizations/{org}":                        s.updateOrganization,
		"GET organizations:external/{external}":            s.getOrganizationByExternalID,
		"PUT organizations/{org}/portal_links":             s.portalLink,
		"GET organizations/{org}/users":                    s.listUsers,
		"GET organizations/{org}/users:search":             s.listUsers,
		"GET organizations/{org}/users/{user}/roles":       s.userRoles,
		"GET organizations/{org}/users/{user}/permissions": s.userPermissions,
		"GET organizations/{org}/roles":                    s.listRoles,
		"GET roles":                                        s.listRoles,
		"GET permissions":                                  s.listPermissions,
		"GET sessions/{session}":                           s.getSession,
		"POST sessions/{session}/revoke":                   s.revokeSession,
		"GET resources/" + s.cfg.Server.ID:                 s.getResource,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		s.mux.HandleFunc(method+" /api/v1/"+path, s.managed(serve))
	}
	s.mux.HandleFunc("/api/v1/", s.managed(func(w http.ResponseWriter, _ *http.Request) {
		apiError(w, http.StatusNotFound, 5, "NOT_FOUND", "there is nothing here")
	}))
}

// managed lets in who has a token for the management API.
func (s *StandIn) managed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.manages(r) {
			apiError(w, http.StatusUnauthorized, 16, "UNAUTHENTICATED", "Token empty or invalid")
			return
		}
		next(w, r)
	}
}

func (s *StandIn) manages(r *http.Request) bool {
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return false
	}
	s.mu.Lock()
	keys, now := s.keys, s.now()
	s.mu.Unlock()
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithExpirationRequired()).ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
		for _, k := range keys {
			if k.id == t.Header["kid"] {
				return &k.key.PublicKey, nil
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	})
	if err != nil {
		return false
	}
	return slices.ContainsFunc(s.cfg.Machines, func(m Machine) bool { return m.Management && claims["sub"] == m.ID })
}

func apiError(w http.ResponseWriter, status, code int, name, message string) {
	writeJSON(w, status, map[string]any{"code": code, "message": message, "details": []any{
		map[string]any{"@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo", "error_code": name}}})
}

func found(w http.ResponseWriter, name string, v any) {
	if v == nil {
		apiError(w, http.StatusNotFound, 5, "NOT_FOUND", "there is no such "+name)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{name: v})
}

// pageSize is that of a list when none is asked for, and maxPageSize is the largest.
const pageSize, maxPageSize = 30, 100

// writePage answers with the part of a list that is asked for. A page's token is where it begins.
func writePage(w http.ResponseWriter, r *http.Request, name string, list []any) {
	size, start := pageSize, 0
	for query, into := range map[string]*int{"page_size": &size, "page_token": &start} {
		if given := r.URL.Query().Get(query); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil || n < 0 {
				apiError(w, http.StatusBadRequest, 3, "INVALID_ARGUMENT", query+" is not valid")
				return
			}
			*into = n
		}
	}
	size = min(max(size, 1), maxPageSize)
	start = min(start, len(list))
	end := min(start+size, len(list))
	reply := map[string]any{name: append([]any{}, list[start:end]...), "total_size": len(list), "next_page_token": "", "prev_page_token": ""}
	if end < len(list) {
		reply["next_page_token"] = strconv.Itoa(end)
	}
	if start > 0 {
		reply["prev_page_token"] = strconv.Itoa(max(start-size, 0))
	}
	writeJSON(w, http.StatusOK, reply)
}

func (s *StandIn) getResource(w http.ResponseWriter, _ *http.Request) {
	scopes := []any{}
	for _, name := range s.cfg.Server.Scopes {
		scopes = append(scopes, map[string]any{"id": "perm_" + name, "name": name, "enabled": true})
	}
	found(w, "resource", map[string]any{
		"resource_id": s.cfg.Server.ID, "resource_uri": s.cfg.Server.URL, "name": s.cfg.Server.Name, "scopes": scopes,
		"enable_cimd": !s.cfg.NoClientDocuments, "disable_dynamic_client_registration": s.cfg.NoRegistration,
		"access_token_expiry": int64(s.cfg.TokenLifetime.Seconds()), "refresh_token_expiry": int64(s.cfg.RefreshLifetime.Seconds()),
	})
}
