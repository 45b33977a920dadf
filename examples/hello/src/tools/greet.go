// Package tools holds the tools.
package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GreetMetadata makes Greet a tool.
var GreetMetadata = xmcp.ToolMetadata{
	Title:    "Greet somebody",
	ReadOnly: xmcp.Yes,
}

// Language is a language that the server can greet in.
type Language string

const (
	English Language = "en" // the default
	French  Language = "fr"
	Swahili Language = "sw"
)

// GreetInput is what the model sends.
type GreetInput struct {
	// Name of the person to greet.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=100"`
	// Language of the greeting.
	Language Language `json:"language,omitempty" jsonschema:"default=en"`
}

// Greet greets a person by name.
func Greet(_ context.Context, in GreetInput) (string, error) {
	hello := map[Language]string{English: "Hello", French: "Bonjour", Swahili: "Habari"}
	return hello[in.Language] + ", " + in.Name + "!", nil
}
