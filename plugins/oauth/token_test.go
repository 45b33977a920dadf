package oauth

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Requests at the same time read one remembered token, and a Principal of an app's own may have kept a copy of it. Each list is
// nobody else's, also that of a claim which is empty.
func TestListsOfATokenAreApart(t *testing.T) {
	now := time.Now()
	p, _, sign := withOneKey(t, &now)
	p.cfg.Principal = func(t *Token) (*xmcp.Principal, error) {
		own := *t
		roles, _ := own.Strings("roles")
		permissions, _ := t.Strings("permissions")
		return &xmcp.Principal{Subject: own.Subject, Scopes: roles, Permissions: permissions, Value: &own}, nil
	}
	k, err := p.recognize(sign(jwt.MapClaims{"sub": "usr_1", "scope": "a b", "roles": []string{"viewer"}, "permissions": []string{"read"}, "none": []string{}}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := [][]string{k.principal.Scopes, k.principal.Permissions}, [][]string{{"viewer"}, {"read"}}; !cmp.Equal(got, want) {
		t.Errorf("a copy and its original read %v, want %v", got, want)
	}
	var all sync.WaitGroup
	for _, token := range []*Token{&k.token, k.principal.Value.(*Token)} {
		for range 4 {
			for claim, want := range map[string][]string{"roles": {"viewer"}, "permissions": {"read"}, "none": {}, "absent": nil} {
				all.Go(func() {
					for range 100 {
						if got, ok := token.Strings(claim); !ok || !slices.Equal(got, want) || (got == nil) != (want == nil) {
							t.Errorf("%s is %#v, want %#v", claim, got, want)
							return
						}
					}
				})
			}
		}
	}
	all.Wait()
}

// What a test makes of claims is what a request has.
func TestNewToken(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	p, _, sign := withOneKey(t, &now)
	claims := jwt.MapClaims{"sub": "usr_1", "jti": "1", "azp": "app", "scope": "a b", "scopes": []string{"c"}, "iat": now.Unix(), "custom": map[string]any{"seats": []int{1, 2}}}
	k, err := p.recognize(sign(claims)) // which adds the others
	if err != nil {
		t.Fatal(err)
	}
	made, err := NewToken(claims)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&k.token, made, cmpopts.IgnoreUnexported(Token{})); diff != "" || !cmp.Equal(k.token.Claims(), made.Claims()) {
		t.Errorf("claims %v, and besides\n%s", made.Claims(), diff)
	}
	made.Claims()["custom"].(map[string]any)["seats"] = "none"
	if got, want := made.Claims()["custom"], map[string]any{"seats": []any{1.0, 2.0}}; !cmp.Equal(got, want) {
		t.Errorf("a caller has changed the claims of all: %v", got)
	}
	for name, claims := range map[string]map[string]any{
		"sub": {"sub": 1}, "scope": {"scope": 1}, "scopes": {"scopes": []any{1}}, "exp": {"exp": "soon"}, "no JSON": {"f": func() {}},
	} {
		if made, err := NewToken(claims); err == nil || made != nil {
			t.Errorf("%s: %v, %v", name, made, err)
		}
	}
	if made, err := NewToken(nil); err != nil || made.Subject != "" {
		t.Errorf("no claims: %v, %v", made, err)
	}
}
