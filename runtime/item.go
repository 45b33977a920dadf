package xmcp

import (
	"context"
)

// Generated1 marks generated files that were written for the first version of the contract between generator and runtime.
// A generated file names the constant of its version, so that a runtime which no longer supports it does not compile.
const Generated1 = true

// ToolItem is one tool of a [Registry]. Generated code makes it; it may also be written by hand.
type ToolItem struct {
	// Name and Description as clients see them. Where Metadata has them too, they must be equal.
	Name, Description string
	// Position is where the handler is declared, like "src/tools/greet.go:12".
	Position string
	Metadata ToolMetadata
	// InputSchema and OutputSchema are JSON Schemas (2020-12). An empty InputSchema takes no arguments, an empty OutputSchema
	// promises no structured content.
	InputSchema, OutputSchema string
	// Validate checks the arguments where InputSchema is not one that the generator derives; see the package rawschema. Nil
	// means that decoding checks them. An error means that the schema cannot be used.
	Validate func(arguments []byte) ([]Violation, error)
	Handler  ToolHandler
}

// PromptItem is one prompt of a [Registry].
type PromptItem struct {
	Name, Description string
	Position          string
	Metadata          PromptMetadata
	Arguments         []PromptArgument
	// InputSchema is the JSON Schema of the arguments, an object whose properties are strings.
	InputSchema string
	// Complete suggests values for the arguments; nil means none.
	Complete CompleteFunc
	Handler  PromptHandler
}

// PromptArgument describes one argument of a prompt.
type PromptArgument struct {
	Name, Title, Description string
	Required                 bool
}

// ResourceItem is one resource, resource template or folder of resources of a [Registry].
type ResourceItem struct {
	Name, Description string
	Position          string
	Metadata          ResourceMetadata
	// InputSchema is the JSON Schema of the template's variables; empty for a static resource.
	InputSchema string
	// Complete suggests values for the template's variables; nil means none.
	Complete CompleteFunc
	Handler  ResourceHandler
}

// CompleteRequest asks for values of one argument of a prompt, or of one variable of a resource template.
type CompleteRequest struct {
	// Argument is the name of the argument, Value what was typed so far.
	Argument, Value string
	// Arguments holds the other arguments that are already known; it may be nil.
	Arguments map[string]string
}

// CompleteFunc returns the values that fit, best first. The server sends the first 100.
type CompleteFunc func(ctx context.Context, req CompleteRequest) ([]string, error)
