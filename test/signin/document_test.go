package signin

import (
	"net"
	"net/http"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// transport answers requests in place of the internet.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// unreachable has no internet.
func unreachable(c *scalekitdev.Config) {
	c.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}
	})}
}
