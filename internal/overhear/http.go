// Package overhear lets tests listen to what a server and a foreign client say to each other. It stands between the two, as a
// proxy for HTTP and as a program around the server for stdio, and fails the test for every message of the server that the
// official schema of its revision does not allow.
package overhear

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// HTTP starts a proxy before the endpoint of a server and returns its URL, which leads to everything that the server has. It ends
// with the test, which then fails if the server has sent a wrong message.
func HTTP(t testing.TB, endpoint string) string {
	t.Helper()
	to, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host})
			r.Out.Host = r.In.Host // the server judges what the client says
		},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // a client or server that goes away is none of ours
		Transport:     &http.Transport{DisableCompression: true},
	}
	web := &http.Server{Handler: Handler(t, to.Path, whole(proxy)), ErrorLog: proxy.ErrorLog}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(l) }()
	t.Cleanup(func() {
		_ = web.Close()
		<-ended
		proxy.Transport.(*http.Transport).CloseIdleConnections()
	})
	return "http://" + l.Addr().String() + to.Path
}

// Handler serves as next does and fails the test for every wrong message in an answer of the endpoint.
func Handler(t testing.TB, endpoint string, next http.Handler) http.Handler {
	checked := &wireschema.Handler{Next: next, Failed: wireschema.FailuresOf(t).Add}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == endpoint {
			checked.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// whole lets a proxy begin when the body of the request is there. A server that answers at once would have net/http close the body
// while the proxy still reads it, which breaks the connection.
func whole(proxy http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client is gone
		}
		copied := *r
		copied.Body, copied.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if len(body) == 0 {
			copied.Body = http.NoBody
		}
		proxy.ServeHTTP(w, &copied)
	})
}
