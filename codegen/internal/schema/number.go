package schema

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// isNumber reports whether s is a number by the grammar of RFC 8259, section 6.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if after, ok := strings.CutPrefix(rest, "."); ok {
		var fraction string
		if fraction, rest = digits(after); fraction == "" {
			return false
		}
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		var exponent string
		if exponent, rest = digits(rest); exponent == "" {
			return false
		}
	}
	return rest == ""
}

// isInteger reports whether s is an integer as encoding/json decodes one: digits only.
func isInteger(s string) bool {
	return isNumber(s) && !strings.ContainsAny(s, ".eE")
}

func digits(s string) (head, tail string) {
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	return s[:n], s[n:]
}

// rational is the exact value of a JSON number. It reports false for one that a float64 can't hold, which also keeps the
// arithmetic small.
func rational(s string) (*big.Rat, bool) {
	if !isNumber(s) || len(s) > 400 {
		return nil, false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exp, err := strconv.Atoi(s[i+1:]); err != nil || exp < -400 || exp > 400 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// fits reports whether a JSON number can be decoded into a value of kind k.
func fits(s string, k model.Kind) bool {
	switch {
	case k.IsSigned():
		_, err := strconv.ParseInt(s, 10, k.Bits())
		return err == nil
	case k.IsUnsigned():
		_, err := strconv.ParseUint(s, 10, k.Bits())
		return err == nil
	case k.IsFloat():
		_, err := strconv.ParseFloat(s, k.Bits())
		return err == nil
	}
	return true
}

// bounds are the least and the greatest value of a small integer, as JSON numbers. Those of 64 bits are left out apart from an
// unsigned one's zero: no client sends a number that big by accident, and most can't even hold it.
func bounds(k model.Kind) (least, greatest string) {
	switch {
	case k.IsSigned() && k.Bits() < 64:
		limit := int64(1) << (k.Bits() - 1)
		return strconv.FormatInt(-limit, 10), strconv.FormatInt(limit-1, 10)
	case k.IsUnsigned() && k.Bits() < 64:
		return "0", strconv.FormatInt(int64(1)<<k.Bits()-1, 10)
	case k.IsUnsigned():
		return "0", ""
	}
	return "", ""
}
