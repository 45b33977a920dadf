package compare

import (
	"fmt"
	"maps"
	"slices"
)

func properties(n node) map[string]any {
	m, _ := n.keys["properties"].(map[string]any)
	return m
}

func required(n node) map[string]bool {
	list, _ := n.keys["required"].([]any)
	set := map[string]bool{}
	for _, v := range list {
		if name, ok := v.(string); ok {
			set[name] = true
		}
	}
	return set
}

func (c *comparer) object(path string, b, a node, depth int) {
	before, after := properties(b), properties(a)
	needed, needs := required(b), required(a)
	all := map[string]bool{}
	for _, keys := range []map[string]bool{needed, needs} {
		maps.Copy(all, keys)
	}
	for _, props := range []map[string]any{before, after} {
		for name := range props {
			all[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := path + "." + step(name)
		was, had := before[name]
		is, has := after[name]
		// A name that is only required has no schema of its own.
		had, has = had || needed[name], has || needs[name]
		switch {
		case !had:
			c.appeared(at, needs[name], b)
		case !has:
			c.disappeared(at, needed[name])
		default:
			c.needs(at, needed[name], needs[name])
			c.compare(at, orAny(was), orAny(is), depth+1)
		}
	}
	c.extra(path, b, a, depth)
}

func orAny(v any) any {
	if v == nil {
		return true
	}
	return v
}

// appeared judges a property that is new.
func (c *comparer) appeared(path string, needed bool, before node) {
	switch {
	case c.side == input && needed:
		c.add("input-required-added", path, "is new and required")
	case c.side == input:
		c.add("input-property-added", path, "is new and optional")
	case before.keys["additionalProperties"] == false:
		c.add("output-property-unexpected", path, "is new, where nothing more was to come")
	default:
		c.add("output-property-added", path, "is new")
	}
}

// disappeared judges a property that is gone.
func (c *comparer) disappeared(path string, needed bool) {
	switch {
	case c.side == input:
		c.add("input-property-removed", path, "is gone")
	case needed:
		c.add("output-required-removed", path, "was always there, is gone")
	default:
		c.add("output-property-removed", path, "is gone, and was optional")
	}
}

func (c *comparer) needs(path string, before, after bool) {
	switch {
	case before == after:
	case after && c.side == input:
		c.add("input-required-added", path, "was optional, is required")
	case after:
		c.add("output-required-added", path, "is always there")
	case c.side == input:
		c.add("input-required-removed", path, "was required, is optional")
	default:
		c.add("output-required-removed", path, "was always there, may be missing")
	}
}

// extra compares what an object may hold beyond its properties.
func (c *comparer) extra(path string, b, a node, depth int) {
	was, is := orAny(b.keys["additionalProperties"]), orAny(a.keys["additionalProperties"])
	open := func(d *document, v any) bool { return anything(d.node(v)) }
	wasOpen, isOpen := open(&c.before, was), open(&c.after, is)
	switch {
	case was == false && is == false, wasOpen && isOpen:
	case was == false:
		c.judge("extra", widened, path, "takes other properties, too")
	case is == false:
		c.judge("extra", narrowed, path, "takes no other properties any more")
	case wasOpen:
		c.judge("extra", narrowed, path, "takes other properties of some kinds only")
	case isOpen:
		c.judge("extra", widened, path, "takes other properties of any kind")
	default:
		c.compare(path+".*", was, is, depth+1)
	}
}

func (c *comparer) array(path string, b, a node, depth int) {
	first, then := prefix(b), prefix(a)
	for i := range max(len(first), len(then)) {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.compare(at, element(b, first, i), element(a, then, i), depth+1)
	}
	if b.has("items") || a.has("items") {
		c.compare(path+"[]", orAny(b.keys["items"]), orAny(a.keys["items"]), depth+1)
	}
}

func prefix(n node) []any {
	list, _ := n.keys["prefixItems"].([]any)
	return list
}

// element is the schema at an index: behind the prefix all items follow the same one.
func element(n node, list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return orAny(n.keys["items"])
}
