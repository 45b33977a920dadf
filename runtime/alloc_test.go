//go:build !race

package xmcp

import (
	"testing"
)

// allocations counts what one request allocates besides the request itself.
func allocations(t *testing.T, s *Server, body string, header map[string]string) float64 {
	t.Helper()
	req, rp := benchRequest(body, header)
	w := &discard{map[string][]string{}}
	h := s.Handler()
	return testing.AllocsPerRun(1000, func() {
		rp.Reset(rp.data)
		req.Body = rp
		clear(w.h)
		h.ServeHTTP(w, req)
	})
}

// What a call allocates is part of what the server promises. The numbers are exact: what pools have to make again after a
// collection is less than one for each of the runs, of which the average is rounded down.
func TestAllocationsOfACall(t *testing.T) {
	s := newUncheckedServer(t, Config{}, func(r *Registry) { greetTool(r) })
	for _, tt := range []struct {
		name, body string
		header     map[string]string
		want       float64
	}{
		{"legacy", legacyCall, nil, 5},
		{"modern", modernCall, modernHeaders, 6},
	} {
		if got := allocations(t, s, tt.body, tt.header); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

// The stages before these have their counts in the tests of wire and args. Dispatch includes the handler and the decoded
// arguments: the target, its string, and the handler's own.
func TestAllocationsOfTheStages(t *testing.T) {
	s := newUncheckedServer(t, Config{}, greetTool)
	for name, text := range map[string]string{"legacy": legacyCall, "modern": modernCall} {
		if got := testing.AllocsPerRun(1000, dispatching(t, s, text)); got != 3 {
			t.Errorf("dispatch, %s: %v allocations, want 3", name, got)
		}
	}
	for name, out := range outputs() {
		if got := testing.AllocsPerRun(1000, encoding(t, s, out)); got != 0 {
			t.Errorf("encode, %s: %v allocations, want none", name, got)
		}
	}
}
