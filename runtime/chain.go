package xmcp

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// JSON-RPC 2.0 error codes of answers that are given before a message is read.
const (
	codeInvalidRequest = -32600
	codeInternalError  = -32603
)

// chain is all that stands before the MCP endpoint: limits, host and origin, CORS, authentication, the plugins' middleware.
type chain struct {
	srv   *Server
	guard *guard
	inner http.Handler // the middleware of the plugins around the endpoint
	plain *endpoint    // the endpoint where there is no middleware, else nil
}

// buildHandler puts the chain together. The plugins have been set up.
func (s *Server) buildHandler() (http.Handler, error) {
	g, err := newGuard(s.cfg)
	if err != nil {
		return nil, err
	}
	plain, _ := s.life.inner.(*endpoint)
	return s.audit.watch(&chain{srv: s, guard: g, inner: s.life.inner, plain: plain}), nil
}

// ServeHTTP takes the one spelling of the endpoint to the MCP handler, so that no middleware has to decide on a path.
func (c *chain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	plain := r.URL.RawPath == ""
	switch at := r.URL.Path; {
	case plain && (at == healthPath || at == readyPath):
		c.srv.answerHealth(w, r)
		return
	case !c.admit(w, r):
		return
	default:
		defer c.srv.life.gate.leave()
		if plain && at == c.srv.cfg.Endpoint {
			c.serveEndpoint(w, r)
			return
		}
		c.serveRoute(w, r)
	}
}

// admit takes a slot or answers 503. A draining server lets in what may answer a question of a call in flight.
func (c *chain) admit(w http.ResponseWriter, r *http.Request) bool {
	switch c.srv.life.gate.enter() {
	case admitted:
		return true
	case refusedBusy:
		refuseBusy(w)
	case refusedStarting:
		refuse503(w, "1", "the server is starting")
	case refusedDraining:
		if r.Method == http.MethodPost && r.URL.Path == c.srv.cfg.Endpoint && c.srv.life.gate.enterToAnswer() {
			return true
		}
		refuseDraining(w)
	}
	return false
}

func refuseBusy(w http.ResponseWriter) { refuse503(w, "1", "the server is busy") }

// refuseParking refuses a stream: the client has too many (RFC 6585 section 4), or the server has.
func refuseParking(w http.ResponseWriter, err error) {
	if !errors.Is(err, errTooManyOfYour) {
		refuseBusy(w)
		return
	}
	w.Header().Set("Retry-After", "5")
	writeHTTPError(w, http.StatusTooManyRequests, codeInternalError, err.Error())
}

// refuseDraining sends a client to another server, or to this one once it is back.
func refuseDraining(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	refuse503(w, "5", "the server is shutting down")
}

// refuse503 refuses a request for now; after is the seconds in which to try again.
func refuse503(w http.ResponseWriter, after, text string) {
	w.Header().Set("Retry-After", after)
	writeHTTPError(w, http.StatusServiceUnavailable, codeInternalError, text)
}

func (c *chain) serveEndpoint(w http.ResponseWriter, r *http.Request) {
	aw, _ := w.(*auditedRequest) // nil without an auditor
	aw.expected()
	if reason := c.guard.checkHeaders(r); reason != "" {
		c.srv.log.Warn("request refused", "reason", reason, "host", bounded(r.Host), "origin", bounded(r.Header.Get("Origin")), "remote", r.RemoteAddr)
		aw.because(reason)
		writeHTTPError(w, http.StatusForbidden, codeInvalidRequest, reason)
		return
	}
	if origin := r.Header["Origin"]; len(origin) == 1 {
		allowOrigin(w.Header(), origin[0])
	}
	if r.Method == http.MethodOptions {
		answerOptions(w, r)
		return
	}
	if c.srv.auth != nil {
		p, err := c.authenticate(r)
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		aw.belongsTo(p)
		if c.plain != nil { // nobody in between asks the context
			c.plain.serve(w, r, p)
			return
		}
		r = r.WithContext(WithPrincipal(r.Context(), p))
	}
	c.inner.ServeHTTP(w, r)
}

func (c *chain) serveRoute(w http.ResponseWriter, r *http.Request) {
	if !c.guard.allowsHost(r.Host) {
		c.srv.log.Warn("request refused", "reason", "host not allowed", "host", bounded(r.Host), "remote", r.RemoteAddr)
		aw, _ := w.(*auditedRequest)
		aw.because("host not allowed")
		http.Error(w, "host not allowed", http.StatusForbidden)
		return
	}
	// The mux would redirect //mcp to /mcp; a path in another spelling is unknown instead.
	if p := path.Clean(r.URL.Path); p != r.URL.Path && p+"/" != r.URL.Path {
		http.NotFound(w, r)
		return
	}
	c.srv.life.routes.ServeHTTP(w, r)
}

// authenticate asks the authenticator. A panic and a missing principal are errors: nobody is let through by accident.
func (c *chain) authenticate(r *http.Request) (p *Principal, err error) {
	defer func() {
		if v := recover(); v != nil {
			c.srv.log.Error("authenticator panicked", "plugin", c.srv.authPlugin, "panic", v, "stack", string(debug.Stack()))
			p, err = nil, fmt.Errorf("authenticator panicked: %v", v)
		}
	}()
	p, err = c.srv.auth.Authenticate(r)
	if err == nil && p == nil {
		err = errors.New("authenticator returned neither a principal nor an error")
	}
	return p, err
}

// refuse answers a request that was not authenticated: with the challenge, or with 500 where the authenticator failed.
func (c *chain) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if ch, ok := errors.AsType[*Challenge](err); ok && (ch.Status == 0 || ch.Status >= 400 && ch.Status <= 599) {
		c.srv.log.Info("request refused", "reason", ch.reason(), "remote", r.RemoteAddr)
		aw, _ := w.(*auditedRequest)
		aw.because(ch.Reason)
		writeChallenge(w, ch)
		return
	}
	c.srv.log.Error("authentication failed", "plugin", c.srv.authPlugin, "error", err, "remote", r.RemoteAddr)
	w.Header().Set("Cache-Control", "no-store")
	writeHTTPError(w, http.StatusInternalServerError, codeInternalError, "authentication failed")
}

// writeChallenge answers as a challenge says. Refusals must not be cached (RFC 6750 section 5.3).
func writeChallenge(w http.ResponseWriter, c *Challenge) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	for name, values := range c.Header {
		for _, v := range values {
			h.Add(name, strings.NewReplacer("\r", "", "\n", "").Replace(v))
		}
	}
	status, body := c.Status, c.Body
	if status == 0 {
		status = http.StatusUnauthorized
	}
	if body == "" {
		body = `{"error":"unauthorized"}`
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// writeHTTPError answers with a JSON-RPC error that has no id, as the transport wants it for a message that was not read.
func writeHTTPError(w http.ResponseWriter, status, code int, message string) {
	if aw, ok := w.(*auditedRequest); ok {
		aw.because(message)
	}
	b := append([]byte(`{"jsonrpc":"2.0","error":{"code":`), strconv.Itoa(code)...)
	b = append(b, `,"message":`...)
	b = strconv.AppendQuote(b, message) // messages are plain ASCII, which Go and JSON quote alike
	b = append(b, "}}"...)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
