package compare

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// isOf reports whether a value is of a type of JSON Schema.
func isOf(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	case json.Number:
		r := rational(v)
		return name == "number" || name == "integer" && (r == nil || r.IsInt())
	}
	return false
}

// rational is a number exactly; nil for what is none and for what nobody can have meant.
func rational(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok || len(n) > 100 {
		return nil
	}
	if i := strings.IndexAny(string(n), "eE"); i >= 0 {
		if exp, err := strconv.Atoi(string(n[i+1:])); err != nil || exp > 400 || exp < -400 {
			return nil
		}
	}
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return nil
	}
	return r
}

// equalValues compares as JSON does: 1 and 1.0 are the same.
func equalValues(a, b any) bool {
	if x, y := rational(a), rational(b); x != nil && y != nil {
		return x.Cmp(y) == 0
	}
	return canonical(a) == canonical(b)
}

// listed are the values of enum and const; false when any value will do.
func listed(n node) ([]any, bool) {
	if v, ok := n.keys["const"]; ok {
		return []any{v}, true
	}
	list, ok := n.keys["enum"].([]any)
	return list, ok
}

func (c *comparer) values(path string, b, a node) {
	was, limited := listed(b)
	is, limits := listed(a)
	switch {
	case !limited && !limits:
		return
	case !limited:
		c.judge("values", narrowed, path, "is one of %s only", values(is))
		return
	case !limits:
		c.judge("values", widened, path, "is not one of %s only", values(was))
		return
	}
	absent := func(list, from []any) []any {
		return slices.DeleteFunc(slices.Clone(list), func(v any) bool {
			return slices.ContainsFunc(from, func(o any) bool { return equalValues(v, o) })
		})
	}
	if gone := absent(was, is); len(gone) > 0 {
		c.judge("values", narrowed, path, "is no longer %s", values(gone))
	}
	if more := absent(is, was); len(more) > 0 {
		c.judge("values", widened, path, "may be %s", values(more))
	}
}

// bound is a limit of numbers; a nil value is none.
type bound struct {
	at   *big.Rat
	open bool // the limit itself is outside
}

// bounds is the lower (closer 1) or the upper limit (closer -1) of a schema. Of an inclusive and an exclusive one the closer counts; for integers the
// exclusive one is the next integer.
func bounds(n node, inclusive, exclusive string, closer int) bound {
	b := bound{}
	if r := rational(n.keys[inclusive]); r != nil {
		b = bound{at: r}
	}
	r := rational(n.keys[exclusive])
	if r == nil {
		return b
	}
	open := bound{at: r, open: true}
	if typeOf(n) == "integer" && r.IsInt() {
		open = bound{at: new(big.Rat).Add(r, new(big.Rat).SetInt64(int64(closer)))}
	}
	if b.at == nil || open.at.Cmp(b.at)*closer >= 0 {
		return open
	}
	return b
}

func (c *comparer) ranges(path string, b, a node) {
	c.limit(path, "minimum", bounds(b, "minimum", "exclusiveMinimum", 1), bounds(a, "minimum", "exclusiveMinimum", 1), 1)
	c.limit(path, "maximum", bounds(b, "maximum", "exclusiveMaximum", -1), bounds(a, "maximum", "exclusiveMaximum", -1), -1)
	for _, pair := range [][2]string{{"minLength", "maxLength"}, {"minItems", "maxItems"}, {"minProperties", "maxProperties"}, {"minContains", "maxContains"}} {
		c.limit(path, pair[0], count(b, pair[0]), count(a, pair[0]), 1)
		c.limit(path, pair[1], count(b, pair[1]), count(a, pair[1]), -1)
	}
	c.steps(path, b, a)
	if was, is := b.keys["uniqueItems"] == true, a.keys["uniqueItems"] == true; is && !was {
		c.judge("range", narrowed, path, "its items must differ")
	} else if was && !is {
		c.judge("range", widened, path, "its items need not differ")
	}
}

// count is a limit of a length; a lower one of zero is none.
func count(n node, key string) bound {
	r := rational(n.keys[key])
	if r == nil || r.Sign() == 0 && strings.HasPrefix(key, "min") {
		return bound{}
	}
	return bound{at: r}
}

// limit compares a lower (closer 1) or an upper limit (closer -1).
func (c *comparer) limit(path, name string, b, a bound, closer int) {
	switch {
	case b.at == nil && a.at == nil:
	case b.at == nil:
		c.judge("range", narrowed, path, "%s is %s, there was none", name, a)
	case a.at == nil:
		c.judge("range", widened, path, "%s was %s, there is none", name, b)
	default:
		d := a.at.Cmp(b.at) * closer
		if d == 0 && a.open != b.open {
			d = -1
			if a.open {
				d = 1
			}
		}
		if d > 0 {
			c.judge("range", narrowed, path, "%s was %s, is %s", name, b, a)
		} else if d < 0 {
			c.judge("range", widened, path, "%s was %s, is %s", name, b, a)
		}
	}
}

func (b bound) String() string {
	text := b.at.RatString()
	if !b.at.IsInt() {
		text = strings.TrimRight(b.at.FloatString(12), "0")
	}
	if b.open {
		return text + " (itself excluded)"
	}
	return text
}

// steps compares multipleOf.
func (c *comparer) steps(path string, b, a node) {
	was, is := rational(b.keys["multipleOf"]), rational(a.keys["multipleOf"])
	divides := func(d, n *big.Rat) bool { return d.Sign() > 0 && new(big.Rat).Quo(n, d).IsInt() }
	switch {
	case was == nil && is == nil, was != nil && is != nil && was.Cmp(is) == 0:
	case was == nil:
		c.judge("range", narrowed, path, "is a multiple of %s only", is.RatString())
	case is == nil:
		c.judge("range", widened, path, "need not be a multiple of %s", was.RatString())
	case divides(is, was):
		c.judge("range", widened, path, "was a multiple of %s, is one of %s", was.RatString(), is.RatString())
	case divides(was, is):
		c.judge("range", narrowed, path, "was a multiple of %s, is one of %s", was.RatString(), is.RatString())
	default:
		c.judge("range", changed, path, "was a multiple of %s, is one of %s", was.RatString(), is.RatString())
	}
}

func (c *comparer) patterns(path string, b, a node) {
	for _, key := range []string{"pattern", "format"} {
		was, _ := b.keys[key].(string)
		is, _ := a.keys[key].(string)
		switch {
		case was == is:
		case was == "":
			c.judge("pattern", narrowed, path, "%s is %s, there was none", key, quoted(is))
		case is == "":
			c.judge("pattern", widened, path, "%s was %s, there is none", key, quoted(was))
		default:
			c.judge("pattern", changed, path, "%s was %s, is %s", key, quoted(was), quoted(is))
		}
	}
}
