package journal

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestJournal(t *testing.T) {
	var also strings.Builder
	j := &Journal{Also: &also}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 100 {
				fmt.Fprintf(j, "line %d\n", i)
				_ = j.String()
			}
		})
	}
	all.Wait()
	for i := range 4 {
		if n := strings.Count(j.String(), fmt.Sprintf("line %d\n", i)); n != 100 {
			t.Errorf("%d lines of %d", n, i)
		}
	}
	if j.String() != also.String() {
		t.Error("what is passed on differs from what is kept")
	}
}
