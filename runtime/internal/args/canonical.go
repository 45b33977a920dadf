package args

import (
	"bytes"
	"slices"
	"strconv"
)

// canonical consumes a value and appends a form that equal values share: numbers by value, strings by meaning, objects
// by sorted names. It is what enum, const and uniqueItems compare (JSON Schema core, section 4.2.2). A name that is
// repeated is left to those who check for it.
func (p *parser) canonical(dst []byte) (out []byte, ok bool) {
	switch c := p.peek(); kindOf(c) {
	case kindNull:
		return append(dst, 'n'), p.literal("null")
	case kindBool:
		return append(dst, c), p.boolean()
	case kindNumber:
		lit, _, ok := p.numberToken()
		if !ok {
			return dst, false
		}
		return appendCanonicalNumber(dst, lit), true
	case kindString:
		b, ok := p.text()
		if !ok {
			return dst, false
		}
		return appendCanonicalText(dst, b), true
	case kindArray:
		return p.canonicalArray(dst)
	case kindObject:
		return p.canonicalObject(dst)
	}
	return dst, p.unexpected("a value")
}

// recanonize puts the canonical form of the value that began at start and has just been consumed into p.canon. It counts as
// work by the size, since a recursive schema may ask for it at every level.
func (p *parser) recanonize(start int) {
	end := p.pos
	p.work -= end - start
	p.pos = start
	p.canon, _ = p.canonical(p.canon[:0])
	p.pos = end
}

func appendCanonicalNumber(dst, lit []byte) []byte {
	var buf [40]byte
	d := parseDecimal(buf[:0], lit)
	if d.negative {
		dst = append(dst, '-')
	} else {
		dst = append(dst, '+')
	}
	dst = append(dst, d.digits...)
	dst = append(dst, 'e')
	return strconv.AppendInt(dst, d.exp, 10)
}

// appendCanonicalText writes the length first, so that no text can imitate the end of another.
func appendCanonicalText(dst, b []byte) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendInt(dst, int64(len(b)), 10)
	dst = append(dst, ':')
	return append(dst, b...)
}

func (p *parser) canonicalArray(dst []byte) ([]byte, bool) {
	dst = append(dst, '[')
	more, ok := p.open(']')
	for ok && more {
		if dst, ok = p.canonical(dst); !ok {
			break
		}
		dst = append(dst, ',')
		more, ok = p.next(']')
	}
	return append(dst, ']'), ok
}

func (p *parser) canonicalObject(dst []byte) ([]byte, bool) {
	var members [][]byte
	more, ok := p.open('}')
	for ok && more {
		var name []byte
		if name, ok = p.key(); !ok {
			break
		}
		member := appendCanonicalText(nil, name)
		if member, ok = p.canonical(member); !ok {
			break
		}
		members = append(members, member)
		more, ok = p.next('}')
	}
	slices.SortFunc(members, bytes.Compare)
	dst = append(dst, '{')
	for _, m := range members {
		dst = append(dst, m...)
		dst = append(dst, ',')
	}
	return append(dst, '}'), ok
}
