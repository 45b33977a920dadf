package schema

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// setSample stores a default, example or enum value. What it is worth is checked when the whole tag is read.
func (k *keywords) setSample(d directive, n *node) {
	target := n
	if n.typ == "array" {
		target = n.items
		if target == nil || target.def != nil || target.custom != nil || !slices.Contains([]string{"string", "integer", "number", "boolean"}, target.typ) {
			k.fail(d.name, codeMisplaced, "keyword default does not apply to "+k.what, "only arrays of strings, numbers and booleans have a default in a tag")
			return
		}
	}
	value, reason := target.parse(d.value.s)
	if reason != "" {
		k.fail(d.value, codeSample, d.name.s+" "+quote(d.value.s)+" "+reason, "")
		return
	}
	switch d.name.s {
	case "default":
		if n.typ == "array" {
			list, _ := n.fallback.([]any)
			n.fallback = append(list, value)
		} else {
			n.fallback = value
		}
	case "example":
		n.examples = append(n.examples, value)
	case "enum":
		if n.declaredEnum {
			n.enum, n.valueDocs, n.declaredEnum = nil, "", false
		}
		if slices.Contains(n.enum, value) {
			k.fail(d.value, codeDuplicate, "enum value "+quote(d.value.s)+" stands twice", "remove one of them")
			return
		}
		n.enum = append(n.enum, value)
	}
	k.samples = append(k.samples, sample{d, target})
}

// parse reads a value of the node's type from a tag.
func (n *node) parse(s string) (value any, reason string) {
	switch n.typ {
	case "string":
		if !utf8.ValidString(s) {
			return nil, "is not valid UTF-8"
		}
		return s, ""
	case "integer":
		if !isInteger(s) {
			return nil, "is not an integer"
		}
		if !fits(s, n.kind) {
			return nil, "does not fit " + n.kind.String()
		}
		return json.Number(s), ""
	case "number":
		if _, ok := rational(s); !ok || !fits(s, n.kind) {
			return nil, "is not a number"
		}
		return json.Number(s), ""
	case "boolean":
		if s != "true" && s != "false" {
			return nil, "is neither true nor false"
		}
		return s == "true", ""
	}
	return nil, "can't be written in a tag"
}

// refuses says why the node's own keywords do not admit the value that s stands for, or "".
func (n *node) refuses(s string) string {
	value, reason := n.parse(s)
	if reason != "" {
		return reason
	}
	if len(n.enum) > 0 && !slices.Contains(n.enum, value) {
		return "is not one of the enum values"
	}
	switch n.typ {
	case "string":
		return n.refusesString(s)
	case "integer", "number":
		return n.refusesNumber(s)
	}
	return ""
}

func (n *node) refusesString(s string) string {
	size := uint64(utf8.RuneCountInString(s))
	switch {
	case n.minLength != nil && size < *n.minLength:
		return "is shorter than minLength"
	case n.maxLength != nil && size > *n.maxLength:
		return "is longer than maxLength"
	}
	if n.pattern != "" {
		if re, err := regexp.Compile(n.pattern); err == nil && !re.MatchString(s) {
			return "does not match the pattern " + n.pattern
		}
	}
	if n.contentEncoding == "base64" {
		if _, err := base64.StdEncoding.DecodeString(s); err != nil {
			return "is not base64"
		}
	}
	if !hasFormat(n.format, s) {
		return "is not of the format " + n.format
	}
	if n.text != nil {
		if err := n.text(s); err != nil {
			return "is not a value of its type: " + err.Error()
		}
	}
	return ""
}

// hasFormat checks the formats of which a server may be strict; of the others it says true.
func hasFormat(format, s string) bool {
	var err error
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, s)
	case "date":
		_, err = time.Parse(time.DateOnly, s)
	case "uri":
		var u *url.URL
		u, err = url.Parse(s)
		return err == nil && u.IsAbs()
	case "uuid":
		return uuidForm.MatchString(s)
	case "ipv4":
		var a netip.Addr
		a, err = netip.ParseAddr(s)
		return err == nil && a.Is4()
	case "ipv6":
		var a netip.Addr
		a, err = netip.ParseAddr(s)
		return err == nil && a.Is6()
	case "email":
		i := strings.LastIndexByte(s, '@')
		return i > 0 && i < len(s)-1
	case "regex":
		_, err = regexp.Compile(s)
	}
	return err == nil
}

