package scalekit_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
)

// An id that is empty or a step up in the path would ask for something else than its caller means: all organizations, say.
func TestIDsThatArePaths(t *testing.T) {
	env := newEnvironment(t)
	asked := false
	env.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		asked = true
		_, _ = io.WriteString(w, `{"organizations":[{"id":"org_secret"}],"users":[{"id":"usr_secret"}],"organization":{"id":"org_secret"},"user":{"id":"usr_secret"}}`)
	})
	c := scalekit.NewClient(env.URL, "skc_1", "hush", nil)
	ctx := t.Context()
	for _, id := range []string{"", ".", ".."} {
		for name, call := range map[string]func() error{
			"organization":     func() error { _, err := c.GetOrganization(ctx, id); return err },
			"external id":      func() error { _, err := c.GetOrganizationByExternalID(ctx, id); return err },
			"people":           func() error { _, err := c.ListOrganizationUsers(ctx, id, scalekit.ListOptions{}); return err },
			"person":           func() error { _, err := c.GetUser(ctx, id); return err },
			"roles":            func() error { _, err := c.ListUserRoles(ctx, "org_1", id); return err },
			"end of a session": func() error { return c.RevokeSession(ctx, id) },
		} {
			if name == "external id" && id != "" {
				continue // it has a segment of its own with a prefix
			}
			if err := call(); err == nil || !strings.Contains(err.Error(), "scalekit: ") {
				t.Errorf("%s %q: %v", name, id, err)
			}
		}
	}
	for _, path := range []string{"/api/v1/../../oauth/token", "/api/v1//users", "/api/v1/%2e%2e/users", "/api/v1/./users", "/api/v1/users/..?x=1"} {
		if err := c.Do(ctx, "GET", path, nil, nil); err == nil {
			t.Errorf("%s was asked for", path)
		}
	}
	if asked {
		t.Error("the environment was asked")
	}
	for _, id := range []string{"a/b", "a b", "ä", "..a", "...", "?", "#", "%2e%2e"} {
		if _, err := c.GetUser(ctx, id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// A reply without what was asked for is no empty organization.
func TestReplyWithoutTheRecord(t *testing.T) {
	env := newEnvironment(t)
	env.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) })
	c := scalekit.NewClient(env.URL, "skc_1", "hush", nil)
	if org, err := c.GetOrganization(t.Context(), "org_1"); err == nil || org != nil || !strings.Contains(err.Error(), "no organization") {
		t.Errorf("%+v %v", org, err)
	}
	if roles, err := c.ListRoles(t.Context()); err != nil || len(roles) != 0 { // lists that are empty are left out
		t.Errorf("%+v %v", roles, err)
	}
	if n, err := c.RevokeUserSessions(t.Context(), "usr_1"); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
}

// The app's secret goes over https, or stays on this machine.
func TestClientOfABadURL(t *testing.T) {
	for _, u := range []string{"http://acme.scalekit.com", "acme.scalekit.com", "", "https://user@acme.scalekit.com", "https://acme.scalekit.com?x=1"} {
		sent := false
		c := scalekit.NewClient(u, "skc_1", "hush", &http.Client{Transport: never(func() { sent = true })})
		if _, err := c.GetUser(t.Context(), "usr_1"); err == nil || sent || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: sent %v, %v", u, sent, err)
		}
	}
}

type never func()

func (f never) RoundTrip(*http.Request) (*http.Response, error) { f(); return nil, io.EOF }

// What a handler does to its session, another one never sees, however deep it is.
func TestClaimsAreACopy(t *testing.T) {
	env := newEnvironment(t)
	url, err := serve(t, scalekit.New(scalekit.Config{EnvironmentURL: env.URL, ResourceID: "res_1"}), io.Discard, func(ctx context.Context) (any, error) {
		s, err := scalekit.GetSession(ctx)
		if err != nil {
			return nil, err
		}
		said := fmt.Sprint(s.Claims["custom"], s.Roles, s.Permissions, s.Scopes, slices.Contains(s.Audience, "stolen"))
		for _, list := range [][]string{s.Roles, s.Permissions, s.Scopes, s.Audience} {
			list[0] = "stolen"
		}
		custom := s.Claims["custom"].(map[string]any)
		custom["list"].([]any)[0].(map[string]any)["deep"] = "stolen"
		custom["more"] = "stolen"
		s.Claims["sub"] = "stolen"
		return said, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	token := env.token(t, map[string]any{
		"custom": map[string]any{"list": []any{map[string]any{"deep": "own"}}}, "roles": []string{"editor"}, "permissions": []string{"read"}, "scope": "openid",
	})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 {
				if status, text := call(t, url, token); status != 200 || text != `"map[list:[map[deep:own]]] [editor] [read] [openid] false"` {
					t.Errorf("%d %s", status, text)
				}
			}
		})
	}
	wg.Wait()
}

// A token that another request drops while this one waits is fetched again, and no request goes without.
func TestTokenThatIsDropped(t *testing.T) {
	env := newEnvironment(t)
	env.mux.HandleFunc("GET /api/v1/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		switch auth := r.Header.Get("Authorization"); {
		case auth == "Bearer " || auth == "Bearer":
			t.Error("a request without a token")
		case env.tokens.Load() < 20 && auth == fmt.Sprintf("Bearer management-%d", env.tokens.Load()): // each is refused once
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"user":{"id":"u"}}`)
	})
	c := scalekit.NewClient(env.URL, "skc_1", "hush", nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 8 {
				_, _ = c.GetUser(t.Context(), "u") // some are refused twice, which is their answer
			}
		})
	}
	wg.Wait()
}

// A token is made for this server if it names the resource id; audiences that are given by hand are needed beside it, or in place of
// one that is not known.
func TestAudiences(t *testing.T) {
	env := newEnvironment(t)
	const url, id, other = "https://mcp.example.com/mcp", "res_1", "https://other.example.com/mcp"
	for _, tt := range []struct {
		id   string
		aud  []string
		good [][]string
		bad  [][]string
	}{
		{id, nil, [][]string{{id}, {url, id}, {other, id}}, [][]string{{url}, {other}, {}}},
		{id, []string{}, [][]string{{id}, {other, id}}, [][]string{{url}, {}}},
		{id, []string{url}, [][]string{{url, id}}, [][]string{{url}, {id}, {other, id}, {}}},
		{"", []string{url, "urn:x"}, [][]string{{url}, {"urn:x"}, {url, id}}, [][]string{{id}, {other}, {}}},
	} {
		at, err := serve(t, scalekit.New(scalekit.Config{EnvironmentURL: env.URL, ResourceID: tt.id, Audiences: tt.aud}), io.Discard, func(context.Context) (any, error) { return "in", nil })
		if err != nil {
			t.Fatal(err)
		}
		for status, list := range map[int][][]string{200: tt.good, 401: tt.bad} {
			for _, aud := range list {
				if got, text := call(t, at, env.token(t, map[string]any{"aud": aud})); got != status {
					t.Errorf("ResourceID %q and Audiences %q: %q is answered %d %s", tt.id, tt.aud, aud, got, text)
				}
			}
		}
	}
}
