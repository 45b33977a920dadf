package schema

import (
	"maps"
	"slices"
	"strings"
)

// extraValues says which keywords of JSON Schema an extra may write: those whose value is a text or a boolean.
var extraValues = map[string]string{
	"$comment": "text", "contentMediaType": "text", "const": "any",
	"deprecated": "boolean", "readOnly": "boolean", "writeOnly": "boolean",
}

// vocabulary lists the other keywords of JSON Schema 2020-12. An extra can't write them, or there is a better way.
var vocabulary = strings.Fields(`$schema $id $anchor $ref $dynamicRef $dynamicAnchor $vocabulary $defs allOf anyOf oneOf not if then else
	dependentSchemas prefixItems items contains properties patternProperties additionalProperties propertyNames unevaluatedItems
	unevaluatedProperties type enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems
	minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired title description default examples
	format contentEncoding contentSchema`)

// extraWords are those that a misspelt extra may mean.
var extraWords = slices.Concat(slices.Sorted(maps.Keys(extraValues)), vocabulary)

// extras applies the jsonschema_extras tag.
func extras(k *keywords, n *node, m mode) {
	for _, d := range k.tag.extras {
		key, v := d.name.s, d.value.s
		form, isKeyword := extraValues[key]
		switch {
		case !d.hasValue || key == "":
			k.fail(d.name, codeExtras, "extra "+quote(d.String())+" is not key=value", "a comma ends a value: write \\\\, for a comma of its own")
			continue
		case slices.Contains(vocabulary, key):
			hint := "an extra's value is always text"
			if _, typed := keywordTypes[key]; typed || slices.Contains(genericKeywords, key) || slices.Contains(bareKeywords, key) {
				hint = `write it into the jsonschema tag`
			}
			k.fail(d.name, codeExtras, "extra "+key+" is a keyword of JSON Schema that can't be written here", hint)
			continue
		case form == "boolean" && v != "true" && v != "false":
			k.fail(d.value, codeExtras, "extra "+key+" "+quote(v)+" is neither true nor false", "")
			continue
		case !isKeyword && !strings.HasPrefix(key, "x-") && nearest(key, extraWords) != "":
			k.fail(d.name, codeExtras, "unknown extra "+quote(key), didYouMean(key, extraWords, ""))
			continue
		case key == "x-mcp-header" && !k.header(d, n):
			continue
		}
		n.extra(key, v, m)
	}
}

// extra stores one, in the form that invopop/jsonschema gives it: a word twice makes a list, true and false are booleans.
func (n *node) extra(key, v string, m mode) {
	for i, e := range n.extras {
		if e.key != key {
			continue
		}
		switch old := e.value.(type) {
		case string:
			n.extras[i].value = []string{old, v}
		case []string:
			n.extras[i].value = append(old, v)
		case bool:
			n.extras[i].value = v == "true"
		}
		return
	}
	var value any = v
	if v == "true" || v == "false" {
		value = v == "true"
	}
	switch {
	case key == "deprecated":
		n.deprecated = v == "true"
	case key == "readOnly":
		n.readOnly = v == "true"
	case key == "writeOnly":
		n.writeOnly = v == "true"
	case key == "const" && m == output:
	default:
		n.extras = append(n.extras, extra{key, value})
	}
}

// header checks an x-mcp-header (MCP 2026-07-28, server/tools): a token of RFC 9110 on a string, integer or boolean.
func (k *keywords) header(d directive, n *node) bool {
	if n.typ != "string" && n.typ != "integer" && n.typ != "boolean" {
		k.fail(d.name, codeHeader, "x-mcp-header does not apply to "+k.what, "it is for strings, integers and booleans")
		return false
	}
	isToken := d.value.s != ""
	for _, r := range d.value.s {
		isToken = isToken && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("!#$%&'*+-.^_`|~", r))
	}
	if !isToken {
		k.fail(d.value, codeHeader, "x-mcp-header "+quote(d.value.s)+" is not the name of an HTTP header", "use letters, digits and -")
	}
	n.header = &tagRef{from: k.field, at: problem{from: d.value.start(), to: d.value.end(), code: codeHeader, message: d.value.s}}
	return isToken
}
