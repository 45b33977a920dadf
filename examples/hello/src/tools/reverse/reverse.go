// Package reverse is a tool in a folder of its own, named for the folder.
package reverse

import (
	"context"
	"slices"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Metadata makes Handler a tool.
var Metadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// Input is what the model sends.
type Input struct {
	// Text to reverse.
	Text string `json:"text" jsonschema:"maxLength=10000"`
}

// Handler reverses a text, letter by letter.
func Handler(_ context.Context, in Input) (string, error) {
	letters := []rune(in.Text)
	slices.Reverse(letters)
	return string(letters), nil
}
