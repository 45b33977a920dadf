package xmcptest

import (
	"net/http"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// Transport is for tests that speak HTTP to a running server: it sends as next does (nil is [http.DefaultTransport]), and the test
// fails at its end for each message from the endpoint, a path such as "/mcp", that the official schema of its revision does not
// allow. It is safe for concurrent use.
func Transport(t testing.TB, endpoint string, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return wireschema.NewTransport(next, endpoint, wireschema.FailuresOf(t).Add)
}
