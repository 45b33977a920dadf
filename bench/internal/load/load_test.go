package load

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return strings.TrimPrefix(s.URL, "http://")
}

const hello = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"

func TestCount(t *testing.T) {
	var seen atomic.Int64
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if b, _ := io.ReadAll(r.Body); string(b) != "hi" {
			t.Errorf("body %q", b)
		}
		seen.Add(1)
		_, _ = io.WriteString(w, "there")
	})
	res, err := Run(t.Context(), Plan{Addr: addr, Requests: [][]byte{[]byte(hello)}, Conns: 3, Count: 500, Length: 5})
	if err != nil || res.Requests != 500 || seen.Load() != 500 {
		t.Errorf("%+v, %v; the server saw %d", res, err, seen.Load())
	}
	if res.P50 == 0 || res.P50 > res.P99 {
		t.Errorf("p50 %v, p99 %v", res.P50, res.P99)
	}
}

func TestChunkedAnswers(t *testing.T) {
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, strings.Repeat("x", 3000))
			w.(http.Flusher).Flush()
		}
	})
	body, err := Once(addr, []byte(hello))
	if err != nil || len(body) != 9000 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestRotation(t *testing.T) {
	var first, second atomic.Int64
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			first.Add(1)
		} else {
			second.Add(1)
		}
	})
	requests := [][]byte{[]byte("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"), []byte("GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n")}
	if _, err := Run(t.Context(), Plan{Addr: addr, Requests: requests, Conns: 1, Count: 100}); err != nil {
		t.Fatal(err)
	}
	if first.Load() != 50 || second.Load() != 50 {
		t.Errorf("%d and %d", first.Load(), second.Load())
	}
}

// A rate is kept, and a latency counts from when the request was due.
func TestRate(t *testing.T) {
	var stalled atomic.Bool
	addr := serve(t, func(http.ResponseWriter, *http.Request) {
		if stalled.CompareAndSwap(false, true) {
			time.Sleep(200 * time.Millisecond)
		}
	})
	res, err := Run(t.Context(), Plan{Addr: addr, Requests: [][]byte{[]byte(hello)}, Conns: 1, Rate: 200, Duration: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if res.Requests != 100 {
		t.Errorf("%d requests in half a second at 200 a second, though a stall must not keep any away", res.Requests)
	}
	if res.P90 < 50*time.Millisecond {
		t.Errorf("p90 is %v, though a stall of 200 ms made a third of the requests late", res.P90)
	}
}

// What one window saw, the others do not. A machine that halts for as long as the server has stalled disturbs a run, but not all.
func TestWindows(t *testing.T) {
	const runs = 5
	var seen [][]time.Duration
	for range runs {
		var stalled atomic.Bool
		addr := serve(t, func(http.ResponseWriter, *http.Request) {
			if stalled.CompareAndSwap(false, true) {
				time.Sleep(200 * time.Millisecond)
			}
		})
		res, err := Run(t.Context(), Plan{Addr: addr, Requests: [][]byte{[]byte(hello)}, Conns: 1, Rate: 200, Duration: 700 * time.Millisecond, Window: 300 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Windows) != 2 || res.Requests != 140 {
			t.Fatalf("%d requests in windows %v, want 140 in two whole ones", res.Requests, res.Windows)
		}
		if res.Windows[0] < 150*time.Millisecond {
			t.Errorf("windows %v, though the stall was in the first", res.Windows)
		}
		if seen = append(seen, res.Windows); res.Windows[1] < res.Windows[0] {
			return
		}
	}
	t.Errorf("windows %v, though the stall was in the first of each run", seen)
}

func TestFailures(t *testing.T) {
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	for name, p := range map[string]Plan{
		"status":           {Requests: [][]byte{[]byte("GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n")}, Conns: 2, Count: 10},
		"length":           {Requests: [][]byte{[]byte(hello)}, Conns: 1, Count: 10, Length: 7},
		"status at a rate": {Requests: [][]byte{[]byte("GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n")}, Conns: 2, Rate: 100, Duration: time.Second},
		"length at a rate": {Requests: [][]byte{[]byte(hello)}, Conns: 1, Rate: 100, Duration: time.Second, Length: 7},
		"rate alone":       {Requests: [][]byte{[]byte(hello)}, Conns: 1, Rate: 100, Count: 7},
		"nothing":          {Requests: [][]byte{[]byte(hello)}, Conns: 1},
	} {
		p.Addr = addr
		if res, err := Run(t.Context(), p); err == nil {
			t.Errorf("%s: %+v", name, res)
		}
	}
	if _, err := Run(context.Background(), Plan{Addr: "127.0.0.1:1", Requests: [][]byte{{}}, Conns: 1, Count: 1}); err == nil {
		t.Error("no server, no error")
	}
}

// A server that stops answering ends a run of a fixed length, with or without a rate.
func TestHangingServer(t *testing.T) {
	addr := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for _, rate := range []float64{0, 100} {
		ended := make(chan error, 1)
		go func() {
			_, err := Run(t.Context(), Plan{Addr: addr, Requests: [][]byte{[]byte(hello)}, Conns: 2, Rate: rate, Duration: 50 * time.Millisecond})
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("rate %v: no error", rate)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("rate %v: the run does not end", rate)
		}
	}
}

func TestHistogram(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 100_000 {
		d := time.Duration(rng.ExpFloat64() * float64(3*time.Millisecond)).Truncate(time.Microsecond)
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99} {
		want := all[int(q*float64(len(all)))]
		if got := h.quantile(q); got < want || float64(got) > 1.05*float64(want)+1000 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	for i := range 32 * 30 {
		if bucket(upper(i)) != i || i > 0 && bucket(upper(i-1)+time.Microsecond) != i {
			t.Fatalf("bucket %d", i)
		}
	}
}
