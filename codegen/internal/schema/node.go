package schema

import (
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// node is a schema under construction. A node without any content admits every value.
type node struct {
	typ      string     // "" for any
	kind     model.Kind // of the Go value, for numbers
	quoted   model.Kind // of the Go value that the string option writes as a string
	nullable bool       // null as well
	types    []string   // anyof_type, oneof_type
	oneOf    bool       // types and refs are alternatives of which one fits, rather than any
	refs     []string   // anyof_ref, oneof_ref
	refsAt   []text

	text func(string) error // whether the Go type reads a text, where that is known

	def    *definition // a declared type that may end up in $defs
	custom *model.Type // the type answers for itself

	title, description, anchor string
	deprecated                 bool

	enum             []any
	declaredEnum     bool   // enum comes from declared constants
	valueDocs        string // what the constants' comments say
	minLength        *uint64
	maxLength        *uint64
	pattern, format  string
	contentEncoding  string
	readOnly         bool
	writeOnly        bool
	multipleOf       json.Number
	minimum, maximum json.Number
	exclusiveMinimum json.Number
	exclusiveMaximum json.Number
	minItems         *uint64
	maxItems         *uint64
	uniqueItems      bool
	fixedLen         bool // minItems and maxItems are those of an array type
	fallback         any  // default
	examples         []any
	extras           []extra
	header           *tagRef // of an x-mcp-header; the message of its problem is the name

	items         *node
	properties    []property
	required      []string
	closed        bool // additionalProperties false
	values        *node
	names         *node // propertyNames
	oneOfRequired []group
	anyOfRequired []group
}

// isAny reports whether n says nothing about the type.
func (n *node) isAny() bool {
	return n.typ == "" && len(n.types) == 0 && len(n.refs) == 0 && n.def == nil && n.custom == nil
}

// takes reports whether a value of the JSON type t can be one of n's. encoding/json takes null for everything.
func (n *node) takes(t string) bool {
	switch {
	case t == "null":
		return true
	case n.def != nil || n.custom != nil:
		return false
	}
	return n.typ == "" || t == n.typ || t == "integer" && n.typ == "number"
}

type property struct {
	name string
	node *node
}

// group is a set of properties of which oneof_required or anyof_required asks.
type group struct {
	title string
	names []string
}

// extra is a keyword from jsonschema_extras: a string, bool, int or []string.
type extra struct {
	key   string
	value any
}

// definition is a declared type that is described once.
type definition struct {
	typ     *model.Type
	node    *node // nil while it is being derived
	uses    int
	inCycle bool
	name    string // in $defs; "#" for the root
}
