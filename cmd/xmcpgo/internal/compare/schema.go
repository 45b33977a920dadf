package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/contract"
)

const (
	typeKeyword   = contract.TypeKeyword
	headerKeyword = "x-mcp-header"
)

// side tells what a client may send from what it is sent.
type side string

const (
	input  side = "input"
	output side = "output"
)

// direction is how the set of accepted values changed. It is the end of a rule's name.
type direction string

const (
	narrowed direction = "narrowed"
	widened  direction = "widened"
	changed  direction = "changed"
)

// maxDepth and maxNodes bound the comparison of schemas that nobody wrote by hand. What lies beyond is compared as it stands.
const (
	maxDepth = 100
	maxNodes = 50_000
)

// comparer compares two schemas. Each pair of places is compared once, so that recursive types come to an end.
type comparer struct {
	*report
	side          side
	before, after document
	seen          map[[2]uintptr]bool
	nodes         int
}

func compareSchemas(r *report, s side, before, after json.RawMessage) {
	c := &comparer{report: r, side: s, before: document{root: parse(before)}, after: document{root: parse(after)}, seen: map[[2]uintptr]bool{}}
	c.compare(string(s), c.before.root, c.after.root, 0)
	if max(c.before.work, c.after.work) > maxWork && canonical(c.before.root) != canonical(c.after.root) {
		c.judge("keyword", changed, string(s), "differs, too large to say how")
	}
}

// judge reports a change of what is accepted; aspect and direction make the rule.
func (c *comparer) judge(aspect string, d direction, path, format string, args ...any) {
	c.add(string(c.side)+"-"+aspect+"-"+string(d), path, format, args...)
}

func (c *comparer) compare(path string, before, after any, depth int) {
	b, a := c.before.node(before), c.after.node(after)
	if c.visited(b.id, a.id) {
		c.annotations(path, siblings(before), siblings(after))
		return
	}
	if c.nodes++; c.nodes > maxNodes || depth > maxDepth {
		if canonical(before) != canonical(after) {
			c.judge("keyword", changed, path, "differs, too deep to say how")
		}
		return
	}
	c.annotations(path, b, a)
	bs, as := c.before.branches(b, 0), c.after.branches(a, 0)
	if len(bs) == 1 && len(as) == 1 {
		c.plain(path, bs[0], as[0], depth)
		return
	}
	c.union(path, bs, as, depth)
}

func (c *comparer) visited(before, after uintptr) bool {
	key := [2]uintptr{before, after}
	if before == 0 || after == 0 {
		return false
	}
	if c.seen[key] {
		return true
	}
	c.seen[key] = true
	return false
}

// siblings is what stands beside a reference, which is compared at each place that refers.
func siblings(v any) node {
	if m, ok := v.(map[string]any); ok && m["$ref"] != nil {
		return node{keys: m}
	}
	return node{}
}

func (c *comparer) annotations(path string, b, a node) {
	var differ []string
	for _, key := range annotationKeywords {
		if canonical(b.keys[key]) != canonical(a.keys[key]) {
			differ = append(differ, key)
		}
	}
	if len(differ) > 0 {
		c.add(string(c.side)+"-text-changed", path, "%s differs", strings.Join(differ, ", "))
	}
	if c.side == output {
		return
	}
	c.defaults(path, b, a)
	was, is := b.keys[headerKeyword], a.keys[headerKeyword]
	switch {
	case canonical(was) == canonical(is):
	case is == nil:
		c.add("input-header-dropped", path, "is not repeated in a header any more")
	default:
		c.add("input-header-required", path, "must be repeated in the header Mcp-Param-%v", is)
	}
}

func (c *comparer) defaults(path string, b, a node) {
	was, is := b.has("default"), a.has("default")
	switch {
	case was && is && !equalValues(b.keys["default"], a.keys["default"]):
		c.add("input-default-changed", path, "default was %s, is %s", value(b.keys["default"]), value(a.keys["default"]))
	case was && !is:
		c.add("input-default-removed", path, "default was %s, there is none", value(b.keys["default"]))
	case is && !was:
		c.add("input-default-added", path, "default is %s", value(a.keys["default"]))
	}
}

