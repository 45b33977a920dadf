package scalekitdev

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"time"
)

// seeded is when everything that is there from the beginning was made.
const seeded = "2026-01-01T00:00:00Z"

// stamp writes a time as the API does.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// organization is one with what the API has changed.
type organization struct {
	id, name, external, slug string
	metadata                 map[string]string
	changed                  string
}

func (s *StandIn) organizationName(id string) (name string) {
	s.locked(func() {
		if o := s.orgs[id]; o != nil {
			name = o.name
		}
	})
	return name
}

// describe leaves out what is not set, as the API does with optional fields.
func (o *organization) describe() map[string]any {
	d := map[string]any{"id": o.id, "display_name": o.name, "region_code": "US", "create_time": seeded, "update_time": o.changed}
	if o.external != "" {
		d["external_id"] = o.external
	}
	if o.slug != "" {
		d["slug"] = o.slug
	}
	if len(o.metadata) > 0 {
		d["metadata"] = o.metadata
	}
	return d
}

func (s *StandIn) getOrganization(w http.ResponseWriter, r *http.Request) {
	s.findOrganization(w, func(o *organization) bool { return o.id == r.PathValue("org") })
}

func (s *StandIn) getOrganizationByExternalID(w http.ResponseWriter, r *http.Request) {
	s.findOrganization(w, func(o *organization) bool { return o.external != "" && o.external == r.PathValue("external") })
}

func (s *StandIn) findOrganization(w http.ResponseWriter, is func(*organization) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.orgs {
		if is(o) {
			found(w, "organization", o.describe())
			return
		}
	}
	found(w, "organization", nil)
}

func (s *StandIn) listOrganizations(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []any{}
	for _, o := range s.cfg.Organizations { // in their order
		list = append(list, s.orgs[o.ID].describe())
	}
	writePage(w, r, "organizations", list)
}

func (s *StandIn) updateOrganization(w http.ResponseWriter, r *http.Request) {
	var change struct {
		DisplayName *string           `json:"display_name"`
		ExternalID  *string           `json:"external_id"`
		Slug        *string           `json:"slug"`
		Metadata    map[string]string `json:"metadata"`
	}
	body := json.NewDecoder(r.Body)
	body.DisallowUnknownFields()
	if err := body.Decode(&change); err != nil {
		apiError(w, http.StatusBadRequest, 3, "INVALID_ARGUMENT", "the body is no change of an organization")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orgs[r.PathValue("org")]
	if o == nil {
		found(w, "organization", nil)
		return
	}
	for field, to := range map[*string]*string{&o.name: change.DisplayName, &o.external: change.ExternalID, &o.slug: change.Slug} {
		if to != nil {
			*field = *to
		}
	}
	if change.Metadata != nil {
		o.metadata = change.Metadata
	}
	o.changed = stamp(s.now())
	found(w, "organization", o.describe())
}

// portalLink makes a link that leads nowhere: there is no admin portal here.
func (s *StandIn) portalLink(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orgs[r.PathValue("org")] == nil {
		found(w, "organization", nil)
		return
	}
	id := "lnk_" + rand.Text()[:16]
	found(w, "link", map[string]any{"id": id, "location": s.cfg.URL + "/portal/" + id, "expire_time": stamp(s.now().Add(time.Hour))})
}
