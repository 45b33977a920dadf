package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GreetMetadata makes Greet a tool.
var GreetMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// GreetInput is what the model sends.
type GreetInput struct {
	// Name of who is greeted.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=100"`
}

// Greet greets somebody.
func Greet(_ context.Context, in GreetInput) (string, error) {
	return "Hello, " + in.Name + "!", nil
}
