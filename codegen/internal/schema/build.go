package schema

import (
	"github.com/invopop/jsonschema"

	"github.com/xmcpgo/xmcpgo/codegen/internal/model"
)

// builder turns nodes into invopop's schemas.
type builder struct {
	d      *deriver
	custom map[*jsonschema.Schema]*model.Type
	root   *node
}

func (b *builder) build(n *node) *jsonschema.Schema {
	atRoot := n == b.root
	if n.def != nil && !n.def.kept() && n.def.name != "#" {
		n = inlined(n)
	}
	s := &jsonschema.Schema{}
	switch {
	case n.custom != nil:
		b.custom[s] = n.custom
	case n.def != nil:
		s.Ref = n.def.ref()
	default:
		b.content(s, n)
	}
	if n.nullable {
		s = orNull(s, b.custom[s] != nil, atRoot)
	}
	if b.custom[s] != nil && n.annotated() {
		s = &jsonschema.Schema{AllOf: []*jsonschema.Schema{s}}
	}
	b.annotate(s, n)
	return s
}

// inlined puts a definition's content in the place of its only use, whose own annotations win.
func inlined(use *node) *node {
	n := *use.def.node
	n.nullable = use.nullable
	if n.description = use.description; n.description == "" && use.def.typ.InModule {
		n.description, _ = prose(use.def.typ.Doc)
	}
	n.title, n.anchor, n.deprecated = use.title, use.anchor, use.deprecated
	n.readOnly, n.writeOnly, n.extras = use.readOnly, use.writeOnly, use.extras
	return &n
}

// content writes all that constrains a value.
func (b *builder) content(s *jsonschema.Schema, n *node) {
	if len(n.types) > 0 || len(n.refs) > 0 {
		b.alternatives(s, n)
	} else {
		s.Type = n.typ
	}
	if b.d.mode == input || !n.declaredEnum {
		s.Enum = n.enum
	}
	s.MinLength, s.MaxLength, s.Pattern = n.minLength, n.maxLength, n.pattern
	s.Format, s.ContentEncoding = n.format, n.contentEncoding
	s.MultipleOf, s.Minimum, s.Maximum = n.multipleOf, n.minimum, n.maximum
	s.ExclusiveMinimum, s.ExclusiveMaximum = n.exclusiveMinimum, n.exclusiveMaximum
	s.MinItems, s.MaxItems, s.UniqueItems = n.minItems, n.maxItems, n.uniqueItems
	if n.items != nil {
		s.Items = b.build(n.items)
	}
	if n.values != nil {
		s.AdditionalProperties = b.build(n.values)
	}
	if n.names != nil {
		s.PropertyNames = b.build(n.names)
	}
	if len(n.properties) > 0 {
		s.Properties = jsonschema.NewProperties()
		for _, p := range n.properties {
			s.Properties.Set(p.name, b.build(p.node))
		}
	}
	s.Required = n.required
	if n.closed {
		s.AdditionalProperties = jsonschema.FalseSchema
	}
	s.OneOf = append(s.OneOf, groups(n.oneOfRequired)...)
	s.AnyOf = append(s.AnyOf, groups(n.anyOfRequired)...)
}

func (b *builder) alternatives(s *jsonschema.Schema, n *node) {
	var list []*jsonschema.Schema
	for _, t := range n.types {
		list = append(list, &jsonschema.Schema{Type: t})
	}
	for _, r := range n.refs {
		list = append(list, &jsonschema.Schema{Ref: r})
	}
	if n.oneOf {
		s.OneOf = list
	} else {
		s.AnyOf = list
	}
}

func groups(gs []group) []*jsonschema.Schema {
	var list []*jsonschema.Schema
	for _, g := range gs {
		list = append(list, &jsonschema.Schema{Title: g.title, Required: g.names})
	}
	return list
}

// orNull admits null too. A schema with a plain type gets null as a second one, which costs no combinator; but at the root,
// whose type some clients read as one word, it is a combinator all the same.
func orNull(s *jsonschema.Schema, custom, atRoot bool) *jsonschema.Schema {
	plain := s.Ref == "" && !custom && len(s.OneOf) == 0 && len(s.AnyOf) == 0
	switch {
	case plain && s.Type == "" && len(s.Enum) == 0:
		return s // anything goes already
	case plain && s.Type != "" && !atRoot:
		s.Extras = map[string]any{"type": []string{s.Type, "null"}}
		s.Type = ""
		if len(s.Enum) > 0 {
			s.Enum = append(s.Enum[:len(s.Enum):len(s.Enum)], nil)
		}
		return s
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, {Type: "null"}}}
}

func (n *node) annotated() bool {
	return n.title != "" || n.description != "" || n.anchor != "" || n.deprecated || n.readOnly || n.writeOnly ||
		n.valueDocs != "" || n.fallback != nil || len(n.examples) > 0 || len(n.extras) > 0
}

// annotate writes what is for readers.
func (b *builder) annotate(s *jsonschema.Schema, n *node) {
	s.Title, s.Description, s.Anchor, s.Deprecated = n.title, n.description, n.anchor, n.deprecated
	if n.valueDocs != "" {
		if s.Description != "" {
			s.Description += "\n"
		}
		s.Description += n.valueDocs
	}
	s.ReadOnly, s.WriteOnly = n.readOnly, n.writeOnly
	s.Default, s.Examples = n.fallback, n.examples
	for _, e := range n.extras {
		if s.Extras == nil {
			s.Extras = map[string]any{}
		}
		s.Extras[e.key] = e.value
	}
}
