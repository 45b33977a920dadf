package args

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
)

// decimal is the exact value 0.digits × 10^exp of a JSON number. Digits have no zeros at either end; zero has none at all.
type decimal struct {
	negative bool
	digits   []byte
	exp      int64
}

// maxExponent bounds written exponents, so that sums of them cannot overflow. No two numbers below it are confused.
const maxExponent = 1 << 40

// parseDecimal reads a valid JSON number. Digits are appended to buf, which the result keeps.
func parseDecimal(buf, lit []byte) decimal {
	d := decimal{digits: buf[:0]}
	i := 0
	if lit[0] == '-' {
		d.negative = true
		i++
	}
	fraction := false
	for ; i < len(lit); i++ {
		c := lit[i]
		if c == '.' {
			fraction = true
			continue
		}
		if c|0x20 == 'e' {
			break
		}
		if c == '0' && len(d.digits) == 0 {
			if fraction {
				d.exp--
			}
			continue
		}
		if !fraction {
			d.exp++
		}
		d.digits = append(d.digits, c)
	}
	if i < len(lit) {
		d.exp += parseExponent(lit[i+1:])
	}
	for n := len(d.digits); n > 0 && d.digits[n-1] == '0'; n-- {
		d.digits = d.digits[:n-1]
	}
	if len(d.digits) == 0 {
		d.negative, d.exp = false, 0
	}
	return d
}

func parseExponent(b []byte) int64 {
	negative := false
	if b[0] == '+' || b[0] == '-' {
		negative = b[0] == '-'
		b = b[1:]
	}
	var e int64
	for _, c := range b {
		if e = e*10 + int64(c-'0'); e > maxExponent {
			e = maxExponent
		}
	}
	if negative {
		return -e
	}
	return e
}

func (d decimal) cmp(o decimal) int {
	sign := 1
	if d.negative {
		sign = -1
	}
	switch {
	case d.negative != o.negative:
		return sign
	case len(d.digits) == 0 || len(o.digits) == 0:
		return sign * (boolInt(len(d.digits) > 0) - boolInt(len(o.digits) > 0))
	case d.exp != o.exp:
		if d.exp > o.exp {
			return sign
		}
		return -sign
	}
	return sign * bytes.Compare(d.digits, o.digits)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// integral reports whether the number has no fraction.
func (d decimal) integral() bool { return int64(len(d.digits)) <= d.exp || len(d.digits) == 0 }

// magnitude returns the absolute value of an integral number.
func (d decimal) magnitude() (u uint64, ok bool) {
	if d.exp > 20 {
		return 0, false
	}
	for i := range int(d.exp) {
		c := byte('0')
		if i < len(d.digits) {
			c = d.digits[i]
		}
		hi, lo := bits.Mul64(u, 10)
		sum, carry := bits.Add64(lo, uint64(c-'0'), 0)
		if hi != 0 || carry != 0 {
			return 0, false
		}
		u = sum
	}
	return u, true
}

// int64 returns the value of an integral number.
func (d decimal) int64() (v int64, ok bool) {
	u, ok := d.magnitude()
	switch {
	case !ok:
		return 0, false
	case d.negative:
		return -int64(u), u <= 1<<63
	}
	return int64(u), u <= math.MaxInt64
}

// uint64 returns the value of an integral number.
func (d decimal) uint64() (v uint64, ok bool) {
	u, ok := d.magnitude()
	return u, ok && (!d.negative || u == 0)
}

// divisor is a multipleOf that is taken apart as mantissa × 10^exp.
type divisor struct {
	mantissa uint64
	exp      int64
}

// newDivisor returns false for a number that is not positive or has more than 19 significant digits.
func newDivisor(d decimal) (divisor, bool) {
	m, err := strconv.ParseUint(string(d.digits), 10, 64)
	if err != nil || d.negative || m == 0 {
		return divisor{}, false
	}
	return divisor{m, d.exp - int64(len(d.digits))}, true
}

// divides is exact. With d = a × 10^x and a not divisible by 10, x < exp can't divide. Otherwise a × 10^(x-exp) must
// vanish modulo the mantissa, for which more than 64 tens change nothing: a uint64 has fewer factors 2 and 5.
func (v divisor) divides(d decimal) bool {
	if len(d.digits) == 0 {
		return true
	}
	tens := d.exp - int64(len(d.digits)) - v.exp
	if tens < 0 {
		return false
	}
	rest := uint64(0)
	step := func(digit byte) {
		hi, lo := bits.Mul64(rest, 10)
		lo, carry := bits.Add64(lo, uint64(digit), 0)
		rest = bits.Rem64(hi+carry, lo, v.mantissa)
	}
	for _, c := range d.digits {
		step(c - '0')
	}
	for range min(tens, 64) {
		step(0)
	}
	return rest == 0
}
