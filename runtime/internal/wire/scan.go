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
			n := EscapeLength(b[i:])
			if n == 0 {
				return i, false, errSyntax
			}
			i += n - 1
		}
	}
	return i, false, errSyntax
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
	first := len(dst)
	dst, end, err := appendMembers(dst, b, SkipSpace(b, 0), depth)
	if err == nil {
		err = trailing(b, end)
	}
	if err == nil {
		err = unique(dst[first:])
	}
	return dst, err
}

// appendMembers is AppendMembers for the object that begins at b[i], whose keys need not be unique. It returns the index after it.
func appendMembers(dst []Member, b []byte, i, depth int) (members []Member, end int, err error) {
	i, more, err := openObject(b, i, depth)
	for more && err == nil {
		var key []byte
		if key, i, err = scanKey(b, i); err != nil {
			break
		}
		if end, err = skip(b, i, depth-1); err != nil {
			break
		}
		dst = append(dst, Member{key, b[i:end]})
		i, more, err = nextMember(b, end)
	}
	return dst, i, err
}

// openObject returns the index of the first key of the object at b[i], or that after the object when it has none.
func openObject(b []byte, i, depth int) (next int, more bool, err error) {
	switch {
	case i >= len(b) || b[i] != '{':
		return i, false, errSyntax
	case depth <= 0:
		return i, false, errDepth
	}
	if i = SkipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, false, nil
	}
	return i, true, nil
}

// scanKey returns the key at b[i] and the index of its value.
func scanKey(b []byte, i int) (key []byte, value int, err error) {
	if i >= len(b) || b[i] != '"' {
		return nil, i, errSyntax
	}
	end, plain, err := skipString(b, i)
	if err != nil {
		return nil, i, err
	}
	if key = b[i+1 : end-1]; !plain {
		key = AppendUnescaped(nil, key)
	}
	if i = SkipSpace(b, end); i >= len(b) || b[i] != ':' {
		return nil, i, errSyntax
	}
	return key, SkipSpace(b, i+1), nil
}

// nextMember returns the index of the next key, or that after the object.
func nextMember(b []byte, i int) (next int, more bool, err error) {
	switch i = SkipSpace(b, i); {
	case i >= len(b):
		return i, false, errSyntax
	case b[i] == '}':
		return i + 1, false, nil
	case b[i] != ',':
		return i, false, errSyntax
	}
	return SkipSpace(b, i+1), true, nil
}

// unique refuses a key that is there twice. Short objects are searched; a map takes over for long ones, so that the cost stays
// linear.
func unique(members []Member) error {
	const short = 16
	if len(members) <= short {
		for i := range members {
			for j := range i {
				if bytes.Equal(members[i].Key, members[j].Key) {
					return duplicate(members[i].Key)
				}
			}
		}
		return nil
	}
	seen := make(map[string]struct{}, len(members))
	for i := range members {
		if _, ok := seen[string(members[i].Key)]; ok {
			return duplicate(members[i].Key)
		}
		seen[string(members[i].Key)] = struct{}{}
	}
	return nil
}

func duplicate(key []byte) error {
	return fmt.Errorf("duplicate key %q", string(key[:min(len(key), 40)]))
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
	return string(AppendUnescaped(nil, body)), nil
}
