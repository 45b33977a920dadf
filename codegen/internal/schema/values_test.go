package schema_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"

	"github.com/xmcpgo/xmcpgo/internal/corpus"
)

// instance is the JSON of a value, and how often it came up.
type instance struct {
	value any
	times int
}

// instances marshals n values of t, in both ways in which a server may hold them: the zero one, then random ones.
func instances(t reflect.Type, n int) ([]instance, error) {
	f := corpus.Filler{Rand: rand.New(rand.NewPCG(1, uint64(len(t.Name()))))}
	var all []instance
	seen := map[string]int{}
	for i := range n {
		v := reflect.New(t)
		if i > 0 {
			f.Fill(v.Elem(), 4)
		}
		for _, x := range []any{v.Interface(), v.Elem().Interface()} {
			b, err := json.Marshal(x)
			if err != nil {
				return nil, err
			}
			at, ok := seen[string(b)]
			if !ok {
				at = len(all)
				seen[string(b)] = at
				all = append(all, instance{value: decode(b)})
			}
			all[at].times++
		}
	}
	return all, nil
}

// decode reads JSON keeping the digits of numbers.
func decode(b []byte) any {
	var v any
	d := json.NewDecoder(bytesReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return v
}
