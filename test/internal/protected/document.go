package protected

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// transport answers requests in place of the internet.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Published has an internet in which nothing but a client's document is: of the members that clients' documents have, those that
// matter (draft-ietf-oauth-client-id-metadata-document, section 4).
func Published(t testing.TB, id, name string, redirects ...string) func(*scalekitdev.Config) {
	t.Helper()
	document, err := json.Marshal(map[string]any{
		"client_id": id, "client_name": name, "redirect_uris": redirects, "token_endpoint_auth_method": "none",
		"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(c *scalekitdev.Config) {
		c.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if r.URL.String() != id {
				return nil, fmt.Errorf("%s is not there", r.URL)
			}
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(document)), Request: r}, nil
		})}
	}
}

// Unreachable has no internet.
func Unreachable(c *scalekitdev.Config) {
	c.HTTPClient = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}
	})}
}
