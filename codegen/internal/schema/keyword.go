package schema

import (
	"encoding/json"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// keywordTypes says which JSON types a keyword of the jsonschema tag applies to. On an array, the keywords of its items may stand
// beside its own.
var keywordTypes = map[string][]string{
	"minLength": {"string"}, "maxLength": {"string"}, "pattern": {"string"}, "format": {"string"},
	"readOnly": {"string"}, "writeOnly": {"string"},
	"multipleOf": {"integer", "number"}, "minimum": {"integer", "number"}, "maximum": {"integer", "number"},
	"exclusiveMinimum": {"integer", "number"}, "exclusiveMaximum": {"integer", "number"},
	"enum": {"string", "integer", "number"}, "example": {"string", "integer", "number"},
	"default":  {"string", "integer", "number", "boolean", "array"},
	"minItems": {"array"}, "maxItems": {"array"}, "uniqueItems": {"array"},
}

// genericKeywords apply to every type; bareKeywords stand without a value.
var (
	genericKeywords = []string{"title", "description", "type", "anchor", "oneof_required", "anyof_required", "oneof_ref", "anyof_ref", "oneof_type", "anyof_type"}
	bareKeywords    = []string{"required", "nullable", "noenum"}
	repeatable      = []string{"enum", "example", "oneof_required", "anyof_required", "oneof_ref", "anyof_ref", "oneof_type", "anyof_type"}
	jsonTypes       = []string{"string", "integer", "number", "boolean", "array", "object", "null"}
)

// allKeywords are those above, in the order in which a hint lists them.
var allKeywords = slices.Concat(genericKeywords, bareKeywords, slices.Sorted(maps.Keys(keywordTypes)))

// keywords applies the jsonschema tag of one property.
type keywords struct {
	tag   *fieldTag
	field *model.Field
	what  string // the Go type, for messages

	required, nullable bool
	described          *directive
	samples            []sample
	seen               map[string]directive
}

// sample is a default, example or enum value; it is checked when all the bounds are known.
type sample struct {
	d directive
	n *node
}

// apply changes n and, for groups of required properties, the parent of the property name.
func (k *keywords) apply(n, parent *node, name string) {
	k.seen = map[string]directive{}
	var typed []directive
	for i, d := range k.tag.directives {
		switch {
		case !k.known(i, d):
		case k.repeated(d, n):
		case !d.hasValue:
			k.bare(d, n)
		case slices.Contains(genericKeywords, d.name.s):
			k.generic(d, n, parent, name)
		default:
			typed = append(typed, d)
		}
	}
	for _, d := range typed {
		k.typed(d, n)
	}
	k.checkBounds(n)
	if n.items != nil {
		k.checkBounds(n.items)
	}
	for _, s := range k.samples {
		if reason := s.n.refuses(s.d.value.s); reason != "" {
			k.fail(s.d.value, codeSample, s.d.name.s+" "+quote(s.d.value.s)+" "+reason, "")
		}
	}
}

func (k *keywords) fail(at text, code, message, hint string) { k.tag.fail(at, code, message, hint) }

// known reports entries that are no keyword, with the likeliest reason.
func (k *keywords) known(i int, d directive) bool {
	name := d.name.s
	_, isTyped := keywordTypes[name]
	isBare := slices.Contains(bareKeywords, name)
	switch {
	case isBare && d.hasValue:
		k.fail(d.value, codeValue, "keyword "+name+" takes no value", "write "+name)
		return false
	case isBare:
		return true
	case (isTyped || slices.Contains(genericKeywords, name)) && !d.hasValue:
		hint := "write " + name + "=…"
		if name == "uniqueItems" || name == "readOnly" || name == "writeOnly" {
			hint = "write " + name + "=true"
		}
		k.fail(d.name, codeEmpty, "keyword "+name+" has no value", hint)
		return false
	case isTyped || slices.Contains(genericKeywords, name):
		return true
	case name == "-":
		k.fail(d.name, codeContradiction, "a hidden field has no other keywords", `write jsonschema:"-"`)
		return false
	}
	hint := "keywords are " + strings.Join(allKeywords, ", ")
	if long := beginning(name); len(long) > 0 {
		hint = "did you mean " + strings.Join(long, " or ") + "?"
	}
	hint = didYouMean(name, allKeywords, hint)
	if trimmed := strings.TrimSpace(name); trimmed != name && slices.Contains(allKeywords, trimmed) {
		hint = "remove the space"
	} else if prev := k.before(i); prev == "description" || prev == "title" || prev == "pattern" || prev == "enum" || prev == "example" || prev == "default" {
		hint = `a comma ends the value of ` + prev + `: write \\, for a comma of its own`
		if prev == "description" {
			hint += ", or use jsonschema_description"
		}
	}
	k.fail(d.name, codeUnknown, "unknown keyword "+quote(name), hint)
	return false
}

// beginning lists the keywords that begin with a word such as min, which other packages' tags take for all of them.
func beginning(word string) []string {
	var long []string
	for _, k := range allKeywords {
		if len(word) >= 3 && strings.HasPrefix(k, word) {
			long = append(long, k)
		}
	}
	return long
}

// before is the keyword that entry i may be the cut-off rest of.
func (k *keywords) before(i int) string {
	for i--; i >= 0; i-- {
		d := k.tag.directives[i]
		if d.hasValue && slices.Contains(allKeywords, d.name.s) {
			return d.name.s
		}
	}
	return ""
}

func (k *keywords) repeated(d directive, n *node) bool {
	_, twice := k.seen[d.name.s]
	k.seen[d.name.s] = d
	if !twice || slices.Contains(repeatable, d.name.s) || d.name.s == "default" && n.typ == "array" {
		return false
	}
	k.fail(d.name, codeDuplicate, "keyword "+d.name.s+" stands twice", "remove one of them")
	return true
}

func (k *keywords) bare(d directive, n *node) {
	switch d.name.s {
	case "required":
		k.required = true
	case "nullable":
		k.nullable = true
	case "noenum":
		target := n
		if n.typ == "array" && n.items != nil {
			target = n.items
		}
		if !target.declaredEnum {
			k.fail(d.name, codeMisplaced, "keyword noenum does not apply to "+k.what, "it lifts the restriction to the declared constants of a named string or integer type")
			return
		}
		target.enum, target.valueDocs = nil, ""
	}
}

func (k *keywords) generic(d directive, n, parent *node, name string) {
	if d.value.s == "" {
		k.fail(d.name, codeEmpty, "keyword "+d.name.s+" has an empty value", "remove it")
		return
	}
	switch d.name.s {
	case "title":
		n.title = d.value.s
	case "description":
		n.description, k.described = d.value.s, &d
	case "anchor":
		if !anchorName.MatchString(d.value.s) {
			k.fail(d.value, codeValue, "anchor "+quote(d.value.s)+" is not a name", "start with a letter or _, then letters, digits, -, _ and .")
			return
		}
		n.anchor = d.value.s
	case "type":
		k.setType(d, n)
	case "oneof_type", "anyof_type":
		k.setTypes(d, n)
	case "oneof_ref", "anyof_ref":
		k.setRefs(d, n)
	case "oneof_required":
		parent.oneOfRequired = addToGroup(parent.oneOfRequired, d.value.s, name)
	case "anyof_required":
		parent.anyOfRequired = addToGroup(parent.anyOfRequired, d.value.s, name)
	}
}

var anchorName = regexp.MustCompile(`^[A-Za-z_][-A-Za-z0-9._]*$`)

func addToGroup(groups []group, title, name string) []group {
	for i := range groups {
		if groups[i].title == title {
			groups[i].names = append(groups[i].names, name)
			return groups
		}
	}
	return append(groups, group{title, []string{name}})
}

// setType narrows the type, or names it where Go does not say.
func (k *keywords) setType(d directive, n *node) {
	t := d.value.s
	if !k.isType(d.value, t) {
		return
	}
	if !n.takes(t) || t == "null" {
		k.fail(d.value, codeMisplaced, "type "+t+" does not fit "+k.what, "encoding/json decides the type; this keyword is for fields that take any JSON, such as any and json.RawMessage")
		return
	}
	n.typ = t
}

func (k *keywords) isType(at text, t string) bool {
	if slices.Contains(jsonTypes, t) {
		return true
	}
	k.fail(at, codeValue, quote(t)+" is not a JSON type", didYouMean(t, jsonTypes, "types are "+strings.Join(jsonTypes, ", ")))
	return false
}

func (k *keywords) setTypes(d directive, n *node) {
	oneOf := d.name.s == "oneof_type"
	if len(n.types) > 0 && n.oneOf != oneOf {
		k.fail(d.name, codeContradiction, "oneof_type and anyof_type exclude each other", "keep anyof_type")
		return
	}
	for _, t := range splitAt(d.value, ';') {
		switch {
		case !k.isType(t, t.s):
			continue
		case !n.takes(t.s):
			k.fail(t, codeMisplaced, "type "+t.s+" does not fit "+k.what, "encoding/json could not decode it")
			continue
		case slices.Contains(n.types, t.s):
			k.fail(t, codeDuplicate, "type "+t.s+" stands twice", "remove one of them")
			continue
		case oneOf && (t.s == "integer" && slices.Contains(n.types, "number") || t.s == "number" && slices.Contains(n.types, "integer")):
			k.fail(t, codeContradiction, "an integer is a number too, so one of both can't be told", "use anyof_type")
			continue
		}
		n.types = append(n.types, t.s)
	}
	n.oneOf = oneOf
}

func (k *keywords) setRefs(d directive, n *node) {
	target := n
	if n.items != nil {
		target = n.items
	}
	oneOf := d.name.s == "oneof_ref"
	if !target.isAny() && len(target.refs) == 0 {
		k.fail(d.name, codeMisplaced, "keyword "+d.name.s+" does not apply to "+k.what, "it is for fields that take any JSON, such as any and json.RawMessage")
		return
	}
	if len(target.refs) > 0 && target.oneOf != oneOf {
		k.fail(d.name, codeContradiction, "oneof_ref and anyof_ref exclude each other", "keep one of them")
		return
	}
	target.oneOf = oneOf
	for _, r := range splitAt(d.value, ';') {
		if r.s != "#" && !strings.HasPrefix(r.s, "#/$defs/") {
			k.fail(r, codeRef, "reference "+quote(r.s)+" leads out of the schema", "write #/$defs/package.Type")
			continue
		}
		target.refs = append(target.refs, r.s)
		target.refsAt = append(target.refsAt, r)
	}
}

// splitAt splits at every sep.
func splitAt(t text, sep byte) []text {
	var parts []text
	start := 0
	for i := 0; i <= len(t.s); i++ {
		if i == len(t.s) || t.s[i] == sep {
			parts = append(parts, t.slice(start, i))
			start = i + 1
		}
	}
	return parts
}

// typed applies a keyword that belongs to certain types, to the items of an array where it is one of theirs.
func (k *keywords) typed(d directive, n *node) {
	target := n
	types := keywordTypes[d.name.s]
	if n.typ == "array" && n.items != nil && !slices.Contains(types, "array") {
		target = n.items
	}
	if target.def != nil || target.custom != nil || len(target.types) > 0 || len(target.refs) > 0 || !slices.Contains(types, target.typ) {
		k.fail(d.name, codeMisplaced, "keyword "+d.name.s+" does not apply to "+k.what, k.whereInstead(d, n, target))
		return
	}
	if reason := target.set(d, k); reason != "" {
		k.fail(d.value, codeValue, d.name.s+" "+quote(d.value.s)+" "+reason, "")
	}
}

func (k *keywords) whereInstead(d directive, n, target *node) string {
	name := d.name.s
	numeric := target.typ == "integer" || target.typ == "number"
	switch {
	case target.isAny() && target.custom == nil:
		return "say its type first, as in type=string," + d.String()
	case name == "minLength" && numeric, name == "minItems" && numeric:
		return "a number has minimum"
	case name == "maxLength" && numeric, name == "maxItems" && numeric:
		return "a number has maximum"
	case name == "minimum" && target.typ == "string" && target.quoted == 0, name == "minItems" && target.typ == "string":
		return "a string has minLength"
	case name == "maximum" && target.typ == "string" && target.quoted == 0, name == "maxItems" && target.typ == "string":
		return "a string has maxLength"
	case name == "readOnly" || name == "writeOnly":
		return `use jsonschema_extras:"` + name + `=true"`
	case name == "minItems" || name == "maxItems" || name == "uniqueItems":
		return "it applies to arrays"
	case n != target && target.typ == "array":
		return "keywords do not reach the items of a nested array: declare a type for them"
	case name == "enum" && target.typ == "boolean":
		return "a boolean has two values already"
	}
	return "it applies to " + strings.Join(keywordTypes[name], ", ")
}

// set stores the value of a typed keyword, or says why it can't.
func (n *node) set(d directive, k *keywords) string {
	v := d.value.s
	switch d.name.s {
	case "minLength":
		return setCount(&n.minLength, v)
	case "maxLength":
		return setCount(&n.maxLength, v)
	case "minItems", "maxItems":
		if n.fixedLen {
			k.fail(d.name, codeMisplaced, "keyword "+d.name.s+" does not apply to "+k.what, "its length is part of the type")
			return ""
		}
		if d.name.s == "minItems" {
			return setCount(&n.minItems, v)
		}
		return setCount(&n.maxItems, v)
	case "uniqueItems":
		return setTrue(&n.uniqueItems, v, "leave it out")
	case "readOnly":
		return setBool(&n.readOnly, v)
	case "writeOnly":
		return setBool(&n.writeOnly, v)
	case "pattern":
		k.setPattern(d, n)
	case "format":
		k.setFormat(d, n)
	case "multipleOf":
		if r, ok := rational(v); ok && r.Sign() <= 0 {
			return "is not above 0"
		}
		return setNumber(&n.multipleOf, v)
	case "minimum":
		return setNumber(&n.minimum, v)
	case "maximum":
		return setNumber(&n.maximum, v)
	case "exclusiveMinimum":
		return setNumber(&n.exclusiveMinimum, v)
	case "exclusiveMaximum":
		return setNumber(&n.exclusiveMaximum, v)
	default:
		k.setSample(d, n)
	}
	return ""
}

func setCount(dst **uint64, v string) string {
	c, err := strconv.ParseUint(v, 10, 53)
	if err != nil || !isInteger(v) {
		return "is not a whole number from 0"
	}
	*dst = &c
	return ""
}

func setNumber(dst *json.Number, v string) string {
	if _, ok := rational(v); !ok {
		return "is not a JSON number"
	}
	*dst = json.Number(v)
	return ""
}

func setBool(dst *bool, v string) string {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return "is neither true nor false"
	}
	*dst = b
	return ""
}

