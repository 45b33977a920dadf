package attack

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

var greeting = toolCall("greet", map[string]any{"name": "Ada"})

func down(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) }

func TestKeysDown(t *testing.T) {
	e := newEnvironment(t)
	e.answer = down
	a := start(t, e)
	t.Run("row 22: no keys", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			a.log.take()
			a.expect(t, a.send(t, era, saving, bearing(e.alice(t, nil))), a.unavailable())
			if log := a.log.take(); !strings.Contains(log, "SCALEKIT_ENVIRONMENT_URL/keys") {
				t.Errorf("the log does not name the variable: %s", log)
			}
			a.expect(t, a.send(t, era, saving), a.noToken()) // who has no token is told to sign in nevertheless
		})
	})
}

func TestKeysThatChange(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	first := e.alice(t, nil)
	a.expectText(t, a.send(t, legacy, greeting, bearing(first)), "Hello")
	t.Run("row 23: keys down, but known", func(t *testing.T) {
		e.set(func() { e.answer = down })
		eras(t, func(t *testing.T, era string) {
			a.expectText(t, a.send(t, era, greeting, bearing(e.alice(t, nil))), "Hello")
		})
		e.set(func() { e.answer = nil })
	})
	t.Run("row 24: a new key, and the old one withdrawn", func(t *testing.T) {
		rotated, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		old := e.rsa
		e.set(func() { e.keys = []map[string]string{rsaKey("new", rotated, nil)} })
		e.rsa = rotated
		eras(t, func(t *testing.T, era string) {
			a.expectText(t, a.send(t, era, greeting, bearing(e.alice(t, func(h, _ map[string]any) { h["kid"] = "new" }))), "Hello")
			a.expect(t, a.send(t, era, saving, bearing(first)), a.invalid()) // remembered, but its key is gone
		})
		e.rsa = old
		eras(t, func(t *testing.T, era string) {
			a.expect(t, a.send(t, era, saving, bearing(e.alice(t, func(h, _ map[string]any) { h["kid"] = "new" }))), a.invalid())
		})
	})
	a.audit.take()
}

func TestFloodOfUnknownKeys(t *testing.T) {
	e := newEnvironment(t)
	a := start(t, e)
	good := e.alice(t, nil)
	a.expectText(t, a.send(t, legacy, greeting, bearing(good)), "Hello")
	t.Run("row 25: a flood of unknown keys", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			var before int
			e.set(func() { before = e.fetches })
			began := time.Now()
			var wg sync.WaitGroup
			for i := range 20 {
				made := e.alice(t, func(h, _ map[string]any) { h["kid"] = fmt.Sprint("made up ", i) })
				wg.Go(func() {
					for range 10 {
						if got := a.send(t, era, saving, bearing(made)); got.status != 401 {
							t.Errorf("status %d", got.status)
						}
					}
				})
			}
			for range 10 {
				if got := a.send(t, era, greeting, bearing(good)); got.status != 200 {
					t.Errorf("a good token is answered %d", got.status)
				}
			}
			wg.Wait()
			e.set(func() {
				if e.fetches > before+1 {
					t.Errorf("%d fetches", e.fetches-before)
				}
			})
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("200 refusals took %v", took)
			}
		})
	})
	a.audit.take()
}

func TestKeySetsThatAreNone(t *testing.T) {
	release := make(chan struct{})
	jsonOf := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}
	}
	for name, answer := range map[string]http.HandlerFunc{
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(bytes.Repeat([]byte(" "), 2<<20))
			_, _ = w.Write([]byte(`{"keys":[]}`))
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		},
		"elsewhere":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/oauth/token", http.StatusFound) },
		"malformed":    jsonOf(`{"keys":[`),
		"empty":        jsonOf(`{"keys":[]}`),
		"another type": jsonOf(`[]`),
		"many":         jsonOf(`{"keys":[` + strings.Repeat(`{},`, 1000) + `{}]}`),
		"a page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<p>Please sign in.</p>"))
		},
	} {
		t.Run("row 26: a key set that is "+name, func(t *testing.T) {
			e := newEnvironment(t)
			a := start(t, e)
			a.expectText(t, a.send(t, legacy, greeting, bearing(e.alice(t, nil))), "Hello") // waits for the keys, which a server that has started still fetches
			e.set(func() { e.answer = answer })
			made := e.alice(t, func(h, _ map[string]any) { h["kid"] = "made up" })
			refused := make(chan reply, 1)
			go func() { refused <- a.send(t, legacy, saving, bearing(made)) }() // asks for the keys again
			eras(t, func(t *testing.T, era string) {
				if got := a.send(t, era, greeting, bearing(e.alice(t, nil))); !strings.HasPrefix(got.text(), "Hello") {
					t.Errorf("the old keys are gone: %+v", got)
				}
			})
			if name == "slow" {
				close(release)
			}
			if got := <-refused; got.status != 401 || got.header.Get("WWW-Authenticate") != a.invalid().challenge {
				t.Errorf("got %+v", got)
			}
			if log := a.log.take(); !strings.Contains(log, "fetching the issuer's keys failed") {
				t.Errorf("the log says nothing: %s", log)
			}
		})
	}
}

func TestRevokedTokens(t *testing.T) {
	var mu sync.Mutex
	revoked, err := false, error(nil)
	set := func(r bool, e error) { mu.Lock(); defer mu.Unlock(); revoked, err = r, e }
	e := newEnvironment(t)
	a := startWith(t, e, func(url string) xmcp.Plugin {
		return scalekit.New(scalekit.Config{EnvironmentURL: e.url, ResourceID: "res_dev", BaseURL: url, IsRevoked: func(_ context.Context, id string) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			if id == "panics" {
				panic("in the list of revoked tokens")
			}
			return revoked, err
		}})
	})
	token := e.alice(t, nil)
	t.Run("row 31: revoked after it was used", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			set(false, nil)
			a.expectText(t, a.send(t, era, greeting, bearing(token)), "Hello")
			set(true, nil)
			a.expect(t, a.send(t, era, saving, bearing(token)), a.invalid())
		})
	})
	t.Run("row 31: the list cannot be asked", func(t *testing.T) {
		set(false, errors.New("no answer"))
		eras(t, func(t *testing.T, era string) { a.expect(t, a.send(t, era, saving, bearing(token)), a.unavailable()) })
		set(false, nil)
	})
	t.Run("row 43: the check panics", func(t *testing.T) {
		panics := e.alice(t, func(_, c map[string]any) { c["jti"] = "panics" })
		eras(t, func(t *testing.T, era string) {
			a.log.take()
			got := a.send(t, era, saving, bearing(panics))
			if want := `{"jsonrpc":"2.0","error":{"code":-32603,"message":"authentication failed"}}`; got.status != 500 || got.body != want || got.header.Get("WWW-Authenticate") != "" || got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("got %+v", got)
			}
			if log := a.log.take(); !strings.Contains(log, "in the list of revoked tokens") || !strings.Contains(log, "keys_test.go") {
				t.Errorf("the log has no stack: %s", log)
			}
			a.audit.take()
			a.expectText(t, a.send(t, era, greeting, bearing(token)), "Hello")
		})
	})
	a.untouched(t)
}
