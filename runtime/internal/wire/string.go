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
