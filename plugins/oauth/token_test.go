package oauth

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

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
