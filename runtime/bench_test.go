package xmcp

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// discard is a response writer that costs next to nothing, so that what is measured is the handler.
type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// replay is a body that can be read again.
type replay struct {
	bytes.Reader
	data []byte
}

func (r *replay) Close() error { r.Reset(r.data); return nil }

func benchRequest(body string, header map[string]string) (*http.Request, *replay) {
	rp := &replay{data: []byte(body)}
	rp.Reset(rp.data)
	req := httptest.NewRequest("POST", "http://127.0.0.1:3001/mcp", nil)
	req.Body, req.ContentLength = rp, int64(len(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return req, rp
}

const (
	legacyCall = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada Lovelace"}}}`
	modernCall = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada Lovelace"},` + modernMeta + `}}`
)

// bare reads the same body and writes the same bytes as the server, and does nothing else: the floor.
func bare(answer []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header()["Content-Type"] = jsonType
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(answer))}
		_, _ = w.Write(answer)
	})
}

func BenchmarkToolCall(b *testing.B) {
	s := newUncheckedServer(b, Config{}, greetTool)
	for _, bm := range []struct {
		name, body string
		header     map[string]string
	}{{"legacy", legacyCall, nil}, {"modern", modernCall, modernHeaders}} {
		_, _, answer := post(b, s, bm.body, bm.header)
		for name, h := range map[string]http.Handler{"bare": bare([]byte(answer)), "xmcp": s.Handler()} {
			b.Run(bm.name+"/"+name, func(b *testing.B) {
				req, rp := benchRequest(bm.body, bm.header)
				w := &discard{http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					rp.Reset(rp.data)
					req.Body = rp // the server wraps it
					clear(w.h)
					h.ServeHTTP(w, req)
				}
			})
			b.Run(bm.name+"-tcp/"+name, func(b *testing.B) { benchTCP(b, h, bm.body, bm.header) })
		}
	}
}

// dispatching returns the stages between scanning and decoding (see the benchmarks of wire and args) and the answer: finding the
// method and the tool, running the handler, writing the result.
func dispatching(tb testing.TB, s *Server, text string) func() {
	tb.Helper()
	c := newCall(s)
	if err := wire.Parse(&c.message, []byte(text), wire.MaxDepth); err != nil {
		tb.Fatal(err)
	}
	if c.message.Params.Meta.HasVersion {
		c.call.era = wire.Modern
	}
	c.begin(tb.Context(), true, time.Minute)
	buf := make([]byte, 0, 1024)
	return func() {
		if _, status := c.call.answer(buf); status != http.StatusOK {
			tb.Fatal(status)
		}
	}
}

func BenchmarkDispatch(b *testing.B) {
	s := newUncheckedServer(b, Config{}, greetTool)
	for name, text := range map[string]string{"legacy": legacyCall, "modern": modernCall} {
		b.Run(name, func(b *testing.B) {
			dispatch := dispatching(b, s, text)
			b.ReportAllocs()
			for b.Loop() {
				dispatch()
			}
		})
	}
}

// outputs are what handlers return.
func outputs() map[string]*toolOutput {
	return map[string]*toolOutput{
		"text":       {kind: textOutput, text: "Hello, Ada Lovelace!"},
		"structured": {value: &benchGreeting{"Hello, Ada!", []string{"Hello", "Ada", "!"}}, kind: valueOutput},
		"4KB":        {value: new(manyGreetings()), kind: valueOutput},
	}
}

// encoding returns the last stage: a result becomes content and, where it has a structure, structured content.
func encoding(tb testing.TB, s *Server, out *toolOutput) func() {
	tb.Helper()
	c := newCall(s)
	tool := s.catalog.Load().tools.byKey["greet"]
	buf := make([]byte, 0, 16<<10)
	return func() {
		if _, err := c.call.appendToolOutput(buf, tool, out); err != nil {
			tb.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	s := newUncheckedServer(b, Config{}, greetTool)
	for name, out := range outputs() {
		b.Run(name, func(b *testing.B) {
			encode := encoding(b, s, out)
			b.ReportAllocs()
			for b.Loop() {
				encode()
			}
		})
	}
}

type benchGreeting struct {
	Text  string   `json:"text"`
	Words []string `json:"words"`
}

func manyGreetings() (list struct {
	Items []benchGreeting `json:"items"`
}) {
	for range 60 {
		list.Items = append(list.Items, benchGreeting{"Hello, Ada Lovelace!", []string{"Hello", "Ada", "Lovelace"}})
	}
	return list
}

// benchTCP measures whole requests over loopback.
func benchTCP(b *testing.B, h http.Handler, body string, header map[string]string) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := srv.Client()
	b.ReportAllocs()
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), "POST", srv.URL+"/mcp", bytes.NewReader([]byte(body)))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for k, v := range header {
			req.Header.Set(k, v)
		}
		res, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
			b.Fatal(fmt.Errorf("status %d: %w", res.StatusCode, err))
		}
		_ = res.Body.Close()
	}
}
