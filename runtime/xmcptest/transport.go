package xmcptest

import (
	"net/http"
	"strings"
	"sync"
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
	var mu sync.Mutex
	var wrong []string
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, text := range wrong {
			t.Errorf("xmcptest: the server sent what the schema of the protocol does not allow: %s", text)
		}
	})
	return wireschema.NewTransport(next, endpoint, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		wrong = append(wrong, strings.TrimSpace(err.Error()))
	})
}
