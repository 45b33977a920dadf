package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/bench/servers/ours/src"
)

// discard is a response writer that costs next to nothing, so that what is measured is the handler.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { d.bytes += len(b); return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

func (d *discard) SetWriteDeadline(time.Time) error { return nil }

// body is a request body that can be read again.
type body struct {
	bytes.Reader
	data []byte
}

func (b *body) Close() error { return nil }

// direct is a request to our app that can be repeated without a connection.
type direct struct {
	h   http.Handler
	req *http.Request
	in  *body
	out *discard
}

func newDirect(tb testing.TB, version, name, arguments string) *direct {
	tb.Helper()
	return newDirectFrom(tb, "", version, name, arguments)
}

// newDirectFrom is newDirect for an app that trusts an issuer.
func newDirectFrom(tb testing.TB, issuer, version, name, arguments string) *direct {
	tb.Helper()
	tb.Setenv("BENCH_SCALEKIT", issuer)
	s, err := xmcp.New(src.Registry(), xmcp.Config{Name: "bench", Version: "1.0.0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	d := &direct{h: s.Handler(), in: &body{data: message(version, "tools/call", name, arguments)}, out: &discard{header: http.Header{}}}
	d.req = httptest.NewRequest(http.MethodPost, "http://127.0.0.1:3001/mcp", nil)
	d.req.ContentLength = int64(len(d.in.data))
	for key, value := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": version} {
		d.req.Header.Set(key, value)
	}
	if version == modern {
		d.req.Header.Set("Mcp-Method", "tools/call")
		d.req.Header.Set("Mcp-Name", name)
	}
	return d
}

func (d *direct) call() int {
	d.in.Reset(d.in.data)
	d.req.Body = d.in
	clear(d.out.header)
	d.out.status, d.out.bytes = 0, 0
	d.h.ServeHTTP(d.out, d.req)
	return d.out.status
}

// The rows of the table without net/http and without a connection.
func BenchmarkHandler(b *testing.B) {
	for _, version := range []string{legacy, modern} {
		for name, arguments := range map[string]string{"greet": greetArguments, "order": orderArguments} {
			b.Run(name+"/"+version, func(b *testing.B) {
				d := newDirect(b, version, name, arguments)
				b.ReportAllocs()
				for b.Loop() {
					if status := d.call(); status != http.StatusOK {
						b.Fatal(status)
					}
				}
				b.ReportMetric(float64(d.out.bytes), "bytes")
			})
		}
	}
}

// The same with tokens in rotation, all of which were seen before.
func BenchmarkTokens(b *testing.B) {
	i, err := newIssuer()
	if err != nil {
		b.Fatal(err)
	}
	defer i.web.Close()
	var headers [][]string
	for user := range tokens {
		token, err := i.sign(user)
		if err != nil {
			b.Fatal(err)
		}
		headers = append(headers, []string{"Bearer " + token})
	}
	d := newDirectFrom(b, i.url, legacy, "greet", greetArguments)
	next := 0
	call := func() {
		d.req.Header["Authorization"] = headers[next]
		if next++; next == len(headers) {
			next = 0
		}
		if status := d.call(); status != http.StatusOK {
			b.Fatal(status)
		}
	}
	for range headers {
		call()
	}
	b.ReportAllocs()
	for b.Loop() {
		call()
	}
}
