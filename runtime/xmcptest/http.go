package xmcptest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// endpointURL is an address of the endpoint whose host the server allows.
func endpointURL(cfg xmcp.Config) string {
	host, endpoint := "localhost", cfg.Endpoint
	if endpoint == "" {
		endpoint = xmcp.DefaultEndpoint
	}
	bound, _, _ := net.SplitHostPort(cfg.Addr)
	if ip := net.ParseIP(bound); cfg.Addr != "" && bound != "localhost" && !(ip != nil && ip.IsLoopback()) {
		if u, err := url.Parse(cfg.BaseURL); err == nil && u.Host != "" {
			host = u.Host
		} else if len(cfg.AllowedHosts) > 0 {
			host = strings.ReplaceAll(cfg.AllowedHosts[0], "*", "test")
		}
	}
	return "http://" + host + endpoint
}

// route is where and with which headers a client posts.
type route struct {
	handler http.Handler
	url     string
	header  http.Header
}

// request posts one message. The caller closes the body.
func (rt route) request(ctx context.Context, c *Client, body []byte) *http.Response {
	header := http.Header{
		"Content-Type": {"application/json"},
		"Accept":       {"application/json, text/event-stream"},
	}
	for _, more := range []http.Header{c.header, rt.header} {
		for name, values := range more {
			header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return roundTrip(withCaller(ctx, c.principal), rt.handler, http.MethodPost, rt.url, header, bytes.NewReader(body))
}

// post sends a message and reads what comes back.
func (rt route) post(ctx context.Context, c *Client, m message, era Era, id int) (*reply, http.Header, error) {
	body, err := m.encode(era, id, capabilities(c.answers))
	if err != nil {
		return nil, nil, fmt.Errorf("encode the request: %w", err)
	}
	resp := rt.request(ctx, c, body)
	defer resp.Body.Close()
	if m.notify {
		return &reply{}, resp.Header, accepted(resp)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		r, err := rt.follow(ctx, c, resp.Body, &reply{era: era, method: m.method}, id)
		return r, resp.Header, err
	}
	r, err := readReply(resp, &reply{era: era, method: m.method}, id)
	return r, resp.Header, err
}

// accepted checks the answer to a message that is no request.
func accepted(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusAccepted || len(body) > 0) {
		err = fmt.Errorf("a message was answered with %s %s, not with 202 and no body", resp.Status, body)
	}
	return err
}

// follow reads a stream up to the response, and answers the questions in it by requests of their own.
func (rt route) follow(ctx context.Context, c *Client, stream io.Reader, r *reply, id int) (*reply, error) {
	return r, events(stream, func(data []byte) (bool, error) {
		done, question, err := r.take(data, id)
		if err != nil || question == nil {
			return done, err
		}
		body, err := respond(c.answers, question)
		if err != nil {
			return false, err
		}
		resp := rt.request(ctx, c, body)
		defer resp.Body.Close()
		return false, accepted(resp)
	})
}

func readReply(resp *http.Response, r *reply, id int) (*reply, error) {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if !json.Valid(body) && resp.StatusCode < 400 {
		return nil, fmt.Errorf("the server answered %s %q", resp.Status, body)
	}
	if _, _, err := r.take(body, id); err != nil {
		if resp.StatusCode < 400 || errors.Is(err, errSchema) {
			return nil, err
		}
		// Refusals before the MCP endpoint, such as those of an authenticator, are no JSON-RPC messages.
		r.err = &Error{Message: string(bytes.TrimSpace(body))}
	}
	if r.err != nil {
		r.err.Status = resp.StatusCode
	}
	return r, nil
}

// httpModern makes each request for itself.
type httpModern struct {
	handler http.Handler
	url     string
}

func (l *httpModern) exchange(ctx context.Context, c *Client, _ Era, m message) (*reply, error) {
	extra := http.Header{"Mcp-Protocol-Version": {string(Modern)}, "Mcp-Method": {m.method}}
	if m.name != "" {
		extra["Mcp-Name"] = []string{headerValue(m.name)}
	}
	r, _, err := route{l.handler, l.url, extra}.post(ctx, c, m, Modern, 1)
	return r, err
}

// headerValue wraps what a header cannot carry as it is (MCP 2026-07-28, basic/transports/streamable-http, header encoding).
func headerValue(s string) string {
	plain := strings.TrimSpace(s) == s && !strings.HasPrefix(s, "=?base64?")
	for _, b := range []byte(s) {
		plain = plain && b >= ' ' && b < 0x7f
	}
	if plain {
		return s
	}
	return "=?base64?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

// httpLegacy keeps one client session for each principal, opened at its first request.
type httpLegacy struct {
	handler http.Handler
	url     string

	mu       sync.Mutex
	sessions map[*xmcp.Principal]*session
}

type session struct {
	open   sync.Once
	id     string
	err    error
	refuse *Error // the handshake was refused
	last   atomic.Int64
}

func (l *httpLegacy) session(ctx context.Context, c *Client) *session {
	l.mu.Lock()
	s := l.sessions[c.principal]
	if s == nil {
		s = &session{}
		l.sessions[c.principal] = s
	}
	l.mu.Unlock()
	s.open.Do(func() { s.err = l.begin(ctx, c, s) })
	return s
}

// begin is the handshake; it also asks for all log messages.
func (l *httpLegacy) begin(ctx context.Context, c *Client, s *session) error {
	r, header, err := route{l.handler, l.url, nil}.post(ctx, c, handshake(capabilities(c.answers)), Legacy, 0)
	if err != nil {
		return err
	}
	if s.refuse = r.err; s.refuse != nil {
		return nil
	}
	s.id = header.Get("Mcp-Session-Id")
	for _, m := range []message{
		{method: "notifications/initialized", notify: true},
		{method: "logging/setLevel", params: map[string]any{"level": "debug"}},
	} {
		if r, err = l.send(ctx, c, s, m); err != nil {
			return fmt.Errorf("%s: %w", m.method, err)
		}
		if r.err != nil {
			return fmt.Errorf("%s: %w", m.method, r.err)
		}
	}
	return nil
}

func (l *httpLegacy) send(ctx context.Context, c *Client, s *session, m message) (*reply, error) {
	extra := http.Header{"Mcp-Protocol-Version": {string(Legacy)}}
	if s.id != "" {
		extra["Mcp-Session-Id"] = []string{s.id}
	}
	r, _, err := route{l.handler, l.url, extra}.post(ctx, c, m, Legacy, int(s.last.Add(1)))
	return r, err
}

func (l *httpLegacy) exchange(ctx context.Context, c *Client, _ Era, m message) (*reply, error) {
	s := l.session(ctx, c)
	if s.err != nil {
		return nil, fmt.Errorf("open a session: %w", s.err)
	}
	if s.refuse != nil {
		return &reply{err: s.refuse}, nil
	}
	return l.send(ctx, c, s, m)
}
