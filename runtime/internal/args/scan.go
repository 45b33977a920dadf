package args

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// kind is a set of JSON types. A value has exactly one.
type kind uint8

const (
	kindNull kind = 1 << iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject

	kindAny = kindNull | kindBool | kindNumber | kindString | kindArray | kindObject
)

// kindOf tells the type of a value by its first byte; 0 means that no value starts so.
func kindOf(c byte) kind {
	switch c {
	case '"':
		return kindString
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return kindNumber
	case '{':
		return kindObject
	case '[':
		return kindArray
	case 't', 'f':
		return kindBool
	case 'n':
		return kindNull
	}
	return 0
}

// peek returns the byte at the current position, or 0 at the end. A NUL starts no JSON token, so 0 is unambiguous.
func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

// unexpected stops the parser with a syntax error at the current position.
func (p *parser) unexpected(want string) bool {
	if p.pos >= len(p.data) {
		return p.halt("is not valid JSON: it ends where " + want + " is expected")
	}
	return p.halt(fmt.Sprintf("is not valid JSON: unexpected %s at byte %d where %s is expected",
		quoteByte(p.data[p.pos]), p.pos, want))
}

func quoteByte(c byte) string {
	if c < ' ' || c >= utf8.RuneSelf {
		return fmt.Sprintf("byte 0x%02x", c)
	}
	return "'" + string(rune(c)) + "'"
}

// literal consumes true, false or null.
func (p *parser) literal(word string) bool {
	if len(p.data)-p.pos < len(word) || string(p.data[p.pos:p.pos+len(word)]) != word {
		return p.unexpected("a value")
	}
	p.pos += len(word)
	return true
}

// open consumes the opening bracket of an array or object and tells whether it has a first member.
func (p *parser) open(end byte) (more, ok bool) {
	p.pos++
	p.depth++
	if p.depth > p.maxDepth {
		return false, p.haltDepth()
	}
	p.space()
	if p.peek() == end {
		p.pos++
		p.depth--
		return false, true
	}
	return true, true
}

func (p *parser) haltDepth() bool {
	return p.halt(fmt.Sprintf("nests deeper than %d levels", p.maxDepth))
}

// next consumes what separates the members of an array or object, or its end.
func (p *parser) next(end byte) (more, ok bool) {
	p.space()
	switch p.peek() {
	case ',':
		p.pos++
		p.space()
		return true, true
	case end:
		p.pos++
		p.depth--
		return false, true
	}
	return false, p.unexpected("',' or '" + string(rune(end)) + "'")
}

// key consumes a property name and its colon. The result is valid until the next string is read.
func (p *parser) key() (name []byte, ok bool) {
	if p.peek() != '"' {
		return nil, p.unexpected("a property name")
	}
	if name, ok = p.text(); !ok {
		return nil, false
	}
	p.space()
	if p.peek() != ':' {
		return nil, p.unexpected("':'")
	}
	p.pos++
	p.space()
	return name, true
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stringToken consumes a string and returns what stands between its quotes. It is plain when it is its own meaning:
// no escapes, and valid UTF-8.
func (p *parser) stringToken() (raw []byte, plain, ok bool) {
	data, begin := p.data, p.pos+1
	i := begin
	escaped, ascii := false, true
	for {
		// Look at eight bytes at a time for a quote, a backslash, a control character or what is not ASCII. A subtraction
		// borrows from higher bytes only, so the lowest mark is always a true one.
		for i+8 <= len(data) {
			x := binary.LittleEndian.Uint64(data[i:])
			quote, slash := x^(ones*'"'), x^(ones*'\\')
			marks := ((quote-ones)&^quote | (slash-ones)&^slash | (x - ones*' ') | x) & highs
			if marks != 0 {
				i += bits.TrailingZeros64(marks) / 8
				break
			}
			i += 8
		}
		if i >= len(data) {
			p.pos = i
			return nil, false, p.unexpected("'\"'")
		}
		switch c := data[i]; {
		case c == '"':
			p.pos = i + 1
			raw = data[begin:i]
			return raw, !escaped && (ascii || utf8.Valid(raw)), true
		case c == '\\':
			escaped = true
			n := wire.EscapeLength(data[i:])
			if n == 0 {
				p.pos = i
				return nil, false, p.unexpected("a valid escape")
			}
			i += n
		case c < ' ':
			p.pos = i
			return nil, false, p.unexpected("'\"'")
		default:
			for i < len(data) && data[i] >= utf8.RuneSelf {
				ascii = false
				i++
			}
			if c < utf8.RuneSelf {
				i++
			}
		}
	}
}

// numberToken consumes a number by the grammar of RFC 8259, section 6. It is whole when it has neither fraction nor
// exponent.
func (p *parser) numberToken() (lit []byte, whole, ok bool) {
	data, i := p.data, p.pos
	if i < len(data) && data[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(data) && data[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if i < len(data) && data[i] == '0' {
		i++
	} else if !digits() {
		p.pos = i
		return nil, false, p.unexpected("a digit")
	}
	whole = true
	if i < len(data) && data[i] == '.' {
		whole = false
		i++
		if !digits() {
			p.pos = i
			return nil, false, p.unexpected("a digit")
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		whole = false
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if !digits() {
			p.pos = i
			return nil, false, p.unexpected("a digit")
		}
	}
	lit = data[p.pos:i]
	p.pos = i
	return lit, whole, true
}

// skip consumes any value, checking its syntax and that no object repeats a property.
func (p *parser) skip() (ok bool) {
	switch c := p.peek(); kindOf(c) {
	case kindString:
		_, _, ok = p.stringToken()
	case kindNumber:
		_, _, ok = p.numberToken()
	case kindNull:
		ok = p.literal("null")
	case kindBool:
		ok = p.boolean()
	case kindArray:
		ok = p.skipArray()
	case kindObject:
		ok = p.skipObject()
	default:
		ok = p.unexpected("a value")
	}
	return ok
}

func (p *parser) boolean() bool {
	if p.peek() == 't' {
		return p.literal("true")
	}
	return p.literal("false")
}

func (p *parser) skipArray() bool {
	more, ok := p.open(']')
	if !ok || !more {
		return ok
	}
	at := p.push()
	for i := 0; more; i++ {
		p.path[at].index = i
		if !p.skip() {
			return false
		}
		more, ok = p.next(']')
	}
	p.pop(at)
	return ok
}

func (p *parser) skipObject() bool {
	more, ok := p.open('}')
	if !ok || !more {
		return ok
	}
	keys := p.keyset()
	for more {
		name, ok := p.key()
		if !ok {
			return false
		}
		name, fresh := keys.add(p, name)
		if fresh {
			at := p.push()
			p.path[at].raw = name
			ok = p.skip()
			p.pop(at)
		} else {
			ok = p.repeated(name)
		}
		if !ok {
			return false
		}
		if more, ok = p.next('}'); !ok {
			return false
		}
	}
	keys.close(p)
	return true
}
