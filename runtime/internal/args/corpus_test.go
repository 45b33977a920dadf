package args

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/internal/corpus"
)

// Every type that the rules of schemas are tested on is decoded as encoding/json does.
func TestCorpus(t *testing.T) {
	types, values := corpusValues(t, 24)
	check := agreement(t, types)
	for i, list := range values {
		for _, data := range list {
			check(t, uint16(i), data)
		}
	}
}

func FuzzCorpus(f *testing.F) {
	types, values := corpusValues(f, 2)
	for i, list := range values {
		for _, data := range list {
			f.Add(uint16(i), data)
		}
	}
	f.Fuzz(agreement(f, types))
}

// corpusValues returns the types of the corpus and, for each, the zero value and others as encoding/json writes them, and all of
// them once more where one part is something else.
func corpusValues(tb testing.TB, times int) (types []reflect.Type, values [][][]byte) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(6, 28))
	for _, e := range corpus.Entries() {
		var list [][]byte
		for n := range times {
			v := reflect.New(e.Type)
			if n > 0 {
				corpus.Filler{Rand: rng}.Fill(v.Elem(), 4)
			}
			data, err := json.Marshal(v.Interface())
			if err != nil {
				tb.Fatalf("%s: %v", e.Name, err)
			}
			list = append(list, data, otherwise(tb, rng, data))
		}
		types, values = append(types, e.Type), append(values, list)
	}
	return types, values
}

// otherwise puts another value in the place of one, or adds a member.
func otherwise(tb testing.TB, rng *rand.Rand, data []byte) []byte {
	tb.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		tb.Fatal(err)
	}
	var places []func(any)
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case []any:
			for i := range v {
				places = append(places, func(x any) { v[i] = x })
				visit(v[i])
			}
		case map[string]any:
			places = append(places, func(x any) { v["unknown"] = x })
			for _, k := range slices.Sorted(maps.Keys(v)) {
				places = append(places, func(x any) { v[k] = x })
				visit(v[k])
			}
		}
	}
	visit(v)
	values := []any{nil, true, "", "a", "12", json.Number("0"), json.Number("-1"), json.Number("300"), json.Number("1.5"), json.Number("1e30"), []any{}, []any{nil}, map[string]any{}}
	if len(places) > 0 {
		places[rng.IntN(len(places))](values[rng.IntN(len(values))])
	}
	out, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}
