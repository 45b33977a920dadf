package args

import (
	"encoding/base64"
	"math"
	"strconv"
	"unsafe"
)

// value decodes the value at the current position into the memory at ptr.
func (p *parser) value(pl *plan, ptr unsafe.Pointer) bool {
	k := kindOf(p.peek())
	if pl.accept&k == 0 {
		if k == 0 {
			return p.unexpected("a value")
		}
		if pl.op == opNever {
			p.failf("can't be set: the Go type %s has no JSON form", pl.typ)
			return p.skip()
		}
		return p.mismatch(pl.want())
	}
	start := p.pos
	extra := pl.extra
	if k == kindNull && pl.nullable {
		extra = extra[:pl.always]
	}
	if len(extra) > 0 {
		failures := p.failures
		for _, n := range extra {
			m := p.mark()
			if !p.validate(n) {
				return false
			}
			p.rewind(m)
		}
		if p.failures > failures && k&(kindNull|kindArray|kindObject) == 0 {
			return p.validate(pl.node)
		}
	}
	if k == kindNull {
		return p.null(pl, ptr)
	}
	for _, t := range pl.pointers {
		ptr = allocate(ptr, t)
	}
	if !p.decode(pl, ptr, k) {
		return false
	}
	if pl.checked && pl.op != opString && !pl.op.opaque() {
		p.checkEnums(pl.node, start)
	}
	return true
}

// opaque reports whether the interpreter checks the whole schema before the value is decoded.
func (op operation) opaque() bool { return op >= opAny }

func (p *parser) decode(pl *plan, ptr unsafe.Pointer, k kind) bool {
	switch pl.op {
	case opString:
		return p.decodeString(pl, ptr)
	case opInt:
		return p.decodeInt(pl, ptr)
	case opBool:
		v := p.peek() == 't'
		storeBool(ptr, v)
		return p.boolean()
	case opStruct:
		return p.decodeStruct(pl.object, ptr)
	case opSlice:
		return p.decodeSlice(pl, ptr)
	case opFloat:
		return p.decodeFloat(pl, ptr)
	case opUint:
		return p.decodeUint(pl, ptr)
	case opBytes:
		if k == kindArray {
			return p.decodeSlice(pl, ptr)
		}
		return p.decodeBase64(pl, ptr)
	case opArray:
		return p.decodeArray(pl, ptr)
	case opMap:
		return p.decodeMap(pl.mapped, at(pl.typ, ptr))
	}
	return p.decodeOpaque(pl, ptr, k)
}

// null stores what encoding/json stores for null: nothing, for memory is zero already, unless a type wants to know.
func (p *parser) null(pl *plan, ptr unsafe.Pointer) bool {
	start, failures := p.pos, p.failures
	switch {
	case pl.nullable:
		if !p.literal("null") {
			return false
		}
	case pl.op.opaque():
		if !p.validate(pl.node) {
			return false
		}
	default:
		if !p.literal("null") {
			return false
		}
		p.checkEnums(pl.node, start)
	}
	if p.failures == failures && len(pl.pointers) == 0 && (pl.op == opJSON || pl.op == opRaw) {
		p.decodeRaw(pl, ptr, kindNull, start)
	}
	return true
}

func (p *parser) decodeString(pl *plan, ptr unsafe.Pointer) bool {
	b, ok := p.text()
	if !ok {
		return false
	}
	n := pl.node
	failures := p.failures
	var f *format
	if n.str != nil {
		p.checkString(n.str, b)
		f = n.str.format
	}
	if pl.checked {
		for _, e := range [...]*enumeration{n.enum, n.constant} {
			if e == nil {
				continue
			}
			s, ok := e.strings[string(b)]
			if !ok {
				p.fail(e.wording)
				continue
			}
			p.checkFormat(f, s)
			storeString(ptr, s)
		}
		return true
	}
	p.checkFormat(f, view(b))
	if p.failures == failures { // a text that is too long or does not match is not worth a copy
		storeString(ptr, p.keep(b))
	}
	return true
}

func (p *parser) decodeBase64(pl *plan, ptr unsafe.Pointer) bool {
	b, ok := p.text()
	if !ok {
		return false
	}
	failures := p.failures
	if r := pl.node.str; r != nil {
		p.checkString(r, b)
		if r.format != nil {
			p.checkFormat(r.format, view(b))
		}
	}
	if p.failures > failures {
		return true
	}
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(b)))
	n, err := base64.StdEncoding.Decode(decoded, b)
	if err != nil {
		p.fail("must be base64 with padding (RFC 4648, section 4)")
		return true
	}
	storeBytes(ptr, decoded[:n:n])
	return true
}

