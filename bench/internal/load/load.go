// Package load makes HTTP/1.1 requests over raw keep-alive connections and measures how they are answered.
//
// Without a rate each connection sends its next request when the last one was answered, which finds the peak. With a rate
// requests are due at fixed times, and a latency counts from when its request was due, so that a server that stalls is not
// asked less.
package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Plan says what to send.
type Plan struct {
	// Addr is host:port.
	Addr string
	// Requests are whole HTTP/1.1 requests, sent in rotation.
	Requests [][]byte
	// Conns is the number of connections, at least 1. With Sticky each has one request of its own.
	Conns  int
	Sticky bool
	// Warmup is not measured. Duration is how long is measured; zero means until Count requests were made.
	Warmup, Duration time.Duration
	Count            int64
	// Rate is how many requests a second are due, whether those before were answered or not; zero means as many as are answered.
	Rate float64
	// Length is the length that every answer must have; zero means any.
	Length int
	// Window is how long each of the parts is for which a p99 of their own is told; zero means none. It needs a rate.
	Window time.Duration
}

// Result is what was measured.
type Result struct {
	Requests      int64
	Elapsed       time.Duration
	P50, P90, P99 time.Duration
	Windows       []time.Duration // p99 of each whole window
}

// Throughput is in requests a second.
func (r *Result) Throughput() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// Run sends requests until the plan is done or the first one fails: a server that answers wrongly is not measured.
func Run(ctx context.Context, p Plan) (*Result, error) {
	if p.Conns < 1 || len(p.Requests) == 0 || p.Duration == 0 && p.Count == 0 {
		return nil, errors.New("load: nothing to do")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conns := make([]*conn, p.Conns)
	for i := range conns {
		c, err := dial(p.Addr)
		if err != nil {
			return nil, fmt.Errorf("load: %w", err)
		}
		defer c.Close()
		conns[i] = c
	}
	if p.Rate > 0 && p.Duration == 0 {
		return nil, errors.New("load: a rate needs a duration")
	}
	start := time.Now()
	r := &run{plan: &p, from: start.Add(p.Warmup), until: start.Add(p.Warmup + p.Duration)}
	if p.Rate > 0 {
		return r.inWindows(ctx, conns)
	}
	if p.Duration > 0 {
		for _, c := range conns {
			if err := c.SetDeadline(r.latest()); err != nil {
				return nil, fmt.Errorf("load: %w", err)
			}
		}
	}
	hists := make([]histogram, p.Conns)
	var wg sync.WaitGroup
	errs := make([]error, p.Conns)
	for i, c := range conns {
		wg.Go(func() {
			if errs[i] = r.drive(ctx, c, i, &hists[i]); errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return r.result(hists), nil
}

// inWindows keeps the rate, with a histogram for each window, the last of which may be a part of one. Without windows all is one.
func (r *run) inWindows(ctx context.Context, conns []*conn) (*Result, error) {
	whole := 0
	if r.plan.Window > 0 {
		whole = int(r.plan.Duration / r.plan.Window)
	}
	windows := make([]histogram, whole+1)
	if err := r.paced(ctx, conns, windows); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	p99 := make([]time.Duration, whole)
	for i := range p99 {
		p99[i] = windows[i].quantile(0.99)
	}
	res := r.result(windows)
	res.Windows = p99
	return res, nil
}

// result sums the histograms up, in the first of them.
func (r *run) result(hists []histogram) *Result {
	all := &hists[0]
	for i := range hists[1:] {
		all.merge(&hists[i+1])
	}
	return &Result{Requests: int64(all.total), Elapsed: time.Since(r.from), P50: all.quantile(0.50), P90: all.quantile(0.90), P99: all.quantile(0.99)}
}

type run struct {
	plan        *Plan
	from, until time.Time
	sent        atomic.Int64
}

// latest is when a run of a fixed length fails, since the server answers too late or not at all.
func (r *run) latest() time.Time { return r.until.Add(r.plan.Duration + time.Second) }

// drive keeps one connection busy.
func (r *run) drive(ctx context.Context, c *conn, n int, h *histogram) error {
	p := r.plan
	next := n * len(p.Requests) / p.Conns
	for ctx.Err() == nil {
		at := time.Now()
		if p.Duration > 0 && !at.Before(r.until) || p.Count > 0 && r.sent.Add(1) > p.Count {
			return nil
		}
		length, err := c.roundTrip(p.Requests[next], nil)
		if err != nil {
			return err
		}
		if p.Length > 0 && length != p.Length {
			return fmt.Errorf("an answer has %d bytes, want %d", length, p.Length)
		}
		if next++; next == len(p.Requests) {
			next = 0
		}
		if p.Sticky {
			next = n % len(p.Requests)
		}
		if !at.Before(r.from) {
			h.add(time.Since(at))
		}
	}
	return nil
}

// Once sends one request on a connection of its own and returns the body of the answer.
func Once(addr string, request []byte) ([]byte, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return nil, err
	}
	var body bytes.Buffer
	_, err = c.roundTrip(request, &body)
	return body.Bytes(), err
}

// Header sends one request on a connection of its own and returns a header of the answer.
func Header(addr string, request []byte, name string) (string, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.Write(request); err != nil {
		return "", err
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	v := res.Header.Get(name)
	if v == "" {
		return "", fmt.Errorf("load: the answer (%s) has no header %s", res.Status, name)
	}
	return v, nil
}
