package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// tokens is how many are in rotation.
const tokens = 1000

// issuer signs tokens and serves its key, as an environment of Scalekit does.
type issuer struct {
	url string
	key *rsa.PrivateKey
	web *http.Server
}

func newIssuer() (*issuer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i := &issuer{url: "http://" + l.Addr().String(), key: key}
	i.web = &http.Server{Handler: http.HandlerFunc(i.serveKeys), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = i.web.Serve(l) }()
	return i, nil
}

func (i *issuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig",
		"n": base64.RawURLEncoding.EncodeToString(i.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}

// sign makes the token of one user.
func (i *issuer) sign(user int) (string, error) {
	now := time.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": i.url, "aud": []string{"https://bench.example.com/mcp", "res_bench"},
		"sub": fmt.Sprintf("usr_%d", user), "jti": fmt.Sprintf("tkn_%d", user), "sid": fmt.Sprintf("ses_%d", user),
		"client_id": "skc_1", "oid": "org_1", "scope": "openid profile notes:read",
		"roles": []string{"editor"}, "permissions": []string{"notes:read", "notes:write"},
		"iat": now.Add(-time.Minute).Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(12 * time.Hour).Unix(),
	})
	t.Header["kid"] = "k1"
	return t.SignedString(i.key)
}

// signed returns calls that bring a token each, all of different users.
func (i *issuer) signed(version string, first, n int) ([][]byte, error) {
	var list [][]byte
	for user := range n {
		t, err := i.sign(first + user)
		if err != nil {
			return nil, err
		}
		list = append(list, call(version, "greet", greetArguments, "Authorization: Bearer "+t))
	}
	return list, nil
}

func (h *harness) withTokens(version string) ([][]byte, error) {
	return h.issuer.signed(version, 0, tokens)
}

// inSession opens a session and returns calls that belong to it.
func (h *harness) inSession() ([][]byte, error) {
	id, err := load.Header(h.servers["ours"].addr, request(legacy, "initialize", "", []byte(initialize)), "Mcp-Session-Id")
	if err != nil {
		return nil, err
	}
	var calls [][]byte
	for n := range 64 { // an id is in use while its request is
		body := fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"greet","arguments":%s}}`, 100+n, greetArguments)
		calls = append(calls, request(legacy, "tools/call", "greet", body, "Mcp-Session-Id: "+id))
	}
	return calls, nil
}
