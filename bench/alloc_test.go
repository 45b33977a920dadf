//go:build !race

package main

import (
	"net/http"
	"testing"
)

// What a call of each row may allocate, with one to spare, since pools may be emptied at any moment. For the call with 20
// arguments that is: the body, the call, the arguments, their three lists, one map with its memory, one pointer, their strings in two
// pieces; the result, its list, and the length of the answer in its header.
func TestAllocationsOfACall(t *testing.T) {
	for _, tt := range []struct {
		version, tool, arguments string
		most                     float64
	}{
		{legacy, "greet", greetArguments, 6},
		{modern, "greet", greetArguments, 7},
		{legacy, "order", orderArguments, 16},
		{modern, "order", orderArguments, 17},
	} {
		d := newDirect(t, tt.version, tt.tool, tt.arguments)
		got := testing.AllocsPerRun(200, func() {
			if status := d.call(); status != http.StatusOK {
				t.Fatal(status)
			}
		})
		if t.Logf("%s, %s: %v", tt.tool, tt.version, got); got > tt.most {
			t.Errorf("%s, %s: %v allocations, at most %v are allowed", tt.tool, tt.version, got, tt.most)
		}
	}
}
