// Package tools holds the app's tools, one a file.
package tools

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GreetMetadata makes Greet a tool.
var GreetMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// GreetInput is what the model sends.
type GreetInput struct {
	// Name of the person to greet.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=80"`
}

// Greet greets a person by name.
func Greet(ctx context.Context, in GreetInput) (string, error) {
	trace.SpanFromContext(ctx).SetAttributes(attribute.Int("greet.length", len(in.Name)))
	return "Hello, " + in.Name + "!", nil
}
