package proxy

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"slices"
	"sync"
)

// Config says what a proxy is for. The zero value passes everything on.
type Config struct {
	// Endpoint is the path of the MCP endpoint. Requests there that cannot be passed on are answered by JSON-RPC errors.
	Endpoint string
}

// Proxy is an [http.Handler] that passes requests on to the current backend. It is safe for concurrent use.
type Proxy struct {
	cfg     Config
	reverse *httputil.ReverseProxy

	mu      sync.RWMutex
	current *Backend
	old     []*Backend // not closed yet
	outage  Outage     // while there is no current one
}

// maxHeader bounds what a backend answers before the body.
const maxHeader = 1 << 20

// New returns a proxy without a backend.
func New(cfg Config) *Proxy {
	p := &Proxy{cfg: cfg, outage: Outage{Reason: "the app is not built yet"}}
	p.reverse = &httputil.ReverseProxy{
		Rewrite:       rewrite,
		Transport:     roundTripper{p},
		FlushInterval: -1, // each event goes out at once
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler:  p.failed,
	}
	return p
}

// rewrite keeps what the client has said, the host above all: it is the app that judges it.
func rewrite(r *httputil.ProxyRequest) {
	r.Out.Host = r.In.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		if v := r.In.Header.Values(name); len(v) > 0 {
			r.Out.Header[name] = slices.Clone(v)
		}
	}
}

// Switch makes b the backend of all further requests and returns the one before. Without a backend (nil) requests are
// answered with the outage.
func (p *Proxy) Switch(b *Backend) (before *Backend) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before = p.current
	p.current = b
	p.old = slices.DeleteFunc(p.old, (*Backend).gone)
	if before != nil && before != b {
		p.old = append(p.old, before)
	}
	return before
}

// Fail says what keeps a backend from being there.
func (p *Proxy) Fail(o Outage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outage = o
}

// Serving tells whether there is a backend.
func (p *Proxy) Serving() bool { return p.now() != nil }

func (p *Proxy) now() *Backend {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.current
}

// enter counts a request as waiting for the current backend, before another one can take its place.
func (p *Proxy) enter() *Backend {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.current != nil {
		p.current.waiting.Add(1)
	}
	return p.current
}

// before are the backends that may still have calls in flight.
func (p *Proxy) before() []*Backend {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(p.old), (*Backend).gone)
}

// ServeHTTP passes a request on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := buffer(w, r)
	if err != nil {
		w.Header().Set("Connection", "close")
		p.answer(w, r, http.StatusBadRequest, "the body could not be read", nil)
		return
	}
	if body != nil && r.URL.Path == p.cfg.Endpoint && r.Header.Get("Mcp-Session-Id") != "" && concernsACall(body) {
		p.tell(r, body)
	}
	p.reverse.ServeHTTP(w, r)
}

// errNoBackend is a request while nothing serves.
var errNoBackend = errors.New("no backend")

// maxTries bounds how often a request crosses a switch.
const maxTries = 4

// roundTripper sends a request to the backend of the moment, and to its successor when that one is about to end.
type roundTripper struct{ p *Proxy }

func (t roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		b := t.p.enter()
		if b == nil {
			return nil, errNoBackend
		}
		res, err := b.send(r)
		b.waiting.Add(-1)
		if try == maxTries || !notBegun(res, err) || t.p.now() == b || !rewind(r) {
			return res, err
		}
		if err == nil {
			_, _ = io.CopyN(io.Discard, res.Body, 4<<10) // so that the connection can be kept
			_ = res.Body.Close()
		}
	}
}

// rewind makes the body of a request readable again.
func rewind(r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	if r.GetBody == nil {
		return false
	}
	body, err := r.GetBody()
	r.Body = body
	return err == nil
}

// failed answers for a backend that did not.
func (p *Proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client went away
	}
	p.mu.RLock()
	o, serving := p.outage, p.current != nil
	p.mu.RUnlock()
	if serving { // it was there a moment ago
		o = Outage{Reason: "the app closed the connection"}
		if notBegun(nil, err) {
			o.Reason = "the app does not answer"
		}
	}
	p.refuse(w, r, o)
}
