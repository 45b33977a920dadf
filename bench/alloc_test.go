//go:build !race

package main

import (
	"net/http"
	"testing"
)

// What a call of each row allocates. The numbers are exact: what pools have to make again after a collection is less than one for
// each of the runs, of which the average is rounded down. For the call with 20 arguments that is: the body, the call, the arguments,
// their three lists, one map with its memory, one pointer, their strings in two pieces; the result, its list, and the length of the
// answer in its header.
func TestAllocationsOfACall(t *testing.T) {
	for _, tt := range []struct {
		version, tool, arguments string
		want                     float64
	}{
		{legacy, "greet", greetArguments, 5},
		{modern, "greet", greetArguments, 6},
		{legacy, "order", orderArguments, 15},
		{modern, "order", orderArguments, 16},
	} {
		d := newDirect(t, tt.version, tt.tool, tt.arguments)
		got := testing.AllocsPerRun(1000, func() {
			if status := d.call(); status != http.StatusOK {
				t.Fatal(status)
			}
		})
		if got != tt.want {
			t.Errorf("%s, %s: %v allocations, want %v", tt.tool, tt.version, got, tt.want)
		}
	}
}
