package scalekit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// path joins segments below /api/v1, each escaped.
func path(segments ...string) string {
	p := "/api/v1"
	for _, s := range segments {
		p += "/" + url.PathEscape(s)
	}
	return p
}

// field is a reply with one member that matters, and must be there.
func field[T any](ctx context.Context, c *Client, method, p, name string, in any) (*T, error) {
	out, err := optional[T](ctx, c, method, p, name, in)
	if err == nil && out == nil {
		err = fmt.Errorf("scalekit: %s %s: the reply has no %s", method, p, name)
	}
	return out, err
}

// optional is [field] for members that are left out when they are empty, as lists and numbers are; it is nil then.
func optional[T any](ctx context.Context, c *Client, method, p, name string, in any) (*T, error) {
	var reply map[string]json.RawMessage
	if err := c.Do(ctx, method, p, in, &reply); err != nil {
		return nil, err
	}
	raw, ok := reply[name]
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	out := new(T)
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, fmt.Errorf("scalekit: %s %s: %w", method, p, err)
	}
	return out, nil
}

// page asks for one page of a list.
func page[T any](ctx context.Context, c *Client, p, name string, q url.Values, o ListOptions) (*Page[T], error) {
	if q == nil {
		q = url.Values{}
	}
	if o.PageSize > 0 {
		q.Set("page_size", strconv.Itoa(o.PageSize))
	}
	if o.PageToken != "" {
		q.Set("page_token", o.PageToken)
	}
	if len(q) > 0 {
		p += "?" + q.Encode()
	}
	var reply map[string]json.RawMessage
	if err := c.Do(ctx, http.MethodGet, p, nil, &reply); err != nil {
		return nil, err
	}
	var list struct {
		Next  string `json:"next_page_token"`
		Prev  string `json:"prev_page_token"`
		Total Int    `json:"total_size"`
	}
	out := &Page[T]{}
	for key, into := range map[string]any{name: &out.Items, "next_page_token": &list.Next, "prev_page_token": &list.Prev, "total_size": &list.Total} {
		if raw, ok := reply[key]; ok {
			if err := json.Unmarshal(raw, into); err != nil {
				return nil, err
			}
		}
	}
	out.NextPageToken, out.PrevPageToken, out.TotalSize = list.Next, list.Prev, int64(list.Total)
	return out, nil
}

// GetOrganization returns an organization by its id, "org_…".
func (c *Client) GetOrganization(ctx context.Context, id string) (*Organization, error) {
	return field[Organization](ctx, c, http.MethodGet, path("organizations", id), "organization", nil)
}

// GetOrganizationByExternalID returns an organization by the id that the app has given it.
func (c *Client) GetOrganizationByExternalID(ctx context.Context, externalID string) (*Organization, error) {
	return field[Organization](ctx, c, http.MethodGet, "/api/v1/organizations:external/"+url.PathEscape(externalID), "organization", nil)
}

// ListOrganizations returns a page of the organizations.
func (c *Client) ListOrganizations(ctx context.Context, o ListOptions) (*Page[Organization], error) {
	return page[Organization](ctx, c, path("organizations"), "organizations", nil, o)
}

// UpdateOrganization changes an organization.
func (c *Client) UpdateOrganization(ctx context.Context, id string, u OrganizationUpdate) (*Organization, error) {
	return field[Organization](ctx, c, http.MethodPatch, path("organizations", id), "organization", u)
}

// GeneratePortalLink makes a link to the settings of an organization.
func (c *Client) GeneratePortalLink(ctx context.Context, organizationID string) (*PortalLink, error) {
	return field[PortalLink](ctx, c, http.MethodPut, path("organizations", organizationID, "portal_links"), "link", nil)
}

// GetUser returns a person by their id, "usr_…".
func (c *Client) GetUser(ctx context.Context, id string) (*User, error) {
	return field[User](ctx, c, http.MethodGet, path("users", id), "user", nil)
}

// ListUsers returns a page of all people.
func (c *Client) ListUsers(ctx context.Context, o ListOptions) (*Page[User], error) {
	return page[User](ctx, c, path("users"), "users", nil, o)
}

// SearchUsers finds people by 3 to 100 characters of their name or address.
func (c *Client) SearchUsers(ctx context.Context, query string, o ListOptions) (*Page[User], error) {
	return page[User](ctx, c, "/api/v1/users:search", "users", url.Values{"query": {query}}, o)
}

// ListOrganizationUsers returns a page of the people of an organization.
func (c *Client) ListOrganizationUsers(ctx context.Context, organizationID string, o ListOptions) (*Page[User], error) {
	return page[User](ctx, c, path("organizations", organizationID, "users"), "users", nil, o)
}

// ListUserRoles returns what a person is in an organization.
func (c *Client) ListUserRoles(ctx context.Context, organizationID, userID string) ([]Role, error) {
	roles, err := optional[[]Role](ctx, c, http.MethodGet, path("organizations", organizationID, "users", userID, "roles"), "roles", nil)
	return deref(roles), err
}

// ListUserPermissions returns what a person may do in an organization.
func (c *Client) ListUserPermissions(ctx context.Context, organizationID, userID string) ([]Permission, error) {
	perms, err := optional[[]Permission](ctx, c, http.MethodGet, path("organizations", organizationID, "users", userID, "permissions"), "permissions", nil)
	return deref(perms), err
}

// ListRoles returns the roles of the environment, with their permissions.
func (c *Client) ListRoles(ctx context.Context) ([]Role, error) {
	roles, err := optional[[]Role](ctx, c, http.MethodGet, path("roles")+"?include=permissions", "roles", nil)
	return deref(roles), err
}

// ListOrganizationRoles returns the roles of an organization.
func (c *Client) ListOrganizationRoles(ctx context.Context, organizationID string) ([]Role, error) {
	roles, err := optional[[]Role](ctx, c, http.MethodGet, path("organizations", organizationID, "roles"), "roles", nil)
	return deref(roles), err
}

// ListPermissions returns a page of the permissions of the environment.
func (c *Client) ListPermissions(ctx context.Context, o ListOptions) (*Page[Permission], error) {
	return page[Permission](ctx, c, path("permissions"), "permissions", nil, o)
}

// GetSession returns a sign-in by its id, the SessionID of a [Session].
func (c *Client) GetSession(ctx context.Context, id string) (*UserSession, error) {
	s := &UserSession{}
	return s, c.Do(ctx, http.MethodGet, path("sessions", id), nil, s)
}

// RevokeSession ends a sign-in. Access tokens that were made before live on until they expire.
func (c *Client) RevokeSession(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodPost, path("sessions", id, "revoke"), struct{}{}, nil)
}

// ListUserSessions returns the sign-ins of a person.
func (c *Client) ListUserSessions(ctx context.Context, userID string, o ListOptions) (*Page[UserSession], error) {
	return page[UserSession](ctx, c, path("users", userID, "sessions"), "sessions", nil, o)
}

// RevokeUserSessions ends all sign-ins of a person and returns how many there were.
func (c *Client) RevokeUserSessions(ctx context.Context, userID string) (int, error) {
	total, err := optional[Int](ctx, c, http.MethodPost, path("users", userID, "sessions", "revoke"), "total_revoked", struct{}{})
	return int(deref(total)), err
}

// GetResource returns the record of an MCP server. The call is a preview of Scalekit's and may change.
func (c *Client) GetResource(ctx context.Context, id string) (*Resource, error) {
	return field[Resource](ctx, c, http.MethodGet, path("resources", id), "resource", nil)
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
