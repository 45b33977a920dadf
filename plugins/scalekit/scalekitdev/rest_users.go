package scalekitdev

import (
	"net/http"
	"strings"
)

func (s *StandIn) getUser(w http.ResponseWriter, r *http.Request) {
	if p := s.cfg.person(r.PathValue("user")); p != nil {
		found(w, "user", s.describeUser(p))
		return
	}
	found(w, "user", nil)
}

func (s *StandIn) describeUser(p *Person) map[string]any {
	memberships := []any{}
	for _, m := range p.Memberships {
		d := map[string]any{"organization_id": m.OrganizationID, "membership_status": "ACTIVE", "roles": describeRoles(m.Roles), "display_name": s.organizationName(m.OrganizationID),
			"join_time": seeded}
		if len(m.Permissions) > 0 {
			d["permissions"] = m.Permissions
		}
		memberships = append(memberships, d)
	}
	given, family, _ := strings.Cut(p.Name, " ")
	return map[string]any{"id": p.ID, "environment_id": "env_dev", "email": p.Email, "memberships": memberships,
		"user_profile": map[string]any{"given_name": given, "family_name": family, "name": p.Name, "email_verified": true},
		"create_time":  seeded, "update_time": seeded}
}

// listUsers lists the people of an organization or of all, those that a query finds.
func (s *StandIn) listUsers(w http.ResponseWriter, r *http.Request) {
	query, org := strings.ToLower(r.URL.Query().Get("query")), r.PathValue("org")
	list := []any{}
	for i := range s.cfg.People {
		p := &s.cfg.People[i]
		if (org == "" || p.membership(org) != nil) && strings.Contains(strings.ToLower(p.Name+" "+p.Email), query) {
			list = append(list, s.describeUser(p))
		}
	}
	writePage(w, r, "users", list)
}

func (s *StandIn) userRoles(w http.ResponseWriter, r *http.Request) {
	if m := s.member(r); m != nil {
		found(w, "roles", describeRoles(m.Roles))
		return
	}
	found(w, "membership", nil)
}

func (s *StandIn) userPermissions(w http.ResponseWriter, r *http.Request) {
	if m := s.member(r); m != nil {
		found(w, "permissions", describePermissions(m.Permissions))
		return
	}
	found(w, "membership", nil)
}

func (s *StandIn) member(r *http.Request) *Membership {
	p := s.cfg.person(r.PathValue("user"))
	if p == nil {
		return nil
	}
	return p.membership(r.PathValue("org"))
}

func describeRoles(names []string) []any {
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"id": "role_" + name, "name": name, "display_name": name})
	}
	return list
}

func describePermissions(names []string) []any {
	list := []any{}
	for _, name := range names {
		list = append(list, map[string]any{"id": "perm_" + name, "name": name})
	}
	return list
}

// listRoles lists the roles that people have, with what those may do who have them.
func (s *StandIn) listRoles(w http.ResponseWriter, _ *http.Request) {
	list, seen := []any{}, map[string]bool{}
	for _, m := range s.memberships() {
		for _, name := range m.Roles {
			if !seen[name] {
				seen[name] = true
				list = append(list, map[string]any{"id": "role_" + name, "name": name, "display_name": name, "permissions": describePermissions(m.Permissions)})
			}
		}
	}
	found(w, "roles", list)
}

func (s *StandIn) listPermissions(w http.ResponseWriter, r *http.Request) {
	var names []string
	seen := map[string]bool{}
	for _, m := range s.memberships() {
		for _, name := range m.Permissions {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	writePage(w, r, "permissions", describePermissions(names))
}

func (s *StandIn) memberships() []Membership {
	var all []Membership
	for _, p := range s.cfg.People {
		all = append(all, p.Memberships...)
	}
	return all
}
