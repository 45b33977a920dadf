package compare

import (
	"slices"
	"strings"
)

// maxBranches bounds a union that is taken apart. A larger one is compared as it stands.
const maxBranches = 128

// branches takes a union apart: anyOf and oneOf with nothing beside them, and a list of types. Any other schema is its own only branch.
func (d *document) branches(n node, depth int) []node {
	if d.work++; depth > maxReferences || d.work > maxWork {
		return []node{n}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		list, ok := n.keys[key].([]any)
		if !ok || len(list) == 0 || assertions(n) != 1 {
			continue
		}
		var all []node
		for _, v := range list {
			if all = append(all, d.branches(d.node(v), depth+1)...); len(all) > maxBranches {
				return []node{n}
			}
		}
		return all
	}
	if list, ok := n.keys["type"].([]any); ok && len(list) > 1 {
		return split(n, list)
	}
	return []node{n}
}

// owner is the type that a keyword is about; it says nothing about values of other types.
func owner(key string) string {
	switch key {
	case "minLength", "maxLength", "pattern", "format":
		return "string"
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		return "number"
	case "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems":
		return "array"
	case "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentSchemas",
		"dependentRequired", "unevaluatedProperties":
		return "object"
	}
	return ""
}

// split makes one schema for each type of a list, with the keywords that apply to it.
func split(n node, types []any) []node {
	var all []node
	for _, t := range types {
		name, _ := t.(string)
		part := node{keys: map[string]any{"type": name}}
		fits := true
		for k, v := range n.keys {
			about := owner(k)
			switch {
			case k == "type" || isAnnotation(k) || k == "default":
			case k == "enum":
				list, _ := v.([]any)
				list = slices.DeleteFunc(slices.Clone(list), func(e any) bool { return !isOf(e, name) })
				part.keys[k] = list
				fits = fits && len(list) > 0
			case k == "const":
				part.keys[k] = v
				fits = fits && isOf(v, name)
			case about == "" || about == name || about == "number" && name == "integer":
				part.keys[k] = v
			}
		}
		if fits {
			all = append(all, part)
		}
	}
	if len(all) == 0 {
		return []node{n}
	}
	return all
}

// union compares by branch: equal ones first, then those of the same type. What is left over came or went.
func (c *comparer) union(path string, before, after []node, depth int) {
	before, after = slices.Clone(before), slices.Clone(after)
	number := func(t string) bool { return t == "integer" || t == "number" }
	matched := 0
	for _, same := range []func(b, a node) bool{
		func(b, a node) bool { return canonical(asserted(b)) == canonical(asserted(a)) },
		func(b, a node) bool { return typeOf(b) == typeOf(a) && sameTag(b, a) },
		func(b, a node) bool { return number(typeOf(b)) && number(typeOf(a)) },
	} {
		matched += match(&before, &after, same, func(b, a node) {
			c.annotations(path, b, a)
			c.plain(path, b, a, depth+1)
		})
	}
	if slices.ContainsFunc(after, anything) {
		before = nil
	}
	switch {
	case len(before) > 0 && len(after) > 0 && (matched == 0 || len(before) == len(after)):
		c.judge("type", changed, path, "was %s, is %s", names(before), names(after))
	default:
		if len(before) > 0 {
			c.judge("type", narrowed, path, "is %s no longer", names(before))
		}
		if len(after) > 0 {
			c.judge("type", widened, path, "may be %s, too", names(after))
		}
	}
}

// match takes pairs out of both lists.
func match(before, after *[]node, same func(b, a node) bool, found func(b, a node)) int {
	count := 0
	*before = slices.DeleteFunc(*before, func(b node) bool {
		i := slices.IndexFunc(*after, func(a node) bool { return same(b, a) })
		if i < 0 {
			return false
		}
		a := (*after)[i]
		*after = slices.Delete(*after, i, i+1)
		found(b, a)
		count++
		return true
	})
	return count
}

// sameTag keeps apart the members of a union of objects that are told from each other by a constant property.
func sameTag(b, a node) bool {
	tags := func(n node) map[string]string {
		out := map[string]string{}
		props, _ := n.keys["properties"].(map[string]any)
		for name, p := range props {
			if m, ok := p.(map[string]any); ok {
				if v, ok := m["const"]; ok {
					out[name] = canonical(v)
				} else if list, ok := m["enum"].([]any); ok && len(list) == 1 {
					out[name] = canonical(list[0])
				}
			}
		}
		return out
	}
	others := tags(a)
	for name, v := range tags(b) {
		if other, ok := others[name]; ok && other != v {
			return false
		}
	}
	return true
}

// asserted is a schema without its texts.
func asserted(n node) map[string]any {
	out := map[string]any{}
	for k, v := range n.keys {
		if !isAnnotation(k) && !slices.Contains(structuralKeywords, k) {
			out[k] = v
		}
	}
	return out
}

// anything accepts every value.
func anything(n node) bool { return assertions(n) == 0 }

func names(list []node) string {
	var all []string
	for _, n := range list {
		name := typeOf(n)
		switch {
		case anything(n):
			name = "any value"
		case name == "":
			name = "a form of it"
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " or ")
}
