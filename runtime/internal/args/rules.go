package args

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// checkString checks the rules for strings except the format. The string is b.
func (p *parser) checkString(r *stringRules, b []byte) {
	// A code point takes one to four bytes, so that most lengths need no counting.
	if len(b) < r.min || len(b) < 4*r.min && utf8.RuneCount(b) < r.min {
		p.failf("must be at least %s long", plural(r.min, "character"))
	}
	if r.max >= 0 && len(b) > r.max && utf8.RuneCount(b) > r.max {
		p.failf("must be at most %s long", plural(r.max, "character"))
		return // the limit is also what bounds the work of matching
	}
	if r.pattern != nil && !r.pattern.Match(b) {
		p.failf("must match the pattern %s", r.pattern)
	}
}

func (p *parser) checkFormat(f *format, s string) {
	if f != nil && !f.valid(s) {
		p.failf("must be %s", f.wording)
	}
}

// checkNumber checks the rules for numbers, r may be nil.
func (p *parser) checkNumber(r *numberRules, whole bool, lit []byte) {
	var buf [40]byte
	d := parseDecimal(buf[:0], lit)
	if whole && !d.integral() {
		p.failf("must be an integer, got %s", excerpt(string(lit), maxQuoted))
		return
	}
	if r == nil {
		return
	}
	if r.min != nil && d.cmp(r.min.value) < 0 {
		p.failf("must be at least %s", r.min.text)
	}
	if r.above != nil && d.cmp(r.above.value) <= 0 {
		p.failf("must be greater than %s", r.above.text)
	}
	if r.max != nil && d.cmp(r.max.value) > 0 {
		p.failf("must be at most %s", r.max.text)
	}
	if r.below != nil && d.cmp(r.below.value) >= 0 {
		p.failf("must be less than %s", r.below.text)
	}
	if r.multiple != nil && !r.multiple.divides(d) {
		p.failf("must be a multiple of %s", r.multipleText)
	}
}

func newBound(raw []byte) (*bound, error) {
	if kindOf(raw[0]) != kindNumber {
		return nil, errNotNumber
	}
	rounded, _ := strconv.ParseFloat(string(raw), 64) // infinite where it is out of range, which keeps the order too
	return &bound{parseDecimal(nil, raw), rounded, excerpt(string(raw), maxQuoted)}, nil
}

// surelyWithin tells whether a number that was rounded to v is within the bounds without doubt: rounding keeps the order, but may
// make a number equal to a bound that it is not equal to.
func (r *numberRules) surelyWithin(v float64) bool {
	return r.multiple == nil && (r.min == nil || v > r.min.rounded) && (r.max == nil || v < r.max.rounded) &&
		(r.above == nil || v > r.above.rounded) && (r.below == nil || v < r.below.rounded)
}

// findRange computes the int64 range of bounds that are integers, so that integers are checked by two comparisons.
func (r *numberRules) findRange() {
	r.lo, r.hi = math.MinInt64, math.MaxInt64
	if r.multiple != nil {
		return
	}
	for _, b := range []*bound{r.min, r.max, r.above, r.below} {
		if b == nil {
			continue
		}
		v, ok := b.value.int64()
		if !ok || !b.value.integral() {
			return
		}
		switch {
		case b == r.min:
			r.lo = max(r.lo, v)
		case b == r.max:
			r.hi = min(r.hi, v)
		case b == r.above && v < math.MaxInt64:
			r.lo = max(r.lo, v+1)
		case b == r.below && v > math.MinInt64:
			r.hi = min(r.hi, v-1)
		default:
			return
		}
	}
	r.ranged = true
}
