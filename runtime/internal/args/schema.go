package args

import (
	"fmt"
	"regexp"
)

// node is a compiled schema. Zero rules mean that everything is valid.
type node struct {
	pointer string // where it stands in the document, as a URI fragment

	trivial bool // accepts everything
	never   bool // the schema false
	types   kind // accepted types, 0 for all
	whole   bool // of the numbers, only integers
	wording string

	str      *stringRules
	num      *numberRules
	arr      *arrayRules
	obj      *objectRules
	enum     *enumeration
	constant *enumeration

	ref                 *node
	allOf, anyOf, oneOf []*node
	not                 *node

	def []byte // default, raw
}

type stringRules struct {
	min, max int // in code points; max -1 for none
	pattern  *regexp.Regexp
	format   *format
}

type numberRules struct {
	min, max, above, below *bound
	multiple               *divisor
	multipleText           string
	// The int64 range that satisfies all rules, when one can tell.
	ranged bool
	lo, hi int64
}

type bound struct {
	value   decimal
	rounded float64
	text    string
}

type arrayRules struct {
	min, max int
	unique   bool
	prefix   []*node
	items    *node
}

type objectRules struct {
	min, max   int
	properties map[string]*node
	names      []string // of properties that can be set, in the order of the document
	required   []string
	patterns   []patternRule
	additional *node // never nil
	nameRule   *node
	forKey     map[string]*node // see nodeFor
}

type patternRule struct {
	re   *regexp.Regexp
	node *node
}

// anything is the node of values that no schema describes.
func anything() *node { return &node{trivial: true} }

// local reports whether the node has assertions besides $ref and the combining keywords.
func (n *node) local() bool {
	return n.never || n.types != 0 || n.str != nil || n.num != nil || n.arr != nil || n.obj != nil ||
		n.enum != nil || n.constant != nil
}

// combines reports whether the node has combining keywords.
func (n *node) combines() bool {
	return n.allOf != nil || n.anyOf != nil || n.oneOf != nil || n.not != nil
}

// target follows references that stand alone.
func (n *node) target() *node {
	for n.ref != nil && !n.local() && !n.combines() {
		n = n.ref
	}
	return n
}

// accepts returns the types that the node can accept as far as type keywords tell.
func (n *node) accepts() kind {
	n = n.target()
	switch {
	case n.never:
		return 0
	case n.types != 0:
		return n.types
	}
	return kindAny
}

// defaultValue returns the default of the node or of what it refers to.
func (n *node) defaultValue() []byte {
	for n.def == nil && n.ref != nil {
		n = n.ref
	}
	return n.def
}

// nodesFor appends the schemas that the value of a property must satisfy.
func (r *objectRules) nodesFor(dst []*node, name []byte) []*node {
	matched := false
	if n, ok := r.properties[string(name)]; ok {
		dst, matched = append(dst, n), true
	}
	for _, rule := range r.patterns {
		if rule.re.Match(name) {
			dst, matched = append(dst, rule.node), true
		}
	}
	if !matched {
		dst = append(dst, r.additional)
	}
	return dst
}

// nodeFor is nodesFor for names known when plans are made: one node, the same one for the same name.
func (r *objectRules) nodeFor(name string) *node {
	nodes := r.nodesFor(nil, []byte(name))
	if len(nodes) == 1 {
		return nodes[0]
	}
	if n := r.forKey[name]; n != nil {
		return n
	}
	n := &node{pointer: nodes[0].pointer, ref: nodes[0], allOf: nodes[1:]}
	if r.forKey == nil {
		r.forKey = map[string]*node{}
	}
	r.forKey[name] = n
	return n
}

// UnsupportedError says that a schema uses a keyword that this package does not check.
type UnsupportedError struct {
	Keyword string
	Pointer string // of the schema with the keyword, as a URI fragment such as #/properties/a
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("unsupported JSON Schema keyword %q at %s", e.Keyword, e.Pointer)
}
