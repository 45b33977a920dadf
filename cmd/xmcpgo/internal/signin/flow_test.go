package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// world is a server behind the stand-in, and a store of tokens.
type world struct {
	t      *testing.T
	env    *scalekitdev.StandIn
	server string
	store  *Store
	// asked counts the requests to the authorization server by path.
	asked   sync.Map
	browsed atomic.Int32
}

// newWorld serves one tool that needs nothing, and one that needs a scope.
func newWorld(t *testing.T, change func(*scalekitdev.Config)) *world {
	t.Helper()
	w := &world{t: t, store: &Store{Dir: t.TempDir()}}
	var app, env http.Handler
	appWeb := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { app.ServeHTTP(rw, r) }))
	t.Cleanup(appWeb.Close)
	envWeb := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		n, _ := w.asked.LoadOrStore(r.URL.Path, new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		env.ServeHTTP(rw, r)
	}))
	t.Cleanup(envWeb.Close)
	w.server = appWeb.URL + "/mcp"
	cfg := scalekitdev.Config{URL: envWeb.URL, Server: scalekitdev.Server{URL: w.server, Scopes: []string{"notes:write"}}}
	if change != nil {
		change(&cfg)
	}
	var err error
	if w.env, err = scalekitdev.New(cfg); err != nil {
		t.Fatal(err)
	}
	env = w.env.Handler()
	r := xmcp.NewRegistry()
	whoami := xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) { return xmcp.GetPrincipal(ctx).Subject, nil })
	for name, scopes := range map[string][]string{"whoami": nil, "save": {"notes:write"}} {
		r.AddTool(xmcp.ToolItem{Name: name, Description: "Tells who calls.", Metadata: xmcp.ToolMetadata{Scopes: scopes}, InputSchema: `{"type":"object"}`, Handler: whoami})
	}
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{scalekit.New(scalekit.Config{EnvironmentURL: envWeb.URL, ResourceID: "res_dev", BaseURL: appWeb.URL, RequiredScopes: []string{"openid"}})}
	})
	srv, err := xmcp.New(r, xmcp.Config{Name: "test", Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	app = srv.Handler()
	return w
}

func (w *world) count(path string) int {
	n, ok := w.asked.Load(path)
	if !ok {
		return 0
	}
	return int(n.(*atomic.Int32).Load())
}

var hidden = regexp.MustCompile(`name="(request|csrf)" value="([^"]+)"`)

// browse signs a person in, as a browser would; an empty one says no.
func (w *world) browse(person string) func(string) error {
	return func(page string) error {
		w.browsed.Add(1)
		go func() {
			res, err := http.Get(page)
			if err != nil {
				return // the test fails for want of an answer
			}
			text, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			form := url.Values{"person": {person}, "decision": {"allow"}}
			if person == "" {
				form.Set("decision", "deny")
			}
			for _, m := range hidden.FindAllStringSubmatch(string(text), -1) {
				form.Set(m[1], m[2])
			}
			address, _, _ := strings.Cut(page, "?")
			if res, err := http.PostForm(address, form); err == nil {
				_ = res.Body.Close()
			}
		}()
		return nil
	}
}

func (w *world) transport(person string) *Transport {
	return &Transport{Server: w.server, Store: w.store, Browse: w.browse(person), Patience: 20 * time.Second}
}

// call calls a tool and returns its text.
func (w *world) call(tr *Transport, tool string) (string, error) {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`, tool)
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	for name, v := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool} {
		req.Header.Set(name, v)
	}
	res, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	var reply struct {
		Result struct{ Content []struct{ Text string } }
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(raw, &reply); err != nil || len(reply.Result.Content) == 0 {
		return "", fmt.Errorf("status %d: %s", res.StatusCode, raw)
	}
	return reply.Result.Content[0].Text, nil
}

func (w *world) mustCall(tr *Transport, tool, want string) {
	w.t.Helper()
	if got, err := w.call(tr, tool); err != nil || got != want {
		w.t.Fatalf("%s says %q (%v), want %q", tool, got, err, want)
	}
}

const tokenPath = "/resources/res_dev/oauth/token"

func TestSignInOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.mustCall(w.transport("usr_alice@org_acme"), "whoami", "usr_alice")
	// Another process finds the token.
	w.mustCall(w.transport("usr_bob@org_acme"), "whoami", "usr_alice")
	if n := w.browsed.Load(); n != 1 {
		t.Errorf("%d sign-ins, want 1", n)
	}
	info, err := os.Stat(w.store.path(w.server))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the tokens have mode %v, want 0600", info.Mode())
	}
	entries, err := os.ReadDir(w.store.Dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the store has %v (%v), want the tokens alone", entries, err)
	}
}

func TestRefresh(t *testing.T) {
	w := newWorld(t, nil)
	w.mustCall(w.transport("usr_alice@org_acme"), "whoami", "usr_alice")
	w.expire()
	// Many processes find the token expired at once; a refresh token that is used twice ends the grant.
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			tr := w.transport("usr_bob@org_acme")
			if got, err := w.call(tr, "whoami"); err != nil || got != "usr_alice" {
				t.Errorf("whoami says %q (%v)", got, err)
			}
		})
	}
	all.Wait()
	if n := w.count(tokenPath); n != 2 {
		t.Errorf("%d requests for tokens, want 2: the sign-in and one refresh", n)
	}
	if n := w.browsed.Load(); n != 1 {
		t.Errorf("%d sign-ins, want 1", n)
	}
}

// expire makes the kept token look expired.
func (w *world) expire() {
	w.t.Helper()
	g, err := w.store.load(w.server)
	if err != nil || g == nil {
		w.t.Fatalf("no tokens: %v", err)
	}
	g.ExpiresAt = time.Now().Add(-time.Minute)
	if err := w.store.save(g); err != nil {
		w.t.Fatal(err)
	}
}

func TestSignInAgain(t *testing.T) {
	tests := map[string]func(*world){
		"the grant was withdrawn": func(w *world) { w.env.EndSessions("usr_alice"); w.expire() },
		"the file is damaged": func(w *world) {
			if err := os.WriteFile(w.store.path(w.server), []byte("{"), 0o600); err != nil {
				w.t.Fatal(err)
			}
		},
		"the token was forgotten": func(w *world) {
			if ok, err := w.store.Forget(w.server); !ok || err != nil {
				w.t.Fatalf("forget: %v %v", ok, err)
			}
		},
		"the token is of another server": func(w *world) {
			g, _ := w.store.load(w.server)
			raw, _ := json.Marshal(g)
			if err := os.WriteFile(w.store.path(w.server), []byte(strings.ReplaceAll(string(raw), `"server":"`, `"server":"x`)), 0o600); err != nil {
				w.t.Fatal(err)
			}
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.mustCall(w.transport("usr_alice@org_acme"), "whoami", "usr_alice")
			spoil(w)
			w.mustCall(w.transport("usr_bob@org_acme"), "whoami", "usr_bob")
		})
	}
}

// An authorization server that is busy has not ended the grant: nobody has to sign in again for that.
func TestBusyAuthorizationServer(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusServiceUnavailable} {
		w := newWorld(t, nil)
		w.mustCall(w.transport("usr_alice@org_acme"), "whoami", "usr_alice")
		w.expire()
		tr := w.transport("usr_bob@org_acme")
		tr.Base = busy{status}
		if _, err := w.call(tr, "whoami"); err == nil || !strings.Contains(err.Error(), "renew the token") || w.browsed.Load() != 1 {
			t.Errorf("status %d: %v, %d sign-ins", status, err, w.browsed.Load())
		}
		w.mustCall(w.transport("usr_bob@org_acme"), "whoami", "usr_alice")
	}
}

// busy answers the token endpoint with a status.
type busy struct{ status int }

func (b busy) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/oauth/token") {
		return &http.Response{StatusCode: b.status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestRefusedTokenIsRenewed(t *testing.T) {
	w := newWorld(t, nil)
	w.mustCall(w.transport("usr_alice@org_acme"), "whoami", "usr_alice")
	g, err := w.store.load(w.server)
	if err != nil {
		t.Fatal(err)
	}
	g.AccessToken = "spoilt" // in time, yet refused
	if err := w.store.save(g); err != nil {
		t.Fatal(err)
	}
	w.mustCall(w.transport("usr_bob@org_acme"), "whoami", "usr_alice")
	if n := w.browsed.Load(); n != 1 {
		t.Errorf("%d sign-ins, want 1: the refresh token was good", n)
	}
}

func TestStepUp(t *testing.T) {
	w := newWorld(t, nil)
	tr := w.transport("usr_alice@org_acme")
	w.mustCall(tr, "whoami", "usr_alice")
	g, err := w.store.load(w.server)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(g.Scope, "notes:write") {
		t.Fatalf("the first token has all scopes, %q: there is nothing to step up to", g.Scope)
	}
	w.mustCall(tr, "save", "usr_alice")
	if g, err = w.store.load(w.server); err != nil || !strings.Contains(g.Scope, "notes:write") || !strings.Contains(g.Scope, "openid") {
		t.Errorf("scopes %q (%v), want those from before and notes:write", g.Scope, err)
	}
}

func TestSignInFails(t *testing.T) {
	t.Run("denied", func(t *testing.T) {
		w := newWorld(t, nil)
		w.fails(w.transport(""), "the sign-in was denied")
	})
	t.Run("nobody comes", func(t *testing.T) {
		w := newWorld(t, func(c *scalekitdev.Config) {})
		w.env.NoSignInMethod(true)
		tr := w.transport("")
		tr.Browse, tr.Patience = func(string) error { return nil }, 50*time.Millisecond
		w.fails(tr, "no authentication method is enabled")
	})
	t.Run("no browser", func(t *testing.T) {
		w := newWorld(t, nil)
		tr := w.transport("")
		tr.Browse = nil
		w.fails(tr, ErrNoBrowser.Error())
	})
	t.Run("unknown client id", func(t *testing.T) {
		w := newWorld(t, nil)
		tr := w.transport("usr_alice@org_acme")
		tr.ClientID, tr.Patience = "unknown", 300*time.Millisecond
		w.fails(tr, "nobody has signed in in time")
	})
}

func (w *world) fails(tr *Transport, want string) {
	w.t.Helper()
	got, err := w.call(tr, "whoami")
	if err == nil || !strings.Contains(err.Error(), want) {
		w.t.Errorf("whoami says %q, error %v; want an error with %q", got, err, want)
	}
	if g, _ := w.store.load(w.server); g != nil {
		w.t.Error("something was kept")
	}
}

func TestRegisteredClient(t *testing.T) {
	w := newWorld(t, nil)
	w.env.RegisterClient("cli", "", "Command line", "http://127.0.0.1:1/callback")
	tr := w.transport("usr_alice@org_acme")
	tr.ClientID = "cli"
	w.mustCall(tr, "whoami", "usr_alice")
	if n := w.count("/api/v1/resources/res_dev/clients:register"); n != 0 {
		t.Errorf("%d registrations, want none", n)
	}
}
