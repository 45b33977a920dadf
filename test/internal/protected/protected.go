// Package protected is, for tests, a server that the plugin scalekit protects, with the stand-in that protects it.
package protected

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Place is a protected server, and the environment that protects it.
type Place struct {
	Env      *scalekitdev.StandIn
	Issuer   string // the stand-in
	Endpoint string // the server

	log     journal.Journal
	mu      sync.Mutex
	callers []caller // of requests that came through
}

// caller is who made a request, by which client, sign-in and token.
type caller struct{ person, client, session, token string }

// Caller is what the tools of the server answer.
type Caller struct {
	User         string   `json:"user"`
	Organization string   `json:"organization"`
	Client       string   `json:"client"`
	Scopes       []string `json:"scopes"`
}

// Open starts a place that ends with the test. Its tools are whoami, and write, which takes the scope notes:write.
func Open(t testing.TB, change func(*scalekitdev.Config)) *Place {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := StandIn(t, "http://"+l.Addr().String()+"/mcp", change)
	r := xmcp.NewRegistry()
	whoami := xmcp.HandleToolNoInput(func(ctx context.Context) (Caller, error) {
		s, err := scalekit.GetSession(ctx)
		if err != nil {
			return Caller{}, err
		}
		return Caller{s.UserID, s.OrganizationID, s.ClientID, s.Scopes}, nil
	})
	r.AddTool(xmcp.ToolItem{Name: "whoami", Description: "Tells who calls.", InputSchema: `{"type":"object"}`, Handler: whoami})
	r.AddTool(xmcp.ToolItem{
		Name: "write", Description: "Tells who writes.", InputSchema: `{"type":"object"}`, Handler: whoami,
		Metadata: xmcp.ToolMetadata{Scopes: []string{"notes:write"}},
	})
	plugin := scalekit.New(scalekit.Config{EnvironmentURL: p.Issuer, ResourceID: "res_dev", Scopes: []string{"notes:read"}})
	r.Use(func() []xmcp.Plugin {
		return []xmcp.Plugin{plugin, xmcp.PluginFunc("callers", func(h *xmcp.Host) error { return p.listen(t, h) })}
	})
	p.log.Also = os.Stderr
	logger := slog.New(slog.NewTextHandler(&p.log, nil))
	s, err := xmcp.New(r, xmcp.Config{Name: "protected", BaseURL: strings.TrimSuffix(p.Endpoint, "/mcp"), Logger: logger, Audit: logger})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // it serves until clients have said goodbye
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
		if t.Failed() {
			t.Logf("the server said:\n%s", &p.log)
		}
	})
	p.waitUntilReady(t)
	return p
}

// waitUntilReady returns when calls are accepted: the server listens before it has started.
func (p *Place) waitUntilReady(t testing.TB) {
	t.Helper()
	for range 1000 {
		res, err := http.Get(strings.TrimSuffix(p.Endpoint, "/mcp") + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the server does not become ready")
}

// listen notes who is let through, and has what they are sent checked against the official schemas.
func (p *Place) listen(t testing.TB, h *xmcp.Host) error {
	h.UseHTTP(func(next http.Handler) http.Handler {
		next = overhear.Handler(t, "/mcp", next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s, err := scalekit.GetSession(r.Context()); err == nil {
				p.mu.Lock()
				p.callers = append(p.callers, caller{s.UserID + "@" + s.OrganizationID, s.ClientID, s.SessionID, s.TokenID})
				p.mu.Unlock()
			}
			next.ServeHTTP(w, r)
		})
	})
	return nil
}

// Heard checks that the person, and nobody else, has made requests by a client whose id begins like this.
func (p *Place) Heard(t testing.TB, person, client string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.callers) == 0 {
		t.Errorf("no request came through; want some of %s", person)
	}
	for _, c := range p.callers {
		if c.person != person || !strings.HasPrefix(c.client, client) {
			t.Errorf("%s has called by %s; want %s by %s", c.person, c.client, person, client)
		}
	}
}

// Count tells by how many sign-ins requests were made, and with how many tokens.
func (p *Place) Count() (signIns, tokens int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sessions, ids := map[string]bool{}, map[string]bool{}
	for _, c := range p.callers {
		sessions[c.session], ids[c.token] = true, true
	}
	return len(sessions), len(ids)
}

// Quiet checks that no request came through.
func (p *Place) Quiet(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.callers) > 0 {
		t.Errorf("%v came through", p.callers)
	}
}

// StandIn is a place without a server, for clients that go no further than its sign-in.
func StandIn(t testing.TB, endpoint string, change func(*scalekitdev.Config)) *Place {
	t.Helper()
	p := &Place{Endpoint: endpoint}
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	cfg := scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{Name: "Protected notes", URL: endpoint, Scopes: []string{"notes:read", "notes:write"}}}
	if change != nil {
		change(&cfg)
	}
	var err error
	if p.Env, err = scalekitdev.New(cfg); err != nil {
		t.Fatal(err)
	}
	handler, p.Issuer = p.Env.Handler(), web.URL
	return p
}
