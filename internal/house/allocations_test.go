package house

import (
	"strings"
	"testing"
)

// TestAllocations runs the tests that count allocations. The race detector allocates by itself, so that they are left out where all
// others run with it, and a call could become dearer unseen.
func TestAllocations(t *testing.T) {
	for _, tt := range []struct {
		dir      string
		packages []string
		want     []string // tests that must have run
	}{
		{".", []string{"./runtime", "./runtime/internal/..."}, []string{"TestAllocations", "TestAllocationsOfACall", "TestAllocationsOfTheStages", "TestErrorsAreCheap"}},
		{"bench", []string{"."}, []string{"TestAllocationsOfACall"}},
	} {
		args := append([]string{"test", "-count=1", "-v", "-run", "^Test(Allocations|ErrorsAreCheap)"}, tt.packages...)
		out, err := command(t, tt.dir, []string{"CGO_ENABLED=0"}, "go", args...) // as TestVet has compiled them
		if err != nil {
			t.Error(err)
		}
		for _, name := range tt.want {
			if !strings.Contains(out, "--- PASS: "+name+" ") {
				t.Errorf("%s: %s did not run:\n%s", tt.dir, name, out)
			}
		}
	}
}
