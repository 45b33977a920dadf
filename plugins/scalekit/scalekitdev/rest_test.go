package scalekitdev_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// TestSessions: a sign-in is a session, and ending it ends its refresh tokens and no others.
func TestSessions(t *testing.T) {
	s, env := start(t, func(c *scalekitdev.Config) { c.RefreshLifetime = time.Hour })
	c := scalekit.NewClient(env, "skc_dev", "dev-secret", nil)
	f := newFlow(t, env, "http://127.0.0.1:9999/callback")
	var refresh []string
	for range 3 {
		refresh = append(refresh, f.redeem(url.Values{"code": {f.code("usr_alice@org_acme")}}).json["refresh_token"].(string))
	}
	statuses := func() map[string]int {
		t.Helper()
		got := map[string]int{}
		page, err := c.ListUserSessions(t.Context(), "usr_alice", scalekit.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Items {
			same, err := c.GetSession(t.Context(), one.ID)
			if err != nil || same.Status != one.Status || same.UserID != "usr_alice" || same.OrganizationID != "org_acme" {
				t.Errorf("%+v %v, in the list %+v", same, err, one)
			}
			got[one.Status]++
		}
		return got
	}
	good := func() (n int) {
		t.Helper()
		for i, token := range refresh {
			r := do(t, "POST", env+"/oauth/token", url.Values{"grant_type": {"refresh_token"}, "client_id": {f.id}, "refresh_token": {token}})
			if r.status == 200 {
				refresh[i] = r.json["refresh_token"].(string)
				n++
			}
		}
		return n
	}
	if diff := cmp.Diff(map[string]int{"active": 3}, statuses()); diff != "" || good() != 3 {
		t.Error(diff)
	}
	page, err := c.ListUserSessions(t.Context(), "usr_alice", scalekit.ListOptions{PageSize: 1, PageToken: "1"})
	if err != nil || len(page.Items) != 1 || page.TotalSize != 3 || page.NextPageToken != "2" || page.PrevPageToken != "0" {
		t.Fatalf("the second page: %+v %v", page, err)
	}
	if err := c.RevokeSession(t.Context(), page.Items[0].ID); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]int{"active": 2, "revoked": 1}, statuses()); diff != "" || good() != 2 {
		t.Error(diff)
	}
	s.MoveClock(2 * time.Hour)
	if diff := cmp.Diff(map[string]int{"expired": 2, "revoked": 1}, statuses()); diff != "" || good() != 0 {
		t.Error(diff)
	}
	s.MoveClock(0)
	if n, err := c.RevokeUserSessions(t.Context(), "usr_alice"); n != 2 || err != nil {
		t.Errorf("%d were ended, %v", n, err)
	}
	if n := s.EndSessions("usr_alice"); n != 0 || good() != 0 {
		t.Errorf("%d were ended again", n)
	}
	if err := c.RevokeSession(t.Context(), "ses_none"); !errors.Is(err, scalekit.ErrNotFound) {
		t.Errorf("no session: %v", err)
	}
}

// TestOrganizations: what is changed stays changed, here and nowhere else.
func TestOrganizations(t *testing.T) {
	seeds := scalekitdev.SeedOrganizations()
	_, env := start(t, func(c *scalekitdev.Config) { c.Organizations = seeds })
	c := scalekit.NewClient(env, "skc_dev", "dev-secret", nil)
	name, external := "Acme & Sons", "customer-1"
	if _, err := c.UpdateOrganization(t.Context(), "org_acme", scalekit.OrganizationUpdate{DisplayName: &name, ExternalID: &external, Metadata: map[string]string{"plan": "large"}}); err != nil {
		t.Fatal(err)
	}
	o, err := c.GetOrganizationByExternalID(t.Context(), external)
	if err != nil || o.ID != "org_acme" || o.DisplayName != name || o.Metadata["plan"] != "large" || !o.UpdatedAt.After(o.CreatedAt) {
		t.Errorf("%+v %v", o, err)
	}
	if _, err := c.GetOrganizationByExternalID(t.Context(), "acme"); !errors.Is(err, scalekit.ErrNotFound) {
		t.Errorf("by what it was called before: %v", err)
	}
	u, err := c.GetUser(t.Context(), "usr_alice")
	if err != nil || u.Memberships[0].DisplayName != name {
		t.Errorf("%+v %v", u, err)
	}
	if diff := cmp.Diff(scalekitdev.SeedOrganizations(), seeds); diff != "" {
		t.Errorf("the configuration has changed: %s", diff)
	}
	if _, err := c.UpdateOrganization(t.Context(), "org_none", scalekit.OrganizationUpdate{}); !errors.Is(err, scalekit.ErrNotFound) {
		t.Errorf("no organization: %v", err)
	}
	if err := c.Do(t.Context(), "PATCH", "/api/v1/organizations/org_acme", map[string]string{"title": "x"}, nil); err == nil {
		t.Error("a field that there is not is taken")
	}
	link, err := c.GeneratePortalLink(t.Context(), "org_globex")
	if err != nil || link.Location == "" || link.ExpiresAt.Before(time.Now()) {
		t.Errorf("%+v %v", link, err)
	}
	found, err := c.SearchUsers(t.Context(), "reader", scalekit.ListOptions{})
	if err != nil || len(found.Items) != 1 || found.Items[0].ID != "usr_bob" {
		t.Errorf("%+v %v", found, err)
	}
	if err := c.Do(t.Context(), "GET", "/api/v1/users?page_size=x", nil, nil); err == nil {
		t.Error("a page of no size")
	}
}
