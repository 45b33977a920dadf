package xmcp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Registry collects what a server offers. Generated code fills it through RegisterXMCP functions; [New] checks it as a
// whole, so that every problem is reported at once. The zero value is empty and ready to use. A Registry must not be changed
// after it was given to New, and may serve several servers.
type Registry struct {
	tools        []ToolItem
	prompts      []PromptItem
	resources    []ResourceItem
	plugins      []func() []Plugin
	fingerprints []fingerprint
	missing      []string
}

type fingerprint struct {
	typ          reflect.Type
	module, want string
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{} }

// AddTool adds a tool.
func (r *Registry) AddTool(t ToolItem) { r.tools = append(r.tools, t) }

// AddPrompt adds a prompt.
func (r *Registry) AddPrompt(p PromptItem) { r.prompts = append(r.prompts, p) }

// AddResource adds a resource, a resource template or a folder of resources.
func (r *Registry) AddResource(res ResourceItem) { r.resources = append(r.resources, res) }

// Use adds the plugins that the function returns. It is called once for each server, so that servers share no plugin.
func (r *Registry) Use(plugins func() []Plugin) { r.plugins = append(slices.Clip(r.plugins), plugins) }

// Require records that a dependency is needed; with ok false the start fails and names it.
func (r *Registry) Require(name string, ok bool) {
	if !ok {
		r.missing = append(r.missing, name)
	}
}

// Fingerprint records what a type looked like when the code was generated. The start fails when it has changed. module is the
// module path of the app.
func (r *Registry) Fingerprint(t reflect.Type, module, want string) {
	r.fingerprints = append(r.fingerprints, fingerprint{t, module, want})
}

// check reports dependencies that are missing and types that have changed since the code was generated.
func (r *Registry) check() error {
	var errs []error
	for _, name := range r.missing {
		errs = append(errs, fmt.Errorf("dependency %s is nil: give Registry a value for it", name))
	}
	for _, f := range r.fingerprints {
		if got := typeFingerprint(f.typ, f.module); got != f.want {
			errs = append(errs, fmt.Errorf("type %s has changed since the code was generated: run go generate ./...", f.typ))
		}
	}
	return errors.Join(errs...)
}