var uuidForm = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (n *node) refusesNumber(s string) string {
	v, ok := rational(s)
	if !ok {
		return "is not a number"
	}
	over := func(limit json.Number, refused ...int) bool {
		l, ok := rational(limit.String())
		return ok && slices.Contains(refused, v.Cmp(l))
	}
	switch {
	case over(n.minimum, -1):
		return "is below minimum " + n.minimum.String()
	case over(n.maximum, 1):
		return "is above maximum " + n.maximum.String()
	case over(n.exclusiveMinimum, -1, 0):
		return "is not above exclusiveMinimum " + n.exclusiveMinimum.String()
	case over(n.exclusiveMaximum, 1, 0):
		return "is not below exclusiveMaximum " + n.exclusiveMaximum.String()
	}
	if m, ok := rational(n.multipleOf.String()); ok && m.Sign() > 0 && !new(big.Rat).Quo(v, m).IsInt() {
		return "is not a multiple of " + n.multipleOf.String()
	}
	return ""
}

// checkBounds reports bounds that no value can meet, at the later keyword.
func (k *keywords) checkBounds(n *node) {
	later := func(a, b string) (directive, bool) {
		x, okX := k.seen[a]
		y, okY := k.seen[b]
		switch {
		case okX && okY && x.from() > y.from(), okX && !okY:
			return x, true
		}
		return y, okY
	}
	counts := func(low, high string, a, b *uint64) {
		if d, ok := later(low, high); ok && a != nil && b != nil && *a > *b {
			k.fail(d.value, codeBounds, low+" is greater than "+high, "no value fits")
		}
	}
	counts("minLength", "maxLength", n.minLength, n.maxLength)
	counts("minItems", "maxItems", n.minItems, n.maxItems)
	numbers := func(low, high string, a, b json.Number, equal bool) {
		x, okX := rational(a.String())
		y, okY := rational(b.String())
		if !okX || !okY {
			return
		}
		if d, ok := later(low, high); ok && (x.Cmp(y) > 0 || equal && x.Cmp(y) == 0) {
			k.fail(d.value, codeBounds, low+" "+a.String()+" and "+high+" "+b.String()+" leave no value", "")
		}
	}
	numbers("minimum", "maximum", n.minimum, n.maximum, false)
	numbers("minimum", "exclusiveMaximum", n.minimum, n.exclusiveMaximum, true)
	numbers("exclusiveMinimum", "maximum", n.exclusiveMinimum, n.maximum, true)
	numbers("exclusiveMinimum", "exclusiveMaximum", n.exclusiveMinimum, n.exclusiveMaximum, true)
	if list, ok := n.fallback.([]any); ok {
		k.checkList(n, list)
	}
	least, greatest := bounds(n.kind)
	if n.typ != "integer" {
		return
	}
	if d, ok := k.seen["minimum"]; ok {
		k.inRange(d, n, least, greatest)
	}
	if d, ok := k.seen["maximum"]; ok {
		k.inRange(d, n, least, greatest)
	}
}

// inRange refuses a bound that lies outside of the Go type's own range.
func (k *keywords) inRange(d directive, n *node, least, greatest string) {
	v, ok := rational(d.value.s)
	if !ok {
		return
	}
	if l, ok := rational(least); ok && v.Cmp(l) < 0 {
		k.fail(d.value, codeBounds, d.name.s+" "+d.value.s+" is below "+least+", the least "+n.kind.String(), "")
	}
	if g, ok := rational(greatest); ok && v.Cmp(g) > 0 {
		k.fail(d.value, codeBounds, d.name.s+" "+d.value.s+" is above "+greatest+", the greatest "+n.kind.String(), "")
	}
}

// checkList refuses an array default of the wrong length, or with doubles where they are not allowed.
func (k *keywords) checkList(n *node, list []any) {
	at := k.seen["default"].value
	size := uint64(len(list))
	switch {
	case n.minItems != nil && size < *n.minItems:
		k.fail(at, codeSample, "default has "+strconv.Itoa(len(list))+" items, fewer than minItems", "write default=… once for each item")
	case n.maxItems != nil && size > *n.maxItems:
		k.fail(at, codeSample, "default has "+strconv.Itoa(len(list))+" items, more than maxItems", "")
	}
	if !n.uniqueItems {
		return
	}
	for i := range list {
		if slices.Contains(list[:i], list[i]) {
			k.fail(at, codeSample, "default has an item twice, against uniqueItems", "")
			return
		}
	}
}
