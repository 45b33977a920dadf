// Package model is the generator's intermediate representation: an [App] with its packages and items, and the graph of their
// [Type]s. Scan makes it of what the go command loaded; schema, lint, drift and render see nothing else. There is no go/ast and no go/types
// in it, so a stage can be tested with a few literals. A model is built by one goroutine and read by any number.
package model

import (
	"cmp"
	"slices"

	"github.com/xmcpgo/xmcpgo/codegen/internal/diag"
)

// App is all that the generator knows about one app.
type App struct {
	Module     string     // module path
	ImportPath string     // of the package in src
	Dir        string     // src, relative to the module's folder
	Name       string     // of the package in src
	Scope      []string   // names declared in the package in src
	Packages   []*Package // those with items, sorted by import path
	Plugins    bool       // package src declares func Plugins() []xmcp.Plugin
}

// Receivers are all receivers of the app, ordered by import path and then by type name.
func (a *App) Receivers() []Dependency {
	var list []Dependency
	for _, p := range a.Packages {
		for _, name := range p.Receivers() {
			list = append(list, Dependency{Package: p, Type: name})
		}
	}
	return list
}

// Items are the items of one kind of all packages, in the order of the packages and then of their names.
func (a *App) Items(kind ItemKind) []*Item {
	var list []*Item
	for _, p := range a.Packages {
		for _, it := range p.Items {
			if it.Kind == kind {
				list = append(list, it)
			}
		}
	}
	return list
}

// Dependency is a struct whose methods are handlers. The app passes a pointer to it.
type Dependency struct {
	Package *Package
	Type    string
}

// Package is one package with items.
type Package struct {
	Path  string // import path
	Name  string
	Dir   string   // relative to the module's folder
	Scope []string // names declared in the package, sorted
	Items []*Item  // sorted by kind, then by name

	Guards       []Guard
	Fingerprints []Fingerprint
}

// Receivers are the names of the package's receiver types, sorted.
func (p *Package) Receivers() []string {
	var names []string
	for _, it := range p.Items {
		for _, ref := range []Ref{it.Handler, it.Complete} {
			if ref.Receiver != "" {
				names = append(names, ref.Receiver)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SortItems puts the items into the order in which they are registered.
func (p *Package) SortItems() {
	slices.SortStableFunc(p.Items, func(a, b *Item) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.MetadataVar, b.MetadataVar))
	})
}

// ItemKind says what an item is.
type ItemKind int

const (
	Tool ItemKind = iota + 1
	Prompt
	Resource
)

func (k ItemKind) String() string {
	switch k {
	case Tool:
		return "tool"
	case Prompt:
		return "prompt"
	case Resource:
		return "resource"
	}
	return "item"
}

// Folder is the folder of src in which items of the kind live.
func (k ItemKind) Folder() string { return k.String() + "s" }

// MetadataType is the name of the kind's metadata type in package xmcp.
func (k ItemKind) MetadataType() string {
	switch k {
	case Tool:
		return "ToolMetadata"
	case Prompt:
		return "PromptMetadata"
	}
	return "ResourceMetadata"
}

// Ref names a function of the package or, with a receiver, a method. The zero value names nothing.
type Ref struct {
	Receiver string
	Name     string
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r.Name == "" }

// Item is one tool, prompt or resource.
type Item struct {
	Kind        ItemKind
	MetadataVar string
	Handler     Ref
	Complete    Ref
	// FS marks a resource whose handler is an embed.FS variable.
	FS bool

	Name        string
	Description string
	Metadata    Metadata

	// In is nil when the handler takes no input, Out when it returns nothing but an error.
	In, Out *Type
	// RawInput marks a handler whose input is a json.RawMessage.
	RawInput bool
	Result   ResultKind

	InputSchema  Schema
	OutputSchema Schema
	// Arguments of a prompt, or the variables of a resource template.
	Arguments []Argument
	// FlatFailed says that Arguments are incomplete, since the input has fields that cannot be one.
	FlatFailed bool

	Pos         diag.Pos // of the handler's name
	MetadataPos diag.Pos // of the metadata variable's name
}

// IsTemplate reports whether the item is a resource template.
func (it *Item) IsTemplate() bool { return it.Kind == Resource && isTemplate(it.Metadata.URI) }

// ResultKind says how the result of a handler becomes the answer.
type ResultKind int

const (
	NoResult   ResultKind = iota // only an error
	Text                         // string
	FullResult                   // *xmcp.Result, *xmcp.PromptResult, *xmcp.ResourceResult
	Messages                     // []xmcp.Message
	Bytes                        // []byte
	JSON                         // anything else
)

// Argument is one argument of a prompt or one variable of a resource template.
type Argument struct {
	Pos                      diag.Pos
	Name, Title, Description string
	Required                 bool
}

// Schema is a JSON Schema as text with holes: types that bring their own schema are asked for it when the server starts. It is
// empty when there is none.
type Schema []SchemaPart

// SchemaPart is literal JSON or, where Custom is set, the place of a type's own schema.
type SchemaPart struct {
	JSON   string
	Custom *Type
}
