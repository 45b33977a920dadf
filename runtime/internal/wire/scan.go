package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// MaxDepth is how deep JSON may nest when no other limit is set.
const MaxDepth = 1000

var (
	errSyntax = errors.New("invalid JSON")
	errDepth  = errors.New("JSON is nested too deeply")
)

// SkipSpace returns the index of the first byte of b at or after i that is not JSON white space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// Valid tells whether b is one JSON text by RFC 8259 that nests at most depth deep.
func Valid(b []byte, depth int) bool {
	end, err := skip(b, SkipSpace(b, 0), depth)
	return err == nil && SkipSpace(b, end) == len(b)
}

// skip returns the index just after the value that starts at b[i].
func skip(b []byte, i, depth int) (int, error) {
	if i >= len(b) {
		return i, errSyntax
	}
	switch c := b[i]; c {
	case '"':
		end, _, err := skipString(b, i)
		return end, err
	case '{', '[':
		if depth <= 0 {
			return i, errDepth
		}
		return skipContainer(b, i, depth)
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	default:
		return skipNumber(b, i)
	}
}

func skipContainer(b []byte, i, depth int) (int, error) {
	object := b[i] == '{'
	closing := byte(']')
	if object {
		closing = '}'
	}
	i = SkipSpace(b, i+1)
	if i < len(b) && b[i] == closing {
		return i + 1, nil
	}
	for {
		var err error
		if object {
			if i >= len(b) || b[i] != '"' {
				return i, errSyntax
			}
			if i, _, err = skipString(b, i); err != nil {
				return i, err
			}
			if i = SkipSpace(b, i); i >= len(b) || b[i] != ':' {
				return i, errSyntax
			}
			i = SkipSpace(b, i+1)
		}
		if i, err = skip(b, i, depth-1); err != nil {
			return i, err
		}
		i = SkipSpace(b, i)
		switch {
		case i >= len(b):
			return i, errSyntax
		case b[i] == closing:
			return i + 1, nil
		case b[i] != ',':
			return i, errSyntax
		}
		i = SkipSpace(b, i+1)
	}
}

// skipString returns the index after the closing quote, and whether the string holds no escape.
func skipString(b []byte, i int) (end int, plain bool, err error) {
	plain = true
	for i++; i < len(b); i++ {
		for i+8 <= len(b) {
			if m := special(binary.LittleEndian.Uint64(b[i:])); m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
		if i == len(b) {
			break
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, plain, nil
		case c < 0x20:
			return i, false, errSyntax
		case c == '\\':
			plain = false
			if i++; i >= len(b) {
				return i, false, errSyntax
			}
			switch b[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(b) || !hex4(b[i+1:i+5]) {
					return i, false, errSyntax
				}
				i += 4
			default:
				return i, false, errSyntax
			}
		}
	}
	return i, false, errSyntax
}

func hex4(b []byte) bool {
	for _, c := range b {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return true
}

func skipWord(b []byte, i int, word string) (int, error) {
	if !bytes.HasPrefix(b[i:], []byte(word)) {
		return i, errSyntax
	}
	return i + len(word), nil
}

func skipNumber(b []byte, i int) (int, error) {
	start := i
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	case i < len(b) && '1' <= b[i] && b[i] <= '9':
		i = skipDigits(b, i)
	default:
		return start, errSyntax
	}
	if i < len(b) && b[i] == '.' {
		frac := skipDigits(b, i+1)
		if frac == i+1 {
			return start, errSyntax
		}
		i = frac
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exp := skipDigits(b, i)
		if exp == i {
			return start, errSyntax
		}
		i = exp
	}
	return i, nil
}

func skipDigits(b []byte, i int) int {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

// Member is one member of a JSON object: the key without quotes and escapes, and the raw value without white space around it.
type Member struct {
	Key, Value []byte
}

// AppendMembers appends the members of the object b to dst. Keys must be unique and the object may nest at most depth deep.
func AppendMembers(dst []Member, b []byte, depth int) ([]Member, error) {
	i := SkipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return dst, errSyntax
	}
	if depth <= 0 {
		return dst, errDepth
	}
	first := len(dst)
	var seen map[string]struct{}
	i = SkipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return dst, trailing(b, i+1)
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return dst, errSyntax
		}
		end, plain, err := skipString(b, i)
		if err != nil {
			return dst, err
		}
		key := b[i+1 : end-1]
		if !plain {
			s, err := Unquote(b[i:end])
			if err != nil {
				return dst, err
			}
			key = []byte(s)
		}
		if i = SkipSpace(b, end); i >= len(b) || b[i] != ':' {
			return dst, errSyntax
		}
		i = SkipSpace(b, i+1)
		if end, err = skip(b, i, depth-1); err != nil {
			return dst, err
		}
		if seen, err = unique(seen, dst[first:], key); err != nil {
			return dst, err
		}
		dst = append(dst, Member{key, b[i:end]})
		i = SkipSpace(b, end)
		switch {
		case i >= len(b):
			return dst, errSyntax
		case b[i] == '}':
			return dst, trailing(b, i+1)
		case b[i] != ',':
			return dst, errSyntax
		}
		i = SkipSpace(b, i+1)
	}
}

// AppendElements appends the raw elements of the array b to dst. The array may nest at most depth deep.
func AppendElements(dst [][]byte, b []byte, depth int) ([][]byte, error) {
	i := SkipSpace(b, 0)
	if i >= len(b) || b[i] != '[' {
		return dst, errSyntax
	}
	if depth <= 0 {
		return dst, errDepth
	}
	if i = SkipSpace(b, i+1); i < len(b) && b[i] == ']' {
		return dst, trailing(b, i+1)
	}
	for {
		end, err := skip(b, i, depth-1)
		if err != nil {
			return dst, err
		}
		dst = append(dst, b[i:end])
		i = SkipSpace(b, end)
		switch {
		case i >= len(b):
			return dst, errSyntax
		case b[i] == ']':
			return dst, trailing(b, i+1)
		case b[i] != ',':
			return dst, errSyntax
		}
		i = SkipSpace(b, i+1)
	}
}

// unique refuses a key that is there already. Short objects are searched; a map takes over for long ones, so that the cost
// stays linear.
func unique(seen map[string]struct{}, have []Member, key []byte) (map[string]struct{}, error) {
	const short = 16
	if seen == nil && len(have) < short {
		for _, m := range have {
			if bytes.Equal(m.Key, key) {
				return nil, duplicate(key)
			}
		}
		return nil, nil
	}
	if seen == nil {
		seen = make(map[string]struct{}, 4*short)
		for _, m := range have {
			seen[string(m.Key)] = struct{}{}
		}
	}
	if _, ok := seen[string(key)]; ok {
		return seen, duplicate(key)
	}
	seen[string(key)] = struct{}{}
	return seen, nil
}

func duplicate(key []byte) error {
	if len(key) > 40 {
		key = key[:40]
	}
	return fmt.Errorf("duplicate key %q", key)
}

func trailing(b []byte, i int) error {
	if SkipSpace(b, i) != len(b) {
		return errSyntax
	}
	return nil
}

// Unquote returns the value of a JSON string literal. Invalid UTF-8 and lone surrogates become U+FFFD, as in encoding/json.
func Unquote(lit []byte) (string, error) {
	if len(lit) < 2 || lit[0] != '"' {
		return "", errSyntax
	}
	end, plain, err := skipString(lit, 0)
	if err != nil || end != len(lit) {
		return "", errSyntax
	}
	body := lit[1 : end-1]
	if plain && utf8.Valid(body) {
		return string(body), nil
	}
	return unescape(body), nil
}
