package args

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

var (
	errNotString = errors.New("must be a string")
	errNotObject = errors.New("must be an object")
	errNotArray  = errors.New("must be a non-empty array")
	errNotNumber = errors.New("must be a number")
	errNotCount  = errors.New("must be a non-negative integer")
)

// keyword reads one keyword into the node.
func (c *schemaCompiler) keyword(n *node, name string, raw []byte) (err error) {
	switch name {
	case "type":
		err = n.setTypes(raw)
	case "enum":
		n.enum, err = newEnumeration(raw)
	case "const":
		n.constant = newConstant(raw)
	case "default":
		n.def = raw

	case "minLength":
		n.strings().min, err = count(raw)
	case "maxLength":
		n.strings().max, err = count(raw)
	case "pattern":
		n.strings().pattern, err = pattern(raw)
	case "format":
		err = n.setFormat(raw)

	case "minimum":
		n.numbers().min, err = newBound(raw)
	case "maximum":
		n.numbers().max, err = newBound(raw)
	case "exclusiveMinimum":
		n.numbers().above, err = newBound(raw)
	case "exclusiveMaximum":
		n.numbers().below, err = newBound(raw)
	case "multipleOf":
		err = n.setMultiple(raw)

	case "items":
		n.arrays().items, err = c.compile(join(n.pointer, name), raw)
	case "prefixItems":
		n.arrays().prefix, err = c.list(n, name, raw)
	case "minItems":
		n.arrays().min, err = count(raw)
	case "maxItems":
		n.arrays().max, err = count(raw)
	case "uniqueItems":
		n.arrays().unique, err = boolean(raw)

	case "properties":
		err = c.properties(n, raw)
	case "patternProperties":
		err = c.patterns(n, raw)
	case "additionalProperties":
		n.objects().additional, err = c.compile(join(n.pointer, name), raw)
	case "propertyNames":
		n.objects().nameRule, err = c.compile(join(n.pointer, name), raw)
	case "required":
		n.objects().required, err = stringList(raw)
	case "minProperties":
		n.objects().min, err = count(raw)
	case "maxProperties":
		n.objects().max, err = count(raw)

	case "$ref":
		ref, ok := stringValue(raw)
		if !ok {
			return errNotString
		}
		n.ref, err = c.refer(ref)
	case "allOf":
		n.allOf, err = c.list(n, name, raw)
	case "anyOf":
		n.anyOf, err = c.list(n, name, raw)
	case "oneOf":
		n.oneOf, err = c.list(n, name, raw)
	case "not":
		n.not, err = c.compile(join(n.pointer, name), raw)

	default:
		if !annotation(n, name, raw) {
			return &UnsupportedError{Keyword: name, Pointer: n.pointer}
		}
	}
	return err
}

// annotation reports whether a keyword has no bearing on what is valid.
func annotation(n *node, name string, raw []byte) bool {
	switch name {
	case "title", "description", "examples", "example", "readOnly", "writeOnly", "deprecated", "$comment",
		"contentEncoding", "contentMediaType", "contentSchema", "$defs", "definitions",
		"enumNames": // titles for the values of enum in the forms of MCP up to 2025-11-25
		return true
	case "$id":
		// At the root it changes nothing about references that begin with #.
		return n.pointer == "#"
	case "$schema":
		uri, _ := stringValue(raw)
		return n.pointer == "#" && strings.TrimSuffix(uri, "#") == "https://json-schema.org/draft/2020-12/schema"
	}
	return strings.HasPrefix(name, "x-")
}

func (n *node) strings() *stringRules {
	if n.str == nil {
		n.str = &stringRules{max: -1}
	}
	return n.str
}

func (n *node) numbers() *numberRules {
	if n.num == nil {
		n.num = &numberRules{}
	}
	return n.num
}

func (n *node) arrays() *arrayRules {
	if n.arr == nil {
		n.arr = &arrayRules{max: -1, items: anything()}
	}
	return n.arr
}

func (n *node) objects() *objectRules {
	if n.obj == nil {
		n.obj = &objectRules{max: -1, additional: anything()}
	}
	return n.obj
}

// finish computes what follows from all keywords together.
func (n *node) finish() {
	n.trivial = !n.local() && !n.combines() && n.ref == nil
	n.wording = wordTypes(n.types, n.whole)
	if n.num != nil {
		n.num.findRange()
	}
}

