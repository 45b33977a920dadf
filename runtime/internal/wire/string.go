package wire

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// AppendUnescaped appends the meaning of what stands between the quotes of a valid JSON string. Invalid UTF-8 and lone surrogates
// become U+FFFD, as in encoding/json.
func AppendUnescaped(dst, body []byte) []byte {
	for i := 0; i < len(body); {
		c := body[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(body[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		if c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		switch c := body[i+1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, _ := hex4(body[i+2:])
			i += 6
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if i+6 <= len(body) && body[i] == '\\' && body[i+1] == 'u' {
					low, _ = hex4(body[i+2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			dst = utf8.AppendRune(dst, r)
			continue
		default: // quote, backslash, slash
			dst = append(dst, c)
		}
		i += 2
	}
	return dst
}

// EscapeLength returns how many bytes the escape sequence at the start of b takes, 0 when it is not a valid one.
func EscapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

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
	return append(AppendBody(append(dst, '"'), s), '"')
}

// AppendBody appends what stands between the quotes of [AppendString].
func AppendBody(dst, s []byte) []byte {
	n := textLength(s)
	dst = append(dst, s[:n]...)
	if n < len(s) { // a few, as a rule
		dst = appendEscaped(dst, s[n:])
	}
	return dst
}

// IsText tells whether s is ASCII that stands for itself in a JSON string.
func IsText(s string) bool {
	return textLength(unsafe.Slice(unsafe.StringData(s), len(s))) == len(s)
}

// textLength returns how many bytes at the start of s stand for themselves in a JSON string, whatever follows them.
func textLength(s []byte) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		if m := special(w) | w&highBits; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	if i == len(s) {
		return i
	}
	if len(s) >= 8 { // the last eight, of which some are known to be text
		i = len(s) - 8
		w := binary.LittleEndian.Uint64(s[i:])
		return i + bits.TrailingZeros64(special(w)|w&highBits)/8
	}
	for ; i < len(s) && textByte[s[i]]; i++ {
	}
	return i
}

// appendEscaped appends the body of a JSON string that means s.
func appendEscaped(dst, s []byte) []byte {
	checked := false
	for i := 0; i < len(s); {
		w, size := wordAt(s, i)
		if !checked && w&highBits != 0 {
			// From here on bytes beyond ASCII are text. An invalid one is one U+FFFD.
			if checked = true; !utf8.Valid(s[i:]) {
				s, i = []byte(string([]rune(string(s[i:])))), 0
				continue
			}
		}
		i += size
		if cap(dst)-len(dst) < widest {
			dst = slices.Grow(dst, widest+len(s)-i+(len(s)-i)/8)
		}
		// All eight bytes are written. What needs an escape is overwritten by it, and the bytes behind are written again.
		n := len(dst)
		out := (*[widest]byte)(dst[n : n+widest])
		binary.LittleEndian.PutUint64(out[:], w)
		grown := 0
		for m := special(w) & (1<<(8*size) - 1); m != 0; m &= m - 1 {
			at := bits.TrailingZeros64(m) / 8
			c := byte(w >> (8 * at))
			at = (at + grown) & 63
			out[at] = '\\'
			if letter := letters[c]; letter != 0 {
				out[at+1] = letter
				grown++
			} else {
				copy(out[at+1:], "u00")
				out[at+4], out[at+5] = hexDigits[c>>4], hexDigits[c&15]
				grown += 5
			}
			at = bits.TrailingZeros64(m)/8 + 1
			binary.LittleEndian.PutUint64(out[(at+grown)&63:], w>>(8*at))
		}
		dst = dst[:n+size+grown]
	}
	return dst
}

// wordAt returns the bytes of s from i on, at most eight of them, the first one lowest.
func wordAt(s []byte, i int) (w uint64, size int) {
	if i+8 <= len(s) {
		return binary.LittleEndian.Uint64(s[i:]), 8
	}
	if len(s) >= 8 {
		size = len(s) - i
		return binary.LittleEndian.Uint64(s[len(s)-8:]) >> (8 * (8 - size)), size
	}
	for _, c := range s[i:] {
		w |= uint64(c) << (8 * size)
		size++
	}
	return w, size
}

const (
	hexDigits = "0123456789abcdef"
	// widest is room for eight escapes of six bytes, and for what is written behind the last of them.
	widest = 72

	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// letters are the second bytes of short escapes.
var letters = [256]byte{'"': '"', '\\': '\\', '\n': 'n', '\r': 'r', '\t': 't'}

// textByte holds the bytes that stand for themselves in a JSON string that is ASCII: all but controls, quote and backslash.
var textByte = func() (set [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

// special looks at eight bytes at once. The highest bit of a byte of the result is set where the byte is a control character, a
// quote or a backslash, and nowhere else: no sum below carries into the next byte.
func special(w uint64) uint64 {
	ascii := w &^ highBits
	quote, backslash := ascii^('"'*lowBits), ascii^('\\'*lowBits)
	const most = 0x7f * lowBits
	return ^(w | (ascii+(0x80-' ')*lowBits)&(quote+most)&(backslash+most)) & highBits
}
