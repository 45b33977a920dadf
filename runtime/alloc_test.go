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
	return testing.AllocsPerRun(200, func() {
		rp.Reset(rp.data)
		req.Body = rp
		clear(w.h)
		h.ServeHTTP(w, req)
	})
}

// What a call may allocate is part of what the server promises. The numbers are what is needed today, and one to spare: the
// pools of the runtime may be emptied at any moment.
func TestAllocationsOfACall(t *testing.T) {
	s := newUncheckedServer(t, Config{}, func(r *Registry) { greetTool(r) })
	for _, tt := range []struct {
		name, body string
		header     map[string]string
		most       float64
	}{
		{"legacy", legacyCall, nil, 6},
		{"modern", modernCall, modernHeaders, 7},
	} {
		if got := allocations(t, s, tt.body, tt.header); got > tt.most {
			t.Errorf("%s: %v allocations, at most %v are allowed", tt.name, got, tt.most)
		} else {
			t.Logf("%s: %v", tt.name, got)
		}
	}
}
