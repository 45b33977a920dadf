package xmcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// catalog is everything a server offers at one moment. It is never changed; another one takes its place.
type catalog struct {
	tools     index[*tool]
	prompts   index[*prompt]
	resources index[*resource] // static ones, by URI
	templates index[*template] // by URI template
	lists     sharedLists
}

// index finds items by key and lists them in the order of their keys.
type index[T interface{ access() *access }] struct {
	byKey map[string]T
	keys  []string
}

func (x *index[T]) add(key string, item T) bool {
	if _, taken := x.byKey[key]; taken {
		return false
	}
	if x.byKey == nil {
		x.byKey = map[string]T{}
	}
	x.byKey[key] = item
	at, _ := slices.BinarySearch(x.keys, key)
	x.keys = slices.Insert(x.keys, at, key)
	return true
}

// newCatalog prepares every item of the registry and reports all that is wrong with them.
func newCatalog(s *Server, r *Registry) (*catalog, error) {
	cat := &catalog{}
	return cat, cat.fill(s, r)
}

// fill adds the items of the registry and reports all that is wrong with them.
func (cat *catalog) fill(s *Server, r *Registry) error {
	var errs []error
	fail := func(kind, name, pos string, err error) {
		if pos != "" {
			pos = " (" + pos + ")"
		}
		errs = append(errs, fmt.Errorf("%s %q%s: %w", kind, name, pos, err))
	}
	for i := range r.tools {
		t, err := newTool(s, &r.tools[i])
		if err == nil && !cat.tools.add(t.item.Name, t) {
			err = fmt.Errorf("the name is taken by %s", cat.tools.byKey[t.item.Name].item.Position)
		}
		if err != nil {
			fail("tool", r.tools[i].Name, r.tools[i].Position, err)
		}
	}
	for i := range r.prompts {
		p, err := newPrompt(&r.prompts[i])
		if err == nil && !cat.prompts.add(p.item.Name, p) {
			err = fmt.Errorf("the name is taken by %s", cat.prompts.byKey[p.item.Name].item.Position)
		}
		if err != nil {
			fail("prompt", r.prompts[i].Name, r.prompts[i].Position, err)
		}
	}
	for i := range r.resources {
		if err := cat.addResource(&r.resources[i]); err != nil {
			fail("resource", r.resources[i].Metadata.URI, r.resources[i].Position, err)
		}
	}
	return errors.Join(errs...)
}

func (cat *catalog) addResource(item *ResourceItem) error {
	if strings.Contains(item.Metadata.URI, "{") {
		t, err := newTemplate(item)
		if err != nil {
			return err
		}
		if !cat.templates.add(item.Metadata.URI, t) {
			return fmt.Errorf("the template is taken by %s", cat.templates.byKey[item.Metadata.URI].item.Position)
		}
		return nil
	}
	list, err := newResources(item)
	if err != nil {
		return err
	}
	for _, res := range list {
		if !cat.resources.add(res.uri, res) {
			return fmt.Errorf("the URI %s is taken by %s", res.uri, cat.resources.byKey[res.uri].item.Position)
		}
	}
	return nil
}

// checkName refuses names that clients may refuse (MCP 2025-11-25, server/tools, tool names), and what was generated from
// metadata that has changed since.
func checkName(name, inMetadata string) error {
	if inMetadata != "" && inMetadata != name {
		return fmt.Errorf("its metadata now says the name is %q: run go generate ./...", inMetadata)
	}
	if name == "" || len(name) > 128 {
		return errors.New("a name has 1 to 128 characters")
	}
	for _, r := range name {
		if !(r == '_' || r == '-' || r == '.' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			return fmt.Errorf("the name has the character %q; A-Z, a-z, 0-9, _, - and . are allowed", r)
		}
	}
	return nil
}

func checkDescription(description, inMetadata string) error {
	if inMetadata != "" && inMetadata != description {
		return errors.New("its metadata now has another description: run go generate ./...")
	}
	if description == "" {
		return errors.New("it has no description")
	}
	return nil
}

// cacheScope is "private" as soon as any item of the kind can be hidden: a cache of the list may then not be shared.
func cacheScope[T interface{ access() *access }](x *index[T]) string {
	for _, key := range x.keys {
		if x.byKey[key].access().visible == IfPermitted {
			return "private"
		}
	}
	return "public"
}

// checkSchema refuses what is not a JSON object.
func checkSchema(what, schema string) error {
	if schema == "" || schema[0] == '{' && wire.Valid([]byte(schema), wire.MaxDepth) {
		return nil
	}
	if err := schemaFailure(schema); err != nil {
		return fmt.Errorf("its %s schema: %w", what, err)
	}
	return fmt.Errorf("its %s schema is not a JSON object", what)
}
