package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// unescape resolves the escapes of a string body that skipString has accepted.
func unescape(body []byte) string {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); {
		c := body[i]
		if c != '\\' {
			r, n := utf8.DecodeRune(body[i:])
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		i++
		switch c = body[i]; c {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hexRune(body[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if i+6 < len(body) && body[i+1] == '\\' && body[i+2] == 'u' {
					pair = utf16.DecodeRune(r, hexRune(body[i+3:]))
				}
				if pair != utf8.RuneError {
					i += 6
				}
				r = pair
			}
			out = utf8.AppendRune(out, r)
		default: // quote, backslash, slash
			out = append(out, c)
		}
		i++
	}
	return string(out)
}

func hexRune(b []byte) rune {
	n, err := strconv.ParseUint(string(b[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Invalid UTF-8 becomes U+FFFD; nothing but what JSON requires is escaped.
func AppendString[S string | []byte](dst []byte, s S) []byte {
	switch s := any(s).(type) {
	case string:
		return appendString(dst, unsafe.Slice(unsafe.StringData(s), len(s))) // which only reads it
	case []byte:
		return appendString(dst, s)
	}
	return dst
}

func appendString(dst, s []byte) []byte {
	dst = append(slices.Grow(dst, len(s)+len(s)/8+10), '"')
	for i := 0; i < len(s); {
		if i+8 <= len(s) && len(dst)+8 <= cap(dst) {
			// Eight bytes are copied, of which those before the first that is not text count.
			w := binary.LittleEndian.Uint64(s[i:])
			n := len(dst)
			binary.LittleEndian.PutUint64(dst[n:n+8], w)
			text := bits.TrailingZeros64(notText(w)|w&highBits) / 8
			dst = dst[:n+text]
			if i += text; text == 8 {
				continue
			}
		}
		c := s[i]
		switch {
		case textByte[c]:
			dst = append(dst, c)
		case c >= utf8.RuneSelf:
			for i < len(s) && s[i] >= utf8.RuneSelf { // more of them follow, as a rule
				r, n := utf8.DecodeRune(s[i:])
				dst = utf8.AppendRune(dst, r)
				i += n
			}
			continue
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
	}
	return append(dst, '"')
}

// textByte holds the bytes that stand for themselves in a JSON string that is ASCII: all but controls, quote and backslash.
var textByte = func() (set [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// notText looks at eight bytes at once. The lowest bit that is set in the result is in the first of them, the lowest one first,
// that is a control character, a quote or a backslash; without any, none is set.
func notText(w uint64) uint64 {
	quote, backslash := w^('"'*lowBits), w^('\\'*lowBits)
	return ((w-' '*lowBits)&^w | (quote-lowBits)&^quote | (backslash-lowBits)&^backslash) & highBits
}
