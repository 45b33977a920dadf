package xmcptest

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Era is a generation of the protocol.
type Era string

// The eras, by the newest revision that each of them speaks.
const (
	Legacy Era = "2025-11-25"
	Modern Era = "2026-07-28"
)

// shutdownTimeout is how long a server of a test may take to stop.
const shutdownTimeout = 10 * time.Second

// Client calls a server as an MCP client does.
type Client struct {
	t         testing.TB
	eras      []Era
	principal *xmcp.Principal
	header    http.Header
	answers   func(Question) Answer
	standIn   bool
	links     map[Era]link // how each era reaches the server
}

// link sends one message to the server and returns what came back.
type link interface {
	// exchange sends a request and collects its notifications and its response.
	exchange(ctx context.Context, c *Client, era Era, m message) (*reply, error)
}

type options struct {
	config    xmcp.Config
	stdio     bool
	principal *xmcp.Principal
	standIn   bool
	header    http.Header
	eras      []Era
	answers   func(Question) Answer
}

// Option changes how [New] serves and calls.
type Option func(*options)

// WithConfig serves with a configuration in place of the zero one.
func WithConfig(cfg xmcp.Config) Option { return func(o *options) { o.config = cfg } }

// OverStdio speaks over the streams of the stdio transport in place of HTTP.
func OverStdio() Option { return func(o *options) { o.stdio = true } }

// WithHeader adds a header to every HTTP request, such as Authorization for the authenticator of the app.
func WithHeader(name, value string) Option { return func(o *options) { o.header.Add(name, value) } }

// As makes every call in the name of a principal, whom the server takes as authenticated. With nil the server refuses every
// call; [Client.As] then names callers one by one.
func As(p *xmcp.Principal) Option {
	return func(o *options) { o.principal, o.standIn = p, true }
}

// In makes calls in the given eras only.
func In(eras ...Era) Option { return func(o *options) { o.eras = slices.Clone(eras) } }

// New serves a registry and returns a client of it. The server stops when the test ends; it is an error of the test if it
// does not stop cleanly. What the server logs is the test's output.
func New(t testing.TB, r *xmcp.Registry, opts ...Option) *Client {
	t.Helper()
	o := options{header: http.Header{}, eras: []Era{Legacy, Modern}}
	for _, opt := range opts {
		opt(&o)
	}
	for _, era := range o.eras {
		if era != Legacy && era != Modern {
			t.Fatalf("xmcptest: unknown era %q", era)
		}
	}
	if o.stdio && (o.standIn || len(o.header) > 0) {
		t.Fatalf("xmcptest: the stdio transport knows neither principals nor headers")
	}
	o.config.Stdio = o.stdio
	if o.config.Logger == nil {
		o.config.Logger = testLogger(t, o.config.LogLevel)
	}
	if o.standIn {
		r = withStandIn(r)
	}
	srv, err := xmcp.New(r, o.config)
	if err != nil {
		t.Fatalf("xmcptest: the server does not start: %v", err)
	}
	c := &Client{t: t, eras: o.eras, principal: o.principal, header: o.header, answers: o.answers, standIn: o.standIn, links: map[Era]link{}}
	if o.stdio {
		l := dialStdio(t, srv, o.answers)
		c.links[Legacy], c.links[Modern] = l, l
		return c
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatalf("xmcptest: the server does not start: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("xmcptest: the server does not stop: %v", err)
		}
	})
	url := endpointURL(o.config)
	c.links[Modern] = &httpModern{srv.Handler(), url}
	c.links[Legacy] = &httpLegacy{handler: srv.Handler(), url: url, sessions: map[*xmcp.Principal]*session{}}
	return c
}

// In returns a client of the same server that makes each call in the given eras only.
func (c *Client) In(eras ...Era) *Client {
	d := *c
	d.eras = slices.Clone(eras)
	return &d
}

// As returns a client of the same server that calls in the name of another principal. [New] must have been given the option
// [As].
func (c *Client) As(p *xmcp.Principal) *Client {
	c.t.Helper()
	if !c.standIn {
		c.t.Fatalf("xmcptest: New was not given the option As, so nobody can be named")
	}
	d := *c
	d.principal = p
	return &d
}

// With returns a client that reports to another test, such as a subtest.
func (c *Client) With(t testing.TB) *Client {
	d := *c
	d.t = t
	return &d
}
