package values

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
	"unicode/utf8"
)

type (
	level string
	inner struct {
		A int8            `json:"a"`
		B *float32        `json:"b,omitempty"`
		C []string        `json:"c"`
		D map[level]int64 `json:"d,omitempty"`
	}
	outer struct {
		Flag    bool
		Small   uint8             `json:"small,omitempty"`
		Big     uint64            `json:"big"`
		F       float64           `json:"f,omitzero"`
		Name    level             `json:"name,omitempty"`
		Text    string            `json:"te-xt"`
		Data    []byte            `json:"data"`
		Fixed   [3]int16          `json:"fixed,omitempty"`
		Inner   inner             `json:"inner,omitempty"`
		Ptr     *inner            `json:"ptr,omitempty"`
		List    []inner           `json:"list,omitempty"`
		Nested  [][]*int          `json:"nested"`
		Map     map[string]inner  `json:"map"`
		Zero    inner2            `json:"zero,omitzero"`
		Hidden  int               `json:"-"`
		Dash    int               `json:"-,"`
		Strings map[string]string `json:"strings,omitempty,omitzero"`
	}
	inner2 struct{ X, Y int }
)

// oracle is what encoding/json writes.
func oracle(t *testing.T, v any) (string, error) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// spelled writes strings as we do: everything else must be equal to the byte.
var spelled = strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029", `\ufffd`, "\ufffd", `\b`, `\u0008`, `\f`, `\u000c`, `\\`, `\\`)

func pointerTo(v any) any {
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}

func check(t *testing.T, v any) {
	t.Helper()
	want, err := oracle(t, v)
	got, text, ok := Append([]byte("x"), []byte{'"'}, pointerTo(v))
	if ok != (err == nil) {
		t.Fatalf("%#v: written %v, encoding/json says %v", v, ok, err)
	}
	if alone, _, ok := Append([]byte("x"), nil, pointerTo(v)); ok && string(alone) != string(got) {
		t.Fatalf("%#v\nwithout text %s\nwith text    %s", v, alone, got)
	}
	var meant string
	if ok && (json.Unmarshal(append(text, '"'), &meant) != nil || meant != string(got[1:])) {
		t.Fatalf("%#v\ntext %s\nraw  %s", v, text, got[1:])
	}
	if ok && string(got[1:]) != spelled.Replace(want) {
		t.Fatalf("%#v\n got %s\nwant %s", v, got[1:], want)
	}
}

func TestAgreesWithEncodingJSON(t *testing.T) {
	n, f := 7, float32(0.1)
	now := time.Date(2026, 11, 23, 8, 0, 0, 123, time.FixedZone("", 3600))
	for _, v := range []any{
		true, 1, int8(-128), uint64(math.MaxUint64), "a\"\\\n\x00\b\f<&>é漢😀\u2028\xff", level("x"), []string(nil), []string{}, [2]bool{true},
		map[string]int(nil), map[level]*int{"b": &n, "a": nil}, &n, (*int)(nil), now, &now, []time.Time{now, {}}, []byte("abc"), []byte(nil), []byte{},
		outer{}, &outer{Ptr: &inner{B: &f, C: []string{"x"}}, Map: map[string]inner{"z": {}, "a": {D: map[level]int64{"q": 1}}}, Nested: [][]*int{nil, {nil, &n}}},
		struct {
			At time.Time `json:"at,omitzero"`
			P  *time.Time
		}{}, struct {
			At time.Time  `json:"at,omitempty"`
			P  *time.Time `json:"p,omitempty"`
		}{now, &now}, struct{ a, B int }{1, 2},
	} {
		check(t, v)
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 1, 0.1, 1e-6, 9.99e-7, 1e-9, 1e-10, 1e20, 1e21, 1e22, 123456789.125, math.MaxFloat64, math.SmallestNonzeroFloat64, 5e-324} {
		check(t, v)
		check(t, -v)
		check(t, float32(v))
	}
}

func TestRandomValues(t *testing.T) {
	one := func(v outer) bool { check(t, v); check(t, &v); return true }
	if err := quick.Check(one, &quick.Config{MaxCount: 400}); err != nil {
		t.Error(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		if f := math.Float64frombits(rng.Uint64()); f == f {
			check(t, f)
			check(t, float32(f))
		}
	}
}

// What encoding/json refuses is left to it, with its error.
func TestRefused(t *testing.T) {
	for _, v := range []any{math.Inf(1), math.NaN(), []float32{float32(math.Inf(-1))}, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), map[string]float64{"a": math.NaN()}} {
		check(t, v)
	}
}

type (
	withMethod   struct{ X int }
	withText     int
	pointer      struct{ X int }
	recursive    struct{ Next *recursive }
	embedding    struct{ inner2 }
	zeroer       struct{ X int }
	quotedOption struct {
		X int `json:",string"`
	}
)

func (withMethod) MarshalJSON() ([]byte, error) { return []byte("1"), nil }
func (withText) MarshalText() ([]byte, error)   { return []byte("t"), nil }
func (*pointer) MarshalJSON() ([]byte, error)   { return []byte("2"), nil }
func (zeroer) IsZero() bool                     { return true }

// Types that take a second thought have no plan.
func TestLeftToEncodingJSON(t *testing.T) {
	for _, v := range []any{
		withMethod{}, &withMethod{}, withText(1), pointer{}, []pointer{{}}, recursive{}, embedding{}, quotedOption{},
		map[string]any{}, []any{1}, map[int]string{}, map[withText]int{}, json.Number("1"), json.RawMessage("1"), []withMethod{},
		struct{ A any }{}, struct{ C chan int }{}, struct {
			Z zeroer `json:"z,omitzero"`
		}{}, struct {
			A int `json:"B"`
			B int
		}{}, struct {
			A int `json:"a b"`
		}{}, struct {
			A int `json:"ä"`
		}{}, time.Second.String, complex(1, 2),
	} {
		if got, _, ok := Append(nil, nil, pointerTo(v)); ok {
			t.Errorf("%T has a plan, which writes %s", v, got)
		}
	}
	if got, _, ok := Append(nil, nil, new(time.Second)); !ok || string(got) != "1000000000" {
		t.Errorf("a duration is written as %s", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	done := make(chan bool)
	for range 8 {
		go func() {
			for range 200 {
				Append(nil, nil, new(outer))
			}
			done <- true
		}()
	}
	for range 8 {
		<-done
	}
}

func BenchmarkStruct(b *testing.B) {
	v := outer{Text: "some words of text", Data: []byte("abc"), F: 1.25, List: make([]inner, 20), Map: map[string]inner{"a": {}}}
	dst := make([]byte, 0, 16<<10)
	b.Run("plan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Append(dst, nil, &v)
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		var buf bytes.Buffer
		e := json.NewEncoder(&buf)
		for b.Loop() {
			buf.Reset()
			_ = e.Encode(&v)
		}
	})
}

// Numbers and strings, written both ways, are those of encoding/json.
func FuzzValues(f *testing.F) {
	for _, v := range []float64{0, 0.1, 18.4, -2.5, 1e-7, 999999999999.999, 1e12, 1e21, math.MaxFloat64, 0.0005, 4503599627370497.5} {
		f.Add(v, "plain")
	}
	f.Add(1.0, "a \"quote\" \\ and \n\x00\xff 漢字")
	f.Fuzz(func(t *testing.T, v float64, s string) {
		check(t, v)
		check(t, float32(v))
		if utf8.ValidString(s) && !strings.ContainsAny(s, "\ufffd") {
			check(t, s)
			check(t, map[string]string{s: s})
			check(t, struct{ A, B string }{s, s})
		}
	})
}
