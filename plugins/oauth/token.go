package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Token is what a verified access token says. It is shared between requests, which may read it at the same time, and must not be
// changed; before [Config.Principal] has returned, one goroutine may read it. Its strings are pieces of one text.
type Token struct {
	Issuer, Subject string
	Audience        []string
	// ID is jti; ClientID is client_id, else azp. Either may be empty.
	ID, ClientID string
	// Scopes are those of scope (RFC 9068) and scopes, with what they imply.
	Scopes              []string
	IssuedAt, ExpiresAt time.Time

	payload string   // the claims, as JSON
	reading *reading // until the token is remembered
}

// reading is what a token has while it is read. Copies of the token share it, also its end.
type reading struct {
	decoded map[string]any
	room    []string // memory for lists
}

// NewToken makes a token of its claims as they are, without [Config.ScopeImplies]. It is for tests of what reads tokens, such as
// [Config.Principal]. Only claims of the wrong kind are an error; any may be absent, and none is checked.
func NewToken(claims map[string]any) (*Token, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	t := &Token{}
	if err := t.read(string(payload), nil); err != nil {
		return nil, err
	}
	if _, err := t.readTimes(); err != nil {
		return nil, err
	}
	t.close()
	return t, nil
}

// read reads all of a payload but its times. When there is an error, the token holds what could be read.
func (t *Token) read(payload string, implies map[string][]string) error {
	*t = Token{payload: payload, reading: &reading{room: make([]string, 0, 16)}}
	if err := json.Unmarshal([]byte(payload), &t.reading.decoded); err != nil {
		return errors.New("the claims are no JSON object")
	}
	var ok [5]bool
	t.Issuer, ok[0] = t.String("iss")
	t.Subject, ok[1] = t.String("sub")
	t.ID, ok[2] = t.String("jti")
	t.ClientID, ok[3] = t.String("client_id")
	if t.ClientID == "" {
		t.ClientID, _ = t.String("azp")
	}
	if t.Audience, ok[4] = t.Strings("aud"); slices.Contains(ok[:], false) {
		return errors.New("iss, sub, jti, client_id or aud is not of the kind it should be")
	}
	return t.readScopes(implies)
}

// close ends the reading: the token is small and does not change any more, nor do copies of it.
func (t *Token) close() {
	*t.reading = reading{}
	t.reading = nil
}

// readTimes sets the times and returns from when the token is valid, zero when that is not told.
func (t *Token) readTimes() (notBefore time.Time, err error) {
	claims := jwt.MapClaims(t.reading.decoded)
	exp, errExp := claims.GetExpirationTime()
	nbf, errNbf := claims.GetNotBefore()
	iat, errIat := claims.GetIssuedAt()
	if errExp != nil || errNbf != nil || errIat != nil {
		return notBefore, errors.New("exp, nbf or iat is no time")
	}
	if exp != nil {
		t.ExpiresAt = exp.Time
	}
	if nbf != nil {
		notBefore = nbf.Time
	}
	if iat != nil {
		t.IssuedAt = iat.Time
	}
	return notBefore, nil
}

// Claims returns all claims, as encoding/json decodes them, in a map of the caller's own. Each call decodes them, which takes some
// microseconds: the maps of thousands of remembered tokens would let the garbage collector hold up requests.
func (t *Token) Claims() map[string]any {
	var claims map[string]any
	_ = json.Unmarshal([]byte(t.payload), &claims) // it was read before
	return claims
}

func (t *Token) claim(name string) (v any, there bool) {
	var claims map[string]any
	if t.reading != nil {
		claims = t.reading.decoded
	}
	if claims == nil {
		claims = t.Claims()
	}
	v, there = claims[name]
	return v, there
}

// part returns a string that is in the payload as a piece of it, so that a remembered token is few objects.
func (t *Token) part(s string) string {
	if i := strings.Index(t.payload, s); i >= 0 {
		return t.payload[i : i+len(s)]
	}
	return s
}

// list returns a list to be filled. Those that are made while the token is read are, where there is room, one object.
func (t *Token) list(n int) []string {
	r := t.reading
	if r == nil || n == 0 || len(r.room)+n > cap(r.room) {
		return make([]string, n)
	}
	from := len(r.room)
	r.room = r.room[:from+n]
	return r.room[from : from+n : from+n]
}

// maxListed bounds lists of scopes, permissions and roles.
const maxListed = 1024

// Strings returns a claim that is a list of strings, or one string; ok is false when the claim is there and is neither, or has more
// than 1024 strings. An absent claim is nil. The list is the caller's own. A call takes as long as one of [Token.Claims].
func (t *Token) Strings(claim string) (list []string, ok bool) {
	v, _ := t.claim(claim)
	switch v := v.(type) {
	case nil:
		return nil, true
	case string:
		list := t.list(1)
		list[0] = t.part(v)
		return list, true
	case []any:
		if len(v) > maxListed {
			return nil, false
		}
		list := t.list(len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, false
			}
			list[i] = t.part(s)
		}
		return list, true
	}
	return nil, false
}

// String returns a claim that is a string; ok is false when it is there and is none. A call takes as long as one of [Token.Claims].
func (t *Token) String(claim string) (s string, ok bool) {
	v, there := t.claim(claim)
	if !there {
		return "", true
	}
	s, ok = v.(string)
	return t.part(s), ok
}

// StandardPrincipal makes a principal of the claims that are in general use: sub, org_id, client_id, scope, permissions.
func StandardPrincipal(t *Token) (*xmcp.Principal, error) {
	org, okOrg := t.String("org_id")
	permissions, okPerm := t.Strings("permissions")
	if !okOrg || !okPerm {
		return nil, errors.New("org_id or permissions is not of the kind it should be")
	}
	return &xmcp.Principal{
		Issuer: t.Issuer, Subject: t.Subject, Organization: org, Client: t.ClientID,
		Scopes: t.Scopes, Permissions: permissions, ExpiresAt: t.ExpiresAt, Value: t,
	}, nil
}

// ErrNoToken tells that the context belongs to no request that was authenticated here.
var ErrNoToken = errors.New("no token: this is not a call that was authenticated with OAuth")

// GetToken returns the token of the current call.
func GetToken(ctx context.Context) (*Token, error) {
	p := xmcp.GetPrincipal(ctx)
	if p == nil {
		return nil, ErrNoToken
	}
	t, ok := p.Value.(*Token)
	if !ok {
		return nil, ErrNoToken
	}
	return t, nil
}

// readScopes joins the two forms that scopes come in and adds what they imply.
func (t *Token) readScopes(implies map[string][]string) error {
	var scopes []string
	switch v, _ := t.claim("scope"); v := v.(type) {
	case nil:
	case string:
		scopes = strings.Fields(t.part(v))
	default:
		return errors.New("scope is no string")
	}
	more, ok := t.Strings("scopes")
	if !ok {
		return errors.New("scopes is no list of strings")
	}
	var all []string
	seen := map[string]bool{}
	var add func(list []string)
	add = func(list []string) {
		for _, s := range list {
			if !seen[s] && len(all) < maxListed {
				seen[s] = true
				all = append(all, s)
				add(implies[s])
			}
		}
	}
	add(scopes)
	add(more)
	if len(all) > 0 {
		t.Scopes = t.list(len(all))
		copy(t.Scopes, all)
	}
	return nil
}
