package scalekitdev

import (
	"net/http"
	"slices"
	"time"
)

// session is a person's sign-in by one client.
type session struct {
	id               string
	family           *family
	created, changed time.Time
	revoked          bool
}

// EndSessions ends the sessions of a person: their refresh tokens are of no use any more. It returns how many there were.
func (s *StandIn) EndSessions(personID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.revoke(func(other *session) bool { return other.family.grant.person == personID }))
}

// revoke ends the sessions that are chosen and returns those that were not at an end before. The caller holds the lock.
func (s *StandIn) revoke(chosen func(*session) bool) []*session {
	var ended []*session
	for _, other := range s.sessions.items {
		if chosen(other) && s.status(other) == "active" {
			other.family.ended, other.revoked, other.changed = true, true, s.now()
			ended = append(ended, other)
		}
	}
	return ended
}

func (s *StandIn) status(other *session) string {
	switch {
	case other.revoked || other.family.ended:
		return "revoked"
	case s.now().After(other.family.expires):
		return "expired"
	}
	return "active"
}

// revoked describes a session that has ended.
func (s *StandIn) revokedSession(other *session) map[string]any {
	g := other.family.grant
	return map[string]any{
		"session_id": other.id, "user_id": g.person, "status": s.status(other), "created_at": stamp(other.created), "updated_at": stamp(other.changed),
		"idle_expires_at": stamp(other.family.expires), "absolute_expires_at": stamp(other.family.expires), "last_active_at": stamp(other.changed),
	}
}

func (s *StandIn) describeSession(other *session) map[string]any {
	g, d := other.family.grant, s.revokedSession(other)
	d["organization_id"], d["authenticated_organizations"] = g.org, []string{g.org}
	d["authenticated_clients"] = []any{map[string]any{"client_id": g.clientID, "organization_id": g.org}}
	return d
}

func (s *StandIn) getSession(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, ok := s.sessions.get(r.PathValue("session")); ok {
		writeJSON(w, http.StatusOK, s.describeSession(other))
		return
	}
	found(w, "session", nil)
}

func (s *StandIn) listSessions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*session
	for _, other := range s.sessions.items {
		if other.family.grant.person == r.PathValue("user") {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(a, b *session) int { return b.created.Compare(a.created) })
	var described []any
	for _, other := range list {
		described = append(described, s.describeSession(other))
	}
	writePage(w, r, "sessions", described)
}

func (s *StandIn) revokeSession(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	other, ok := s.sessions.get(r.PathValue("session"))
	if !ok {
		found(w, "session", nil)
		return
	}
	s.revoke(func(o *session) bool { return o == other })
	writeJSON(w, http.StatusOK, map[string]any{"revoked_session": s.revokedSession(other)})
}

func (s *StandIn) revokeSessions(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []any{}
	for _, other := range s.revoke(func(o *session) bool { return o.family.grant.person == r.PathValue("user") }) {
		list = append(list, s.revokedSession(other))
	}
	writeJSON(w, http.StatusOK, map[string]any{"revoked_sessions": list, "total_revoked": len(list)})
}
