package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shape is as much of a schema as one line shows.
type shape struct {
	Type       typeNames         `json:"type"`
	Properties map[string]*shape `json:"properties"`
	Required   []string          `json:"required"`
	Items      *shape            `json:"items"`
	Enum       []any             `json:"enum"`
	Const      any               `json:"const"`
	Additional *shape            `json:"additionalProperties"`
	AnyOf      []*shape          `json:"anyOf"`
	OneOf      []*shape          `json:"oneOf"`
	Ref        string            `json:"$ref"`
	Defs       map[string]*shape `json:"$defs"`
	Format     string            `json:"format"`

	never bool
}

// UnmarshalJSON takes true and false as schemas that say nothing, and that nothing fits.
func (s *shape) UnmarshalJSON(raw []byte) error {
	switch string(raw) {
	case "true":
		return nil
	case "false":
		s.never = true
		return nil
	}
	type plain shape
	return json.Unmarshal(raw, (*plain)(s))
}

// shapeOf writes a schema the way types are written: {text: string, tags?: string[]}.
func shapeOf(raw json.RawMessage) string {
	var s shape
	if json.Unmarshal(raw, &s) != nil {
		return "?"
	}
	p := &shapePrinter{defs: s.Defs, root: &s}
	return p.text(&s, 0)
}

type shapePrinter struct {
	defs  map[string]*shape
	root  *shape
	parts int // written so far
}

// A line ends at maxShapeDepth, and recursive types with it, or when it has maxShapeParts: the schema is a stranger's.
const (
	maxShapeDepth = 4
	maxShapeParts = 500
)

func (p *shapePrinter) text(s *shape, depth int) string {
	if s == nil {
		return "any"
	}
	if p.parts++; p.parts > maxShapeParts {
		return "…"
	}
	if s.Ref != "" {
		name, isDef := strings.CutPrefix(s.Ref, "#/$defs/")
		switch {
		case depth >= maxShapeDepth:
			return name[strings.LastIndexAny(name, "./")+1:]
		case s.Ref == "#":
			return p.text(&shape{Type: p.root.Type, Properties: p.root.Properties, Required: p.root.Required}, depth+1)
		case isDef && p.defs[name] != nil:
			return p.text(p.defs[name], depth+1)
		}
		return "any"
	}
	if s.Const != nil {
		return jsonText(s.Const)
	}
	if len(s.Enum) > 0 {
		return p.enum(s.Enum)
	}
	if union := slices.Concat(s.AnyOf, s.OneOf); len(union) > 0 {
		var all []string
		for _, u := range union {
			if p.parts > maxShapeParts {
				break
			}
			all = append(all, p.text(u, depth+1))
		}
		return strings.Join(all, " | ")
	}
	var all []string
	for _, name := range s.Type {
		all = append(all, p.typed(s, name, depth))
	}
	if len(all) == 0 {
		return "any"
	}
	return strings.Join(all, " | ")
}

func (p *shapePrinter) typed(s *shape, name string, depth int) string {
	switch name {
	case "object":
		return p.object(s, depth)
	case "array":
		if depth >= maxShapeDepth {
			return "list"
		}
		items := p.text(s.Items, depth+1)
		if strings.Contains(items, " | ") {
			items = "(" + items + ")"
		}
		return items + "[]"
	case "string":
		if s.Format != "" {
			return s.Format
		}
	}
	return name
}

func (p *shapePrinter) object(s *shape, depth int) string {
	if len(s.Properties) == 0 {
		if s.Additional != nil && !s.Additional.never && depth < maxShapeDepth {
			return "map of " + p.text(s.Additional, depth+1)
		}
		return "{}"
	}
	if depth >= maxShapeDepth {
		return "{…}"
	}
	var fields []string
	names := slices.Sorted(maps.Keys(s.Properties))
	slices.SortStableFunc(names, func(a, b string) int { // the required ones first
		ar, br := slices.Contains(s.Required, a), slices.Contains(s.Required, b)
		switch {
		case ar == br:
			return 0
		case ar:
			return -1
		}
		return 1
	})
	for _, name := range names {
		if p.parts > maxShapeParts {
			fields = append(fields, "…")
			break
		}
		mark := "?"
		if slices.Contains(s.Required, name) {
			mark = ""
		}
		fields = append(fields, fmt.Sprintf("%s%s: %s", name, mark, p.text(s.Properties[name], depth+1)))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func (p *shapePrinter) enum(values []any) string {
	const most = 6
	var all []string
	for i, v := range values {
		if i == most {
			all = append(all, "…")
			break
		}
		all = append(all, jsonText(v))
	}
	return strings.Join(all, " | ")
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "?" // unreachable: the value was decoded from JSON
	}
	return string(raw)
}
