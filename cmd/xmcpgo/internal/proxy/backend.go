package proxy

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Backend is one build that listens on an address of its own. It is safe for concurrent use.
type Backend struct {
	addr      string
	transport *http.Transport

	once    sync.Once
	closed  chan struct{}
	waiting atomic.Int64 // requests that have no answer yet
}

// maxIdle is how many connections to a backend are kept for the next requests.
const maxIdle = 100

// NewBackend returns a backend that listens on HOST:PORT.
func NewBackend(addr string) *Backend {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &Backend{addr: addr, closed: make(chan struct{}), transport: &http.Transport{
		DialContext: dialer.DialContext, DisableCompression: true,
		MaxIdleConns: maxIdle, MaxIdleConnsPerHost: maxIdle, IdleConnTimeout: 90 * time.Second,
		ExpectContinueTimeout: time.Second, MaxResponseHeaderBytes: maxHeader,
	}}
}

// Close lets go of a backend whose process has ended.
func (b *Backend) Close() {
	b.once.Do(func() { close(b.closed) })
	b.transport.CloseIdleConnections()
}

// Settle waits until every request that was sent here has begun to be answered, for as long as it may: a server that is asked to
// end drops connections that it has not accepted yet. To the current backend more can be sent meanwhile.
func (b *Backend) Settle(within time.Duration) {
	for end := time.Now().Add(within); b.waiting.Load() > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
}

// CloseIdle closes the connections that no request uses now. More can follow while the backend is the current one, or was a moment ago.
func (b *Backend) CloseIdle() { b.transport.CloseIdleConnections() }

func (b *Backend) gone() bool {
	select {
	case <-b.closed:
		return true
	default:
		return false
	}
}

// send is a round trip to the backend.
func (b *Backend) send(r *http.Request) (*http.Response, error) {
	r.URL.Scheme, r.URL.Host = "http", b.addr
	return b.transport.RoundTrip(r)
}

// notBegun tells that a backend has refused a request or was not there, so that another one may be asked.
func notBegun(res *http.Response, err error) bool {
	if err == nil {
		return res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != ""
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
