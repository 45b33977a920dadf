package xmcp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// GetServer returns the server that serves the current call, or nil outside a call.
func GetServer(ctx context.Context) *Server {
	if c := callOf(ctx); c != nil {
		return c.srv
	}
	return nil
}

// Update adds and removes items while the server runs, and tells clients that listen which lists have changed. Calls that
// are in flight finish on what they began with. Either everything takes effect or, with an error, nothing.
func (s *Server) Update(change Change) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	old := s.catalog.Load()
	cat := &catalog{tools: old.tools.clone(), prompts: old.prompts.clone(), resources: old.resources.clone(), templates: old.templates.clone()}
	touched, err := cat.apply(s, change)
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	s.catalog.Store(cat)
	if touched.tools {
		s.hub.toolsChanged()
	}
	if touched.prompts {
		s.hub.promptsChanged()
	}
	if touched.lists {
		s.hub.resourcesChanged()
	}
	return nil
}

// ResourceUpdated tells the clients that have subscribed to a resource that its content has changed. It never waits.
func (s *Server) ResourceUpdated(uri string) { s.hub.resourceUpdated(uri) }

// Change is what [Server.Update] does. Removals come first, so that an item can be replaced.
type Change struct {
	// RemoveTools and RemovePrompts are names, RemoveResources are URIs and URI templates. One that does not exist is an error.
	RemoveTools, RemovePrompts, RemoveResources []string
	AddTools                                    []ToolItem
	AddPrompts                                  []PromptItem
	AddResources                                []ResourceItem
}

func (cat *catalog) apply(s *Server, change Change) (touched changes, err error) {
	var errs []error
	for _, name := range change.RemoveTools {
		touched.tools = true
		errs = append(errs, cat.tools.remove("tool", name))
	}
	for _, name := range change.RemovePrompts {
		touched.prompts = true
		errs = append(errs, cat.prompts.remove("prompt", name))
	}
	for _, uri := range change.RemoveResources {
		touched.lists = true
		if _, ok := cat.templates.byKey[uri]; ok {
			errs = append(errs, cat.templates.remove("resource template", uri))
			continue
		}
		errs = append(errs, cat.resources.remove("resource", uri))
	}
	errs = append(errs, cat.fill(s, &Registry{tools: change.AddTools, prompts: change.AddPrompts, resources: change.AddResources}))
	touched.tools = touched.tools || len(change.AddTools) > 0
	touched.prompts = touched.prompts || len(change.AddPrompts) > 0
	touched.lists = touched.lists || len(change.AddResources) > 0
	return touched, errors.Join(errs...)
}

func (x *index[T]) clone() index[T] {
	return index[T]{maps.Clone(x.byKey), slices.Clone(x.keys)}
}

func (x *index[T]) remove(kind, key string) error {
	at, found := slices.BinarySearch(x.keys, key)
	if !found {
		return fmt.Errorf("there is no %s %q", kind, key)
	}
	delete(x.byKey, key)
	x.keys = slices.Delete(x.keys, at, at+1)
	return nil
}