// plain compares two schemas that are no unions.
func (c *comparer) plain(path string, b, a node, depth int) {
	if !c.types(path, b, a) {
		return
	}
	c.values(path, b, a)
	c.ranges(path, b, a)
	c.patterns(path, b, a)
	c.object(path, b, a, depth)
	c.array(path, b, a, depth)
	c.others(path, b, a)
}

// types compares the type keyword. It reports false when nothing else is worth comparing.
func (c *comparer) types(path string, b, a node) bool {
	was, is := typeOf(b), typeOf(a)
	switch {
	case was == is:
		return true
	case was == "":
		c.judge("type", narrowed, path, "was any value, is %s", is)
		return assertions(b) > 0
	case is == "":
		c.judge("type", widened, path, "was %s, is any value", was)
		return assertions(a) > 0
	case was == "integer" && is == "number":
		c.judge("type", widened, path, "was an integer, is a number")
		return true
	case was == "number" && is == "integer":
		c.judge("type", narrowed, path, "was a number, is an integer")
		return true
	}
	c.judge("type", changed, path, "was %s, is %s", was, is)
	return false
}

// typeOf is the one type of a branch, also where only its list of values tells; empty for any.
func typeOf(n node) string {
	if name, ok := n.keys["type"].(string); ok {
		return name
	}
	if list, ok := n.keys["type"].([]any); ok && len(list) == 1 {
		name, _ := list[0].(string)
		return name
	}
	list, _ := listed(n)
	for _, name := range []string{"string", "integer", "number", "boolean", "null"} {
		if len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool { return !isOf(v, name) }) && !n.has("type") {
			return name
		}
	}
	return ""
}

// assertions counts the keywords that can refuse a value.
func assertions(n node) int {
	count := 0
	for k := range n.keys {
		if !isAnnotation(k) && k != "default" && k != headerKeyword && !slices.Contains(structuralKeywords, k) {
			count++
		}
	}
	return count
}

// compared are the keywords that a step of its own looks at.
var compared = []string{
	"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
	"minProperties", "maxProperties", "minContains", "maxContains", "uniqueItems", "pattern", "format", "properties", "required", "additionalProperties",
	"items", "prefixItems", "default", headerKeyword,
}

// others compares the keywords that are left. Each of them can only refuse more.
func (c *comparer) others(path string, b, a node) {
	keys := slices.Sorted(maps.Keys(a.keys))
	for k := range b.keys {
		if !a.has(k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if isAnnotation(k) || slices.Contains(structuralKeywords, k) || slices.Contains(compared, k) {
			continue
		}
		switch was, is := b.keys[k], a.keys[k]; {
		case canonical(was) == canonical(is):
		case k == typeKeyword && b.has(k) && a.has(k):
			c.judge("keyword", changed, path, "has the schema of another type: was %v, is %v", was, is)
		case k == typeKeyword:
			c.judge("keyword", changed, path, "has the schema of a type of its own, or has it no longer, which is known only when the server runs")
		case !b.has(k):
			c.judge("keyword", narrowed, path, "%s is new", k)
		case !a.has(k):
			c.judge("keyword", widened, path, "%s is gone", k)
		default:
			c.judge("keyword", changed, path, "%s differs", k)
		}
	}
}

// value shows a JSON value in a message.
func value(v any) string {
	text := canonical(v)
	if runes := []rune(text); len(runes) > maxQuoted {
		text = string(runes[:maxQuoted-1]) + "…"
	}
	return text
}

func values(list []any) string {
	const most = 8
	var shown []string
	for i, v := range list {
		if i == most {
			shown = append(shown, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		shown = append(shown, value(v))
	}
	return strings.Join(shown, ", ")
}