func (n *node) setTypes(raw []byte) error {
	names := [][]byte{raw}
	if kindOf(raw[0]) == kindArray {
		names = elements(raw)
	}
	if len(names) == 0 {
		return errNotArray
	}
	numbers, integers := false, false
	for _, raw := range names {
		name, _ := stringValue(raw)
		switch name {
		case "null":
			n.types |= kindNull
		case "boolean":
			n.types |= kindBool
		case "integer":
			integers = true
		case "number":
			numbers = true
		case "string":
			n.types |= kindString
		case "array":
			n.types |= kindArray
		case "object":
			n.types |= kindObject
		default:
			return fmt.Errorf("%s is not a type", raw)
		}
	}
	if numbers || integers {
		n.types |= kindNumber
		n.whole = !numbers
	}
	return nil
}

func (n *node) setFormat(raw []byte) error {
	name, ok := stringValue(raw)
	if !ok {
		return errNotString
	}
	if f := lookupFormat(name); f != nil {
		n.strings().format = f
	}
	return nil
}

func (n *node) setMultiple(raw []byte) error {
	if kindOf(raw[0]) != kindNumber {
		return errNotNumber
	}
	d, ok := newDivisor(parseDecimal(nil, raw))
	if !ok {
		return errors.New("must be positive and have at most 19 significant digits")
	}
	n.numbers().multiple, n.numbers().multipleText = &d, string(raw)
	return nil
}

func (c *schemaCompiler) properties(n *node, raw []byte) error {
	if kindOf(raw[0]) != kindObject {
		return errNotObject
	}
	o := n.objects()
	o.properties = map[string]*node{}
	for _, m := range members(raw) {
		child, err := c.compile(join(join(n.pointer, "properties"), m.name), m.raw)
		if err != nil {
			return err
		}
		o.properties[m.name] = child
		if !child.never {
			o.names = append(o.names, m.name)
		}
	}
	return nil
}

func (c *schemaCompiler) patterns(n *node, raw []byte) error {
	if kindOf(raw[0]) != kindObject {
		return errNotObject
	}
	for _, m := range members(raw) {
		re, err := regexp.Compile(m.name)
		if err != nil {
			return err
		}
		child, err := c.compile(join(join(n.pointer, "patternProperties"), m.name), m.raw)
		if err != nil {
			return err
		}
		n.objects().patterns = append(n.objects().patterns, patternRule{re, child})
	}
	return nil
}

func (c *schemaCompiler) list(n *node, name string, raw []byte) ([]*node, error) {
	if kindOf(raw[0]) != kindArray {
		return nil, errNotArray
	}
	var nodes []*node
	for i, raw := range elements(raw) {
		child, err := c.compile(fmt.Sprintf("%s/%d", join(n.pointer, name), i), raw)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, child)
	}
	if nodes == nil {
		return nil, errNotArray
	}
	return nodes, nil
}

func pattern(raw []byte) (*regexp.Regexp, error) {
	s, ok := stringValue(raw)
	if !ok {
		return nil, errNotString
	}
	return regexp.Compile(s)
}

func boolean(raw []byte) (bool, error) {
	if kindOf(raw[0]) != kindBool {
		return false, errors.New("must be a boolean")
	}
	return raw[0] == 't', nil
}

// count reads a size. One beyond what memory can hold counts as the largest.
func count(raw []byte) (int, error) {
	if kindOf(raw[0]) != kindNumber {
		return 0, errNotCount
	}
	d := parseDecimal(nil, raw)
	if d.negative || !d.integral() {
		return 0, errNotCount
	}
	if v, ok := d.int64(); ok && v <= math.MaxInt32 {
		return int(v), nil
	}
	return math.MaxInt32, nil
}

func stringList(raw []byte) ([]string, error) {
	if kindOf(raw[0]) != kindArray {
		return nil, errors.New("must be an array")
	}
	var list []string
	for _, raw := range elements(raw) {
		s, ok := stringValue(raw)
		if !ok {
			return nil, errNotString
		}
		if slices.Contains(list, s) {
			return nil, fmt.Errorf("%q occurs twice", s)
		}
		list = append(list, s)
	}
	return list, nil
}
