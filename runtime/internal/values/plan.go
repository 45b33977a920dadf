package values

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

var (
	timeType      = reflect.TypeFor[time.Time]()
	numberType    = reflect.TypeFor[json.Number]()
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// planOf returns how values of a type are written, or nil. within holds the types that the type is a part of.
func planOf(t reflect.Type, within []reflect.Type) appendFunc {
	if t == timeType {
		return appendTime
	}
	if t == numberType || slices.Contains(within, t) {
		return nil
	}
	for _, m := range []reflect.Type{jsonMarshaler, textMarshaler} {
		if t.Implements(m) || t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(m) {
			if t.Kind() == reflect.Pointer && t.Elem() == timeType {
				break // its method is that of the time
			}
			return nil
		}
	}
	within = append(within[:len(within):len(within)], t)
	switch t.Kind() {
	case reflect.Bool:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return strconv.AppendBool(dst, v.Bool()), true }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return strconv.AppendInt(dst, v.Int(), 10), true }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return strconv.AppendUint(dst, v.Uint(), 10), true }
	case reflect.Float32:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return appendFloat(dst, v.Float(), 32) }
	case reflect.Float64:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return appendFloat(dst, v.Float(), 64) }
	case reflect.String:
		return func(dst []byte, v reflect.Value) ([]byte, bool) { return wire.AppendString(dst, v.String()), true }
	case reflect.Pointer:
		return planOfPointer(t, within)
	case reflect.Slice:
		return planOfSlice(t, within)
	case reflect.Array:
		return planOfItems(t, within)
	case reflect.Map:
		return planOfMap(t, within)
	case reflect.Struct:
		return planOfStruct(t, within)
	}
	return nil
}

func appendTime(dst []byte, v reflect.Value) ([]byte, bool) {
	var t *time.Time
	if v.CanAddr() {
		t = v.Addr().Interface().(*time.Time)
	} else {
		t = new(v.Interface().(time.Time))
	}
	dst, err := t.AppendText(append(dst, '"'))
	return append(dst, '"'), err == nil
}

// appendFloat writes a number as encoding/json does, which is as ECMAScript does.
func appendFloat(dst []byte, f float64, size int) ([]byte, bool) {
	if f-f != 0 { // infinite or not a number
		return dst, false
	}
	format, abs := byte('f'), max(f, -f)
	if n := int64(f); (abs < 1<<24 || size == 64 && abs < 1<<53) && float64(n) == f && (n != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(dst, n, 10), true
	}
	if abs != 0 && (size == 64 && (abs < 1e-6 || abs >= 1e21) || size == 32 && (float32(abs) < 1e-6 || float32(abs) >= 1e21)) {
		format = 'e'
	}
	dst = strconv.AppendFloat(dst, f, format, -1, size)
	if n := len(dst); format == 'e' && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' { // e-09 is e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst, true
}

func planOfPointer(t reflect.Type, within []reflect.Type) appendFunc {
	elem := planOf(t.Elem(), within)
	if elem == nil {
		return nil
	}
	return func(dst []byte, v reflect.Value) ([]byte, bool) {
		if v.IsNil() {
			return append(dst, "null"...), true
		}
		return elem(dst, v.Elem())
	}
}

func planOfSlice(t reflect.Type, within []reflect.Type) appendFunc {
	items := planOfItems(t, within)
	switch {
	case items == nil:
		return nil
	case t.Elem().Kind() == reflect.Uint8:
		items = func(dst []byte, v reflect.Value) ([]byte, bool) {
			return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v.Bytes()), '"'), true
		}
	}
	return func(dst []byte, v reflect.Value) ([]byte, bool) {
		if v.IsNil() {
			return append(dst, "null"...), true
		}
		return items(dst, v)
	}
}

func planOfItems(t reflect.Type, within []reflect.Type) appendFunc {
	elem := planOf(t.Elem(), within)
	if elem == nil {
		return nil
	}
	return func(dst []byte, v reflect.Value) ([]byte, bool) {
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			var ok bool
			if dst, ok = elem(dst, v.Index(i)); !ok {
				return dst, false
			}
		}
		return append(dst, ']'), true
	}
}

// planOfMap writes the members of a map in the order of their keys.
func planOfMap(t reflect.Type, within []reflect.Type) appendFunc {
	elem := planOf(t.Elem(), within)
	if elem == nil || t.Key().Kind() != reflect.String || planOf(t.Key(), within) == nil {
		return nil
	}
	type member struct {
		key   string
		value reflect.Value
	}
	return func(dst []byte, v reflect.Value) ([]byte, bool) {
		if v.IsNil() {
			return append(dst, "null"...), true
		}
		members := make([]member, 0, v.Len())
		for it := v.MapRange(); it.Next(); {
			members = append(members, member{it.Key().String(), it.Value()})
		}
		slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(wire.AppendString(dst, m.key), ':')
			var ok bool
			if dst, ok = elem(dst, m.value); !ok {
				return dst, false
			}
		}
		return append(dst, '}'), true
	}
}
