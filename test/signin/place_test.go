package signin

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/test/browser"
)

func TestMain(m *testing.M) {
	if to := os.Getenv(openVariable); to != "" {
		os.Exit(openPage(to, os.Args[len(os.Args)-1]))
	}
	os.Exit(browser.Main(m))
}

// place is a protected server, and the environment that protects it.
type place struct {
	env      *scalekitdev.StandIn
	issuer   string // the stand-in
	endpoint string // the server
	log      *journal

	mu      sync.Mutex
	callers []caller // of requests that came through
}

// caller is who made a request, by which client.
type caller struct{ person, client string }

// whoami is what the one tool of the server answers.
type whoami struct {
	User         string   `json:"user"`
	Organization string   `json:"organization"`
	Client       string   `json:"client"`
	Scopes       []string `json:"scopes"`
}

// open starts a place that ends with the test.
func open(t testing.TB, change func(*scalekitdev.Config)) *place {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &place{endpoint: "http://" + l.Addr().String() + "/mcp", log: &journal{}}
	p.standIn(t, change)
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{
		Name: "whoami", Description: "Tells who calls.", InputSchema: `{"type":"object"}`,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (whoami, error) {
			s, err := scalekit.GetSession(ctx)
			if err != nil {
				return whoami{}, err
			}
			return whoami{s.UserID, s.OrganizationID, s.ClientID, s.Scopes}, nil
		}),
	})
	plugin := scalekit.New(scalekit.Config{EnvironmentURL: p.issuer, ResourceID: "res_dev", Scopes: []string{"notes:read"}})
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{plugin, xmcp.PluginFunc("callers", p.listen)} })
	logger := slog.New(slog.NewTextHandler(p.log, nil))
	s, err := xmcp.New(r, xmcp.Config{Name: "protected", BaseURL: strings.TrimSuffix(p.endpoint, "/mcp"), Logger: logger, Audit: logger})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
		if t.Failed() {
			t.Logf("the server said:\n%s", p.log)
		}
	})
	return p
}

// listen notes who is let through.
func (p *place) listen(h *xmcp.Host) error {
	h.UseHTTP(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if who := xmcp.GetPrincipal(r.Context()); who != nil {
				p.mu.Lock()
				p.callers = append(p.callers, caller{who.Subject + "@" + who.Organization, who.Client})
				p.mu.Unlock()
			}
			next.ServeHTTP(w, r)
		})
	})
	return nil
}

// heard checks that the person, and nobody else, has made requests by a client whose id begins like this.
func (p *place) heard(t testing.TB, person, client string) {
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

// quiet checks that no request came through.
func (p *place) quiet(t testing.TB) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.callers) > 0 {
		t.Errorf("%v came through", p.callers)
	}
}

// standIn serves the environment.
func (p *place) standIn(t testing.TB, change func(*scalekitdev.Config)) {
	t.Helper()
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	cfg := scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{Name: "Protected notes", URL: p.endpoint, Scopes: []string{"notes:read", "notes:write"}}}
	if change != nil {
		change(&cfg)
	}
	var err error
	if p.env, err = scalekitdev.New(cfg); err != nil {
		t.Fatal(err)
	}
	handler, p.issuer = p.env.Handler(), web.URL
}

// journal keeps what a server or a program wrote, and passes it on to the output of the tests, where secrets are looked for.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.b.Write(p)
	return os.Stderr.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}