func setTrue(dst *bool, v, instead string) string {
	if v != "true" {
		return "is not true: " + instead
	}
	*dst = true
	return ""
}

func (k *keywords) setPattern(d directive, n *node) {
	v := d.value
	if v.s == "" {
		k.fail(d.name, codeEmpty, "keyword pattern has an empty value", "remove it")
		return
	}
	if _, err := regexp.Compile(v.s); err != nil {
		message := err.Error()
		if e, ok := err.(*syntax.Error); ok { //nolint:errorlint // regexp documents no wrapping
			message = string(e.Code)
			if i := strings.Index(v.s, e.Expr); i >= 0 && e.Expr != "" {
				v = v.slice(i, i+len(e.Expr))
				message += ": " + e.Expr
			}
		}
		k.fail(v, codePattern, "pattern does not compile: "+message, "patterns are RE2 (package regexp/syntax); a comma is written as \\\\,")
		return
	}
	n.pattern = d.value.s
}

// knownFormats are those of JSON Schema 2020-12, section 7.3. Others are allowed, they are names for people.
var knownFormats = []string{"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex"}

func (k *keywords) setFormat(d directive, n *node) {
	v := d.value.s
	if v == "" {
		k.fail(d.name, codeEmpty, "keyword format has an empty value", "remove it")
		return
	}
	if best := nearest(v, knownFormats); best != "" && best != v && len(v) > 3 && !slices.Contains(knownFormats, v) {
		k.fail(d.value, codeValue, "unknown format "+quote(v), "did you mean "+quote(best)+"?")
		return
	}
	n.format = v
}
