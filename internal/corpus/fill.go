package corpus

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"net"
	"net/netip"
	"reflect"
	"time"
)

// Filler makes random Go values of any type of the corpus.
type Filler struct{ Rand *rand.Rand }

// special are types whose random values need care.
var special = map[reflect.Type]func(*rand.Rand) any{
	reflect.TypeFor[time.Time](): func(r *rand.Rand) any {
		if r.IntN(4) == 0 {
			return time.Time{}
		}
		return time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC()
	},
	reflect.TypeFor[json.RawMessage](): func(r *rand.Rand) any {
		return pick(r, json.RawMessage(nil), json.RawMessage(`null`), json.RawMessage(`{"a":[1]}`), json.RawMessage(`"s"`), json.RawMessage(`12`))
	},
	reflect.TypeFor[json.Number](): func(r *rand.Rand) any {
		return pick(r, json.Number(""), json.Number("12"), json.Number("-1.5"), json.Number("1e3"))
	},
	reflect.TypeFor[big.Int]():   func(r *rand.Rand) any { return *big.NewInt(r.Int64() - r.Int64()) },
	reflect.TypeFor[big.Float](): func(r *rand.Rand) any { return *big.NewFloat(r.Float64()) },
	reflect.TypeFor[net.IP](): func(r *rand.Rand) any {
		return pick(r, net.IP(nil), net.IPv4(1, 2, 3, 4), net.IPv6loopback)
	},
	reflect.TypeFor[netip.Addr](): func(r *rand.Rand) any { return pick(r, netip.Addr{}, netip.MustParseAddr("::1")) },
	reflect.TypeFor[netip.Prefix](): func(r *rand.Rand) any {
		return pick(r, netip.Prefix{}, netip.MustParsePrefix("10.0.0.0/8"))
	},
	reflect.TypeFor[netip.AddrPort](): func(r *rand.Rand) any {
		return pick(r, netip.AddrPort{}, netip.MustParseAddrPort("1.2.3.4:80"))
	},
	reflect.TypeFor[Temperature](): func(r *rand.Rand) any {
		var t Temperature
		if err := t.UnmarshalJSON(pick(r, []byte(`"21.5 C"`), []byte(`"-3 C"`))); err != nil {
			panic(err)
		}
		return t
	},
}

func pick[T any](r *rand.Rand, vs ...T) T { return vs[r.IntN(len(vs))] }

// value returns a random value.
func (f Filler) value(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	f.Fill(v, depth)
	return v
}

// Fill sets v to a random value. Beyond the depth, pointers, slices and maps stay nil.
func (f Filler) Fill(v reflect.Value, depth int) {
	t := v.Type()
	if mk, ok := special[t]; ok {
		v.Set(reflect.ValueOf(mk(f.Rand)))
		return
	}
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(f.Rand.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(pick(f.Rand, int64(0), 1, -1, 7, -1<<(t.Bits()-1), 1<<(t.Bits()-1)-1))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(pick(f.Rand, uint64(0), 1, 7, 1<<t.Bits()-1))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(pick(f.Rand, 0, 1.5, -2, f.Rand.NormFloat64(), 1e20))
	case reflect.String:
		v.SetString(pick(f.Rand, "", "ab", "red", "ö <&> \"q\"", "a\x00\n", string(rune(f.Rand.IntN(0xd800)))))
	case reflect.Pointer:
		if depth > 0 && f.Rand.IntN(3) > 0 {
			v.Set(reflect.New(t.Elem()))
			f.Fill(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 && f.Rand.IntN(4) > 0 {
			v.Set(reflect.MakeSlice(t, f.Rand.IntN(4), 4))
			for i := range v.Len() {
				f.Fill(v.Index(i), depth-1)
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			f.Fill(v.Index(i), depth)
		}
	case reflect.Map:
		if depth > 0 && f.Rand.IntN(4) > 0 {
			v.Set(reflect.MakeMap(t))
			for range f.Rand.IntN(4) {
				v.SetMapIndex(f.value(t.Key(), 1), f.value(t.Elem(), depth-1))
			}
		}
	case reflect.Interface:
		if t.NumMethod() == 0 {
			if x := pick[any](f.Rand, nil, "s", 1.5, -2, true, []any{}, []any{1, "x"}, map[string]any{"k": nil}); x != nil {
				v.Set(reflect.ValueOf(x))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Field(i)
			switch {
			case field.CanSet():
				f.Fill(field, depth)
			case t.Field(i).Anonymous && t.Field(i).Type.Kind() == reflect.Struct:
				f.promoted(field, depth)
			}
		}
	}
}

// promoted fills the exported fields of an unexported embedded struct.
func (f Filler) promoted(v reflect.Value, depth int) {
	for i := range v.NumField() {
		switch {
		case v.Field(i).CanSet():
			f.Fill(v.Field(i), depth)
		case v.Type().Field(i).Anonymous && v.Field(i).Kind() == reflect.Struct:
			f.promoted(v.Field(i), depth)
		}
	}
}
