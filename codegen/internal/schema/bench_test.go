package schema_test

import (
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
	"github.com/xmcpgo/xmcpgo/codegen/internal/schema"
)

// BenchmarkHundredTools derives the input and the output schema of a hundred tools that look like real ones. The generator
// has a second for all that it does, so this must stay below 50 ms.
func BenchmarkHundredTools(b *testing.B) {
	in, out := toolTypes(b)
	b.ReportAllocs()
	for b.Loop() {
		for range 100 {
			schema.Input(in, schema.Options{Package: corpusPath})
			schema.Output(out, schema.Options{Package: corpusPath})
		}
	}
}

// TestDerivingIsCheap holds the allocations of one tool, which do not depend on how busy the machine is: at 100 ns each they
// are a little less than half of the budget.
func TestDerivingIsCheap(t *testing.T) {
	in, out := toolTypes(t)
	got := testing.AllocsPerRun(10, func() {
		schema.Input(in, schema.Options{Package: corpusPath})
		schema.Output(out, schema.Options{Package: corpusPath})
	})
	if got > 2500 {
		t.Errorf("%v allocations a tool", got)
	}
	t.Logf("%v allocations a tool", got)
}

func toolTypes(t testing.TB) (in, out *model.Type) {
	t.Helper()
	for _, s := range subjects(t) {
		switch s.Name {
		case "Wide":
			in = s.model
		case "Generics":
			out = s.model
		}
	}
	return in, out
}
