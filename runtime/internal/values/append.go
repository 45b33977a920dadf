package values

import (
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// output is what is written: values as JSON and, where both is set, the body of a JSON string that means the same JSON. Writing the
// second beside the first costs a fraction of escaping it afterwards, since it is known where the quotes are.
type output struct {
	raw, text []byte
	both      bool
}

// copy puts what was written to raw since it had the length n, which needs no escapes, into the text.
func (o *output) copy(n int) {
	if o.both {
		o.text = append(o.text, o.raw[n:]...)
	}
}

// copyQuoted is copy for a string that was written.
func (o *output) copyQuoted(n int) {
	if o.both {
		o.text = append(append(append(o.text, '\\', '"'), o.raw[n+1:len(o.raw)-1]...), '\\', '"')
	}
}

// literal writes what needs no escapes.
func (o *output) literal(s string) {
	o.raw = append(o.raw, s...)
	if o.both {
		o.text = append(o.text, s...)
	}
}

func (o *output) byte(c byte) {
	o.raw = append(o.raw, c)
	if o.both {
		o.text = append(o.text, c)
	}
}

// string writes a string, which may follow a key as it is in either form.
func (o *output) string(key, escaped, s string) {
	if wire.IsText(s) { // nearly all of them are
		b, n := extend(o.raw, len(key)+len(s)+2)
		n += copy(b[n:], key)
		b[n] = '"'
		copy(b[n+1:], s)
		b[len(b)-1] = '"'
		o.raw = b
		if o.both {
			b, n = extend(o.text, len(escaped)+len(s)+4)
			n += copy(b[n:], escaped)
			b[n], b[n+1] = '\\', '"'
			n += 2 + copy(b[n+2:], s)
			b[n], b[n+1] = '\\', '"'
			o.text = b
		}
		return
	}
	o.raw = append(o.raw, key...)
	n := len(o.raw)
	o.raw = wire.AppendString(o.raw, s)
	if o.both {
		o.text = wire.AppendBody(append(o.text, escaped...), o.raw[n:])
	}
}

// extend makes b longer by n bytes and returns how long it was.
func extend(b []byte, n int) ([]byte, int) {
	had := len(b)
	if cap(b)-had < n {
		b = slices.Grow(b, n)
	}
	return b[:had+n], had
}

// write writes the value at p, which is one of the plan's type. It returns false for values that encoding/json refuses, such as
// an infinite number.
func (pl *plan) write(o *output, p unsafe.Pointer) bool {
	n := len(o.raw)
	switch pl.op {
	case opString:
		o.string("", "", *(*string)(p))
		return true
	case opStruct:
		return pl.writeStruct(o, p)
	case opSlice:
		s := *(*[]struct{})(p) // all slices are laid out alike
		if s == nil {
			o.literal("null")
			return true
		}
		return pl.writeItems(o, unsafe.Pointer(unsafe.SliceData(s)), len(s))
	case opArray:
		return pl.writeItems(o, p, pl.length)
	case opPointer:
		if p = *(*unsafe.Pointer)(p); p == nil {
			o.literal("null")
			return true
		}
		return pl.elem.write(o, p)
	case opMap:
		return pl.writeMap(o, p)
	case opTime:
		raw, err := (*time.Time)(p).AppendText(append(o.raw, '"'))
		if err != nil {
			return false
		}
		o.raw = append(raw, '"')
		o.copyQuoted(n)
		return true
	case opBytes:
		b := *(*[]byte)(p)
		if b == nil {
			o.literal("null")
			return true
		}
		o.raw = append(base64.StdEncoding.AppendEncode(append(o.raw, '"'), b), '"')
		o.copyQuoted(n)
		return true
	}
	ok := true
	switch pl.op {
	case opInt:
		o.raw = strconv.AppendInt(o.raw, loadInt(p, pl.size), 10)
	case opUint:
		o.raw = strconv.AppendUint(o.raw, loadUint(p, pl.size), 10)
	case opBool:
		o.raw = strconv.AppendBool(o.raw, *(*bool)(p))
	case opFloat:
		if pl.size == 4 {
			o.raw, ok = appendFloat32(o.raw, *(*float32)(p))
		} else {
			o.raw, ok = appendFloat(o.raw, *(*float64)(p))
		}
	}
	o.copy(n)
	return ok
}

func (pl *plan) writeStruct(o *output, p unsafe.Pointer) bool {
	o.byte('{')
	start := len(o.raw)
	for i := range pl.fields {
		f := &pl.fields[i]
		at := unsafe.Add(p, f.offset)
		if f.omit != nil && f.omit(at) {
			continue
		}
		key, escaped := f.key, f.escaped
		if len(o.raw) == start {
			key, escaped = key[1:], escaped[1:]
		}
		if f.plan.op == opString {
			o.string(key, escaped, *(*string)(at))
			continue
		}
		o.raw = append(o.raw, key...)
		if o.both {
			o.text = append(o.text, escaped...)
		}
		if !f.plan.write(o, at) {
			return false
		}
	}
	o.byte('}')
	return true
}

func (pl *plan) writeItems(o *output, p unsafe.Pointer, n int) bool {
	o.byte('[')
	for i := range n {
		if i > 0 {
			o.byte(',')
		}
		if !pl.elem.write(o, unsafe.Add(p, uintptr(i)*pl.stride)) {
			return false
		}
	}
	o.byte(']')
	return true
}

// writeMap writes the members of a map in the order of their keys.
func (pl *plan) writeMap(o *output, p unsafe.Pointer) bool {
	m := pl.at(p)
	if m.IsNil() {
		o.literal("null")
		return true
	}
	type member struct {
		key string
		at  int
	}
	members := make([]member, 0, m.Len())
	values := reflect.MakeSlice(pl.items, m.Len(), m.Len())
	for it := m.MapRange(); it.Next(); {
		values.Index(len(members)).SetIterValue(it)
		members = append(members, member{it.Key().String(), len(members)})
	}
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	o.byte('{')
	for i, m := range members {
		if i > 0 {
			o.byte(',')
		}
		o.string("", "", m.key)
		o.byte(':')
		if !pl.elem.write(o, values.Index(m.at).Addr().UnsafePointer()) {
			return false
		}
	}
	o.byte('}')
	return true
}

func loadInt(p unsafe.Pointer, size uintptr) int64 {
	switch size {
	case 1:
		return int64(*(*int8)(p))
	case 2:
		return int64(*(*int16)(p))
	case 4:
		return int64(*(*int32)(p))
	}
	return *(*int64)(p)
}

func loadUint(p unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

// appendFloat writes a number as encoding/json does, which is as ECMAScript does.
func appendFloat(dst []byte, f float64) ([]byte, bool) {
	if f-f != 0 { // infinite or not a number
		return dst, false
	}
	format, abs := byte('f'), math.Abs(f)
	if n := int64(f); abs < 1<<53 && float64(n) == f && (n != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(dst, n, 10), true
	}
	if abs < 1e12 {
		if dst, ok := appendShort(dst, f); ok {
			return dst, true
		}
	}
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return trimExponent(strconv.AppendFloat(dst, f, format, -1, 64), format), true
}

func appendFloat32(dst []byte, f float32) ([]byte, bool) {
	if f-f != 0 {
		return dst, false
	}
	format, abs := byte('f'), max(f, -f)
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return trimExponent(strconv.AppendFloat(dst, float64(f), format, -1, 32), format), true
}

// trimExponent makes e-9 of e-09.
func trimExponent(dst []byte, format byte) []byte {
	if n := len(dst); format == 'e' && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// appendShort writes numbers of at most three decimals, which most are. Such a decimal n/1000 with n below 1e15 has at most 15
// digits, of which no two mean the same float64 (IEEE 754: DBL_DIG is 15): when it means f it is the shortest that does.
// The division of two exact numbers is rounded as reading the decimal would be.
func appendShort(dst []byte, f float64) ([]byte, bool) {
	n := int64(math.RoundToEven(f * 1000))
	if float64(n)/1000 != f || n == 0 {
		return dst, false
	}
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, n/1000, 10)
	if rest := byte(n % 1000 / 10); n%1000 != 0 {
		dst = append(dst, '.', '0'+rest/10, '0'+rest%10, '0'+byte(n%10))
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return dst, true
}
