package scalekitdev

import (
	"net/http"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// rest serves the calls of the management API that the client of the package scalekit makes.
func (s *StandIn) rest(w http.ResponseWriter, r *http.Request) {
	if !s.manages(r) {
		apiError(w, http.StatusUnauthorized, 16, "UNAUTHENTICATED", "Token empty or invalid")
		return
	}
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	switch {
	case r.Method == http.MethodGet && len(p) == 2 && p[0] == "users":
		found(w, "user", s.user(p[1]))
	case r.Method == http.MethodGet && len(p) == 1 && (p[0] == "users" || p[0] == "users:search"):
		s.listUsers(w, r, "")
	case r.Method == http.MethodGet && len(p) == 3 && p[0] == "organizations" && p[2] == "users":
		s.listUsers(w, r, p[1])
	case r.Method == http.MethodGet && len(p) == 1 && p[0] == "organizations":
		list := []any{}
		for _, o := range s.cfg.Organizations {
			list = append(list, s.org(o.ID))
		}
		writeJSON(w, http.StatusOK, paged("organizations", list))
	case r.Method == http.MethodGet && len(p) == 2 && (p[0] == "organizations" || p[0] == "organizations:external"):
		found(w, "organization", s.org(p[1]))
	case r.Method == http.MethodGet && len(p) == 5 && p[0] == "organizations" && p[2] == "users":
		s.userAccess(w, p[1], p[3], p[4])
	case r.Method == http.MethodGet && len(p) == 1 && p[0] == "roles", r.Method == http.MethodGet && len(p) == 3 && p[0] == "organizations" && p[2] == "roles":
		writeJSON(w, http.StatusOK, map[string]any{"roles": s.roles()})
	case r.Method == http.MethodGet && len(p) == 1 && p[0] == "permissions":
		writeJSON(w, http.StatusOK, paged("permissions", s.permissions()))
	case r.Method == http.MethodGet && len(p) == 2 && p[0] == "resources" && p[1] == s.cfg.Server.ID:
		writeJSON(w, http.StatusOK, map[string]any{"resource": s.resource()})
	case r.Method == http.MethodPost && len(p) == 4 && p[0] == "users" && p[2] == "sessions" && p[3] == "revoke":
		writeJSON(w, http.StatusOK, map[string]any{"total_revoked": s.EndSessions(p[1])})
	default:
		apiError(w, http.StatusNotFound, 5, "NOT_FOUND", "there is nothing here")
	}
}

// manages tells whether the request has a token for the management API.
func (s *StandIn) manages(r *http.Request) bool {
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return false
	}
	s.mu.Lock()
	keys, now := s.keys, s.now
	s.mu.Unlock()
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(now), jwt.WithExpirationRequired()).ParseWithClaims(raw, claims, func(t *jwt.Token) (any, error) {
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

func paged(name string, list []any) map[string]any {
	return map[string]any{name: list, "total_size": len(list), "next_page_token": "", "prev_page_token": ""}
}

func (s *StandIn) org(id string) any {
	o := s.cfg.organization(id)
	if o == nil {
		return nil
	}
	return map[string]any{"id": o.ID, "display_name": o.Name, "region_code": "US", "create_time": "2026-01-01T00:00:00Z", "update_time": "2026-01-01T00:00:00Z"}
}

func (s *StandIn) user(id string) any {
	p := s.cfg.person(id)
	if p == nil {
		return nil
	}
	memberships := []any{}
	for _, m := range p.Memberships {
		roles := []any{}
		for _, r := range m.Roles {
			roles = append(roles, map[string]any{"id": "role_" + r, "name": r, "display_name": r})
		}
		memberships = append(memberships, map[string]any{"organization_id": m.OrganizationID, "membership_status": "ACTIVE", "roles": roles,
			"permissions": m.Permissions, "display_name": s.cfg.organization(m.OrganizationID).Name})
	}
	given, family, _ := strings.Cut(p.Name, " ")
	return map[string]any{"id": p.ID, "environment_id": "env_dev", "email": p.Email, "memberships": memberships,
		"user_profile": map[string]any{"given_name": given, "family_name": family, "name": p.Name, "email_verified": true},
		"create_time":  "2026-01-01T00:00:00Z", "update_time": "2026-01-01T00:00:00Z"}
}

func (s *StandIn) listUsers(w http.ResponseWriter, r *http.Request, org string) {
	query := strings.ToLower(r.URL.Query().Get("query"))
	list := []any{}
	for _, p := range s.cfg.People {
		if (org == "" || p.membership(org) != nil) && strings.Contains(strings.ToLower(p.Name+p.Email), query) {
			list = append(list, s.user(p.ID))
		}
	}
	writeJSON(w, http.StatusOK, paged("users", list))
}

// userAccess lists the roles or the permissions of a person in an organization.
func (s *StandIn) userAccess(w http.ResponseWriter, org, user, kind string) {
	p := s.cfg.person(user)
	if p == nil || p.membership(org) == nil || kind != "roles" && kind != "permissions" {
		found(w, "membership", nil)
		return
	}
	m, list := p.membership(org), []any{}
	if kind == "roles" {
		for _, r := range m.Roles {
			list = append(list, map[string]any{"id": "role_" + r, "name": r, "display_name": r})
		}
	} else {
		for _, name := range m.Permissions {
			list = append(list, map[string]any{"id": "perm_" + name, "name": name})
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{kind: list})
}

// roles and permissions are those that the people have.
func (s *StandIn) roles() []any {
	list, seen := []any{}, map[string]bool{}
	for _, p := range s.cfg.People {
		for _, m := range p.Memberships {
			for _, r := range m.Roles {
				if !seen[r] {
					seen[r] = true
					perms := []any{}
					for _, name := range m.Permissions {
						perms = append(perms, map[string]any{"id": "perm_" + name, "name": name})
					}
					list = append(list, map[string]any{"id": "role_" + r, "name": r, "display_name": r, "permissions": perms})
				}
			}
		}
	}
	return list
}

func (s *StandIn) permissions() []any {
	list, seen := []any{}, map[string]bool{}
	for _, p := range s.cfg.People {
		for _, m := range p.Memberships {
			for _, name := range m.Permissions {
				if !seen[name] {
					seen[name] = true
					list = append(list, map[string]any{"id": "perm_" + name, "name": name})
				}
			}
		}
	}
	return list
}

func (s *StandIn) resource() any {
	scopes := []any{}
	for _, name := range s.cfg.Server.Scopes {
		scopes = append(scopes, map[string]any{"id": "perm_" + name, "name": name, "enabled": true})
	}
	return map[string]any{"resource_id": s.cfg.Server.ID, "resource_uri": s.cfg.Server.URL, "name": s.cfg.Server.Name, "scopes": scopes,
		"enable_cimd": !s.cfg.NoClientDocuments, "disable_dynamic_client_registration": s.cfg.NoRegistration, "access_token_expiry": int64(s.cfg.TokenLifetime.Seconds())}
}
