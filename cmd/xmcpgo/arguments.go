package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// argumentSchema is as much of a JSON schema as it takes to read values from a command line. The server checks the rest.
type argumentSchema struct {
	Type        typeNames                  `json:"type"`
	Description string                     `json:"description"`
	Properties  map[string]*argumentSchema `json:"properties"`
	Required    []string                   `json:"required"`
	Items       *argumentSchema            `json:"items"`
	Enum        []any                      `json:"enum"`
	Additional  json.RawMessage            `json:"additionalProperties"`
	Ref         string                     `json:"$ref"`
	Defs        map[string]*argumentSchema `json:"$defs"`
}

// typeNames is one type, or several.
type typeNames []string

func (t *typeNames) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*t = typeNames{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(t))
}

// UnmarshalJSON takes true and false as schemas that say nothing.
func (s *argumentSchema) UnmarshalJSON(raw []byte) error {
	if string(raw) == "true" || string(raw) == "false" {
		return nil
	}
	type plain argumentSchema
	return json.Unmarshal(raw, (*plain)(s))
}

// readSchema reads a schema; one that cannot be read says nothing.
func readSchema(raw json.RawMessage) *argumentSchema {
	s := &argumentSchema{}
	if json.Unmarshal(raw, s) != nil {
		return &argumentSchema{}
	}
	s.resolve(s.Defs, 0)
	return s
}

// resolve replaces references to definitions. Deeper ones than a command line reaches stay.
func (s *argumentSchema) resolve(defs map[string]*argumentSchema, depth int) {
	if s == nil || depth > 2 {
		return
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok && defs[name] != nil {
		description := s.Description
		*s = *defs[name]
		if description != "" {
			s.Description = description
		}
	}
	for _, p := range s.Properties {
		p.resolve(defs, depth+1)
	}
	s.Items.resolve(defs, depth+1)
}

// argument is one property of a tool's input.
type argument struct {
	name     string
	schema   *argumentSchema
	required bool
}

// arguments lists the properties, the required ones first.
func (s *argumentSchema) arguments() []argument {
	var list []argument
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p == nil {
			p = &argumentSchema{}
		}
		list = append(list, argument{name, p, slices.Contains(s.Required, name)})
	}
	slices.SortStableFunc(list, func(a, b argument) int {
		switch {
		case a.required == b.required:
			return 0
		case a.required:
			return -1
		}
		return 1
	})
	return list
}

// about describes an argument in one line.
func (a argument) about() string {
	text := strings.Join(a.schema.Type, " or ")
	if !a.required {
		text += ", optional"
	}
	if first, _, _ := strings.Cut(a.schema.Description, "\n"); first != "" {
		text += ": " + first
	}
	return printable(strings.TrimPrefix(text, ", "))
}

// read makes arguments of NAME=VALUE pairs.
func (s *argumentSchema) read(pairs []string) (map[string]any, error) {
	values := map[string]any{}
	var errs []error
	for _, pair := range pairs {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			errs = append(errs, fmt.Errorf("%q is not of the form NAME=VALUE", pair))
			continue
		}
		p, known := s.Properties[name]
		if !known && string(s.Additional) == "false" {
			errs = append(errs, fmt.Errorf("the tool has no argument %q%s", name, didYouMean(name, slices.Sorted(maps.Keys(s.Properties)))))
			continue
		}
		if p == nil {
			p = &argumentSchema{}
		}
		before, twice := values[name]
		if twice && !slices.Contains(p.Type, "array") {
			errs = append(errs, fmt.Errorf("%s is there twice, and is no list", name))
			continue
		}
		v, err := p.value(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if earlier, ok := before.([]any); ok {
			if more, ok := v.([]any); ok {
				v = slices.Concat(earlier, more)
			}
		}
		values[name] = v
	}
	for _, name := range s.Required {
		if _, ok := values[name]; !ok && len(errs) == 0 {
			errs = append(errs, fmt.Errorf("%s is missing: add %s=VALUE", name, name))
		}
	}
	return values, errors.Join(errs...)
}

// value reads one value. What may be text is text, unless it can only be something else.
func (s *argumentSchema) value(text string) (any, error) {
	is := func(name string) bool { return slices.Contains(s.Type, name) }
	if is("array") && !strings.HasPrefix(strings.TrimSpace(text), "[") {
		items := s.Items
		if items == nil {
			items = &argumentSchema{}
		}
		v, err := items.value(text)
		return []any{v}, err
	}
	v, err := decodeJSON([]byte(text))
	kind := kindOf(v)
	switch {
	case is("string") && kind == "string":
		return text, nil // quotes belong to it
	case err == nil && (is(kind) || kind == "integer" && is("number")):
		return v, nil
	case is("string"):
		return text, nil
	case len(s.Type) == 0 && err == nil && kind != "null":
		return v, nil // any value
	case len(s.Type) == 0:
		return text, nil
	}
	return nil, fmt.Errorf("%q is not %s", text, article(strings.Join(s.Type, " or ")))
}

// kindOf is the type of a value as schemas name it.
func kindOf(v any) string {
	switch v := v.(type) {
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	}
	return "null"
}

func article(s string) string {
	if s != "" && strings.Contains("aeiou", s[:1]) {
		return "an " + s
	}
	return "a " + s
}