func (p *parser) decodeInt(pl *plan, ptr unsafe.Pointer) bool {
	lit, whole, ok := p.numberToken()
	if !ok {
		return false
	}
	v, fits := smallInt(lit, whole)
	if !fits {
		var buf [40]byte
		d := parseDecimal(buf[:0], lit)
		if !d.integral() {
			p.failf("must be an integer, got %s", excerpt(string(lit), maxQuoted))
			return true
		}
		v, fits = d.int64()
	}
	if r := pl.node.num; r != nil && (!fits || !r.ranged || v < r.lo || v > r.hi) {
		failures := p.failures
		if p.checkNumber(r, true, lit); p.failures > failures {
			return true
		}
	}
	shift := 64 - 8*pl.size
	if !fits || v<<shift>>shift != v {
		p.failf("must fit in %d bits with a sign", 8*pl.size)
		return true
	}
	storeInt(ptr, pl.size, uint64(v))
	return true
}

// smallInt reads integers of up to 18 digits, which fit without a look at each step.
func smallInt(lit []byte, whole bool) (v int64, ok bool) {
	if !whole || len(lit) > 18 {
		return 0, false
	}
	digits := lit
	if lit[0] == '-' {
		digits = lit[1:]
	}
	for _, c := range digits {
		v = v*10 + int64(c-'0')
	}
	if lit[0] == '-' {
		v = -v
	}
	return v, true
}

func (p *parser) decodeUint(pl *plan, ptr unsafe.Pointer) bool {
	lit, whole, ok := p.numberToken()
	if !ok {
		return false
	}
	small, fits := smallInt(lit, whole)
	v := uint64(small)
	if !fits || small < 0 {
		var buf [40]byte
		d := parseDecimal(buf[:0], lit)
		if !d.integral() {
			p.failf("must be an integer, got %s", excerpt(string(lit), maxQuoted))
			return true
		}
		v, fits = d.uint64()
	}
	if r := pl.node.num; r != nil && (!fits || !r.ranged || v > math.MaxInt64 || int64(v) < r.lo || int64(v) > r.hi) {
		failures := p.failures
		if p.checkNumber(r, true, lit); p.failures > failures {
			return true
		}
	}
	shift := 64 - 8*pl.size
	switch {
	case lit[0] == '-' && !fits:
		p.fail("must not be negative")
	case !fits || v<<shift>>shift != v:
		p.failf("must fit in %d bits without a sign", 8*pl.size)
	default:
		storeInt(ptr, pl.size, v)
	}
	return true
}

func (p *parser) decodeFloat(pl *plan, ptr unsafe.Pointer) bool {
	lit, _, ok := p.numberToken()
	if !ok {
		return false
	}
	v, exact := shortFloat(lit)
	if !exact || pl.size != 8 {
		var err error
		if v, err = strconv.ParseFloat(view(lit), int(8*pl.size)); err != nil {
			failures := p.failures
			if p.checkNumber(pl.node.num, pl.node.whole, lit); p.failures == failures {
				p.failf("must fit in a floating-point number of %d bits", 8*pl.size)
			}
			return true
		}
	}
	if r := pl.node.num; pl.node.whole || r != nil && !r.surelyWithin(v) {
		p.checkNumber(r, pl.node.whole, lit)
	}
	storeFloat(ptr, pl.size, v)
	return true
}

// shortFloat reads numbers of at most 15 digits without an exponent. Such a number is a quotient of two numbers that float64 holds
// exactly, and a division is rounded as reading the number would be.
func shortFloat(lit []byte) (v float64, ok bool) {
	if len(lit) > 16 {
		return 0, false
	}
	var n int64
	scale := -1
	for _, c := range lit {
		switch {
		case isDigit(c):
			n = n*10 + int64(c-'0')
			if scale >= 0 {
				scale++
			}
		case c == '.':
			scale = 0
		default: // a sign or an exponent
			return 0, false
		}
	}
	if scale < 0 {
		return float64(n), n < 1e15
	}
	return float64(n) / tens[scale], n < 1e15
}

var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16}
