package args

import (
	"math/big"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecimalsAgreeWithBigNumbers(t *testing.T) {
	literals := []string{"0", "-0", "0.0", "0e5", "1", "-1", "10", "1e1", "100e-1", "0.1", "1e-1", "0.01e1", "12.50", "1250e-2", "-12.5", "9007199254740993", "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "9223372036854775807", "0.3", "0.30000000000000004", "1e20", "123456789e-4", "99999999999999999999.5"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		lit := strconv.FormatInt(random.Int64N(2000)-1000, 10)
		if random.IntN(2) == 0 {
			lit += "." + strconv.Itoa(random.IntN(1000))
		}
		if random.IntN(3) == 0 {
			lit += "e" + strconv.Itoa(random.IntN(30)-15)
		}
		literals = append(literals, lit)
	}
	rational := func(lit string) *big.Rat {
		r, ok := new(big.Rat).SetString(lit)
		if !ok {
			t.Fatal(lit)
		}
		return r
	}
	for _, a := range literals {
		x, rx := parseDecimal(nil, []byte(a)), rational(a)
		if got := x.integral(); got != rx.IsInt() {
			t.Errorf("%s integral: %t", a, got)
		}
		if rx.IsInt() {
			if v, ok := x.int64(); ok != rx.Num().IsInt64() || ok && v != rx.Num().Int64() {
				t.Errorf("%s as int64: %d, %t", a, v, ok)
			}
			if v, ok := x.uint64(); ok != rx.Num().IsUint64() || ok && v != rx.Num().Uint64() {
				t.Errorf("%s as uint64: %d, %t", a, v, ok)
			}
		}
		for _, b := range literals {
			y, ry := parseDecimal(nil, []byte(b)), rational(b)
			if got := x.cmp(y); got != rx.Cmp(ry) {
				t.Errorf("%s cmp %s: %d", a, b, got)
			}
			equal := string(appendCanonicalNumber(nil, []byte(a))) == string(appendCanonicalNumber(nil, []byte(b)))
			if equal != (rx.Cmp(ry) == 0) {
				t.Errorf("%s equals %s: %t", a, b, equal)
			}
			if d, ok := newDivisor(y); ok {
				want := new(big.Rat).Quo(rx, ry).IsInt()
				if got := d.divides(x); got != want {
					t.Errorf("%s divides %s: %t", b, a, got)
				}
			}
		}
	}
	// Exponents that no computer could write out.
	huge, tiny := parseDecimal(nil, []byte("1e999999999999999999999")), parseDecimal(nil, []byte("1e-999999999999999999999"))
	if huge.cmp(tiny) != 1 || tiny.cmp(parseDecimal(nil, []byte("0"))) != 1 || !huge.integral() || tiny.integral() {
		t.Error("huge and tiny numbers are confused")
	}
	if d, _ := newDivisor(parseDecimal(nil, []byte("3"))); d.divides(huge) {
		t.Error("3 divides a power of ten")
	}
}

func TestStructFieldsFollowEncodingJSON(t *testing.T) {
	type tagged struct {
		X int `json:"same"`
	}
	type untagged struct{ Same, Only int }
	for name, c := range map[string]struct {
		typ  reflect.Type
		want []string
	}{
		"names":   {reflect.TypeFor[fuzzInner](), []string{"x", "-", "É"}},
		"invalid": {reflect.TypeFor[struct{ A, B int }](), []string{"A", "B"}},
		"ambiguous": {reflect.TypeFor[struct {
			fuzzTwin1
			fuzzTwin2
		}](), []string{"once", "C"}},
		"outer": {reflect.TypeFor[struct {
			untagged
			Same string
		}](), []string{"Only", "Same"}},
		"twice": {reflect.TypeFor[struct {
			L struct{ Deep int }
			untagged
			M struct{ untagged }
		}](), []string{"L", "Same", "Only", "M"}},
		"tag wins": {reflect.TypeFor[struct {
			tagged
			*untagged
		}](), []string{"same", "Same", "Only"}},
		"named embed": {reflect.TypeFor[struct {
			untagged `json:"u"`
		}](), []string{"u"}},
		"recursive":     {reflect.TypeFor[fuzzChain](), []string{"next", "Via", "Map", "V"}},
		"embeds itself": {reflect.TypeFor[selfEmbedded](), []string{"A"}},
		"diamond": {reflect.TypeFor[struct {
			left
			right
		}](), nil},
	} {
		var got []string
		for _, f := range structFields(c.typ) {
			got = append(got, f.name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

type (
	selfEmbedded struct {
		*selfEmbedded
		A int
	}
	bottom struct{ Bottom int }
	left   struct{ bottom }
	right  struct{ bottom }
)

// Fields of an embedded struct that has a name of its own are set, but its methods are not called; a pointer to an
// unexported struct can't be set, where encoding/json panics.
func TestHiddenEmbeddedStructs(t *testing.T) {
	type byValue struct {
		upperFields `json:"u"`
		level       // has the same method, so that neither is promoted
	}
	type byPointer struct {
		*embedded1 `json:"p"`
	}
	accepts(`{"type":"object"}`, `{"v":{"u":{"Text":"x"}}}`, holder[byValue]{byValue{upperFields: upperFields{Text: "x"}}})(t)
	refuses[holder[byPointer]](`{"type":"object"}`, `{"v":{"p":{"a":1}}}`, `$.v.p can't be set: it belongs to an embedded pointer to an unexported struct`)(t)
}

type upperFields struct{ Text string }

func (u *upperFields) UnmarshalText(b []byte) error { u.Text = strings.ToUpper(string(b)); return nil }

func TestNameIndexFindsEveryName(t *testing.T) {
	names := []string{"", "a", "b", "ab", "ba", "aa", "é", strings.Repeat("x", 300)}
	for i := range 200 {
		names = append(names, "n"+strconv.Itoa(i))
	}
	x := newNameIndex(names)
	for i, name := range names {
		for _, hint := range []int{0, i, i + 1, len(names)} {
			if got := x.find([]byte(name), hint); got != i {
				t.Errorf("%q with hint %d: got %d, want %d", name, hint, got, i)
			}
		}
		if got := x.find([]byte(name+"?"), i); got != -1 {
			t.Errorf("%q: got %d", name+"?", got)
		}
	}
	empty := newNameIndex(nil)
	if empty.find([]byte("a"), 0) != -1 {
		t.Error("found a name among none")
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"text", "title", "user_name", "limit", "q"}
	for name, want := range map[string]string{
		"txt": "text", "Text": "text", "titel": "title", "tile": "title", "userName": "user_name", "user-name": "user_name", "username": "user_name", "limits": "limit", "Q": "q", "x": "", "unrelated": "", "": "",
	} {
		got := suggest(name, known)
		if want == "" {
			if strings.Contains(got, "did you mean") {
				t.Errorf("%q: %s", name, got)
			}
		} else if got != `, did you mean "`+want+`"?` {
			t.Errorf("%q: %s", name, got)
		}
	}
	if got := suggest("x", strings.Split("aa bb cc dd ee ff gg hh ii", " ")); got != "" {
		t.Errorf("many names: %s", got)
	}
	if got := suggest(strings.Repeat("x", 1<<20), known); !strings.HasPrefix(got, ", known are") {
		t.Errorf("long name: %s", got)
	}
}

// Large objects change over to an index, and repeated names are still found.
func TestRepeatedNamesInLargeObjects(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 18, 200} {
		var b strings.Builder
		b.WriteString(`{"v":{`)
		for i := range n {
			b.WriteString(`"\u006b` + strconv.Itoa(i) + `":0,`)
		}
		for _, again := range []int{0, n / 2, n - 1} {
			body := b.String() + `"k` + strconv.Itoa(again) + `":1}}`
			want := `$.v has the property "k` + strconv.Itoa(again) + `" more than once`
			refuses[struct{}](`{"type":"object"}`, body, want)(t)
			refuses[holder[map[string]int]](`{"type":"object"}`, body, want)(t)
			refuses[holder[any]](`{"type":"object"}`, body, want)(t)
		}
		refuses[struct{}](`{"type":"object"}`, b.String()+`"new":1}}`)(t)
	}
}

func TestTooManyRepeatedNamesEndThePass(t *testing.T) {
	for _, schema := range []string{`{"type":"object"}`, property(`{}`)} {
		refuses[holder[any]](schema, `{`+strings.Repeat(`"v":{},`, 200)+`"v":1}`, `$ repeats property names too often`)(t)
		refuses[holder[any]](schema, `{"v":{`+strings.Repeat(`"a":1,`, 200)+`"a":1}}`, `$ repeats property names too often`)(t)
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct {
		path []segment
		want string
	}{
		{nil, "$"},
		{[]segment{{index: -1, name: "a"}, {index: 3}, {index: -1, raw: []byte("b_2")}}, "$.a[3].b_2"},
		{[]segment{{index: -1, name: "é"}}, "$.é"},
		{[]segment{{index: -1, name: "a b"}, {index: -1, name: ""}, {index: -1, name: "2x"}, {index: -1, name: `"`}}, `$["a b"][""]["2x"]["\""]`},
		{[]segment{{index: -1, name: "\u202e"}}, `$["\u202e"]`},
	} {
		if got := renderPath(c.path); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
