// Package prompts holds the prompts that the suite asks for.
package prompts

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestSimplePromptMetadata makes TestSimplePrompt a prompt.
var TestSimplePromptMetadata = xmcp.PromptMetadata{}

// TestSimplePrompt is a prompt without arguments.
func TestSimplePrompt(context.Context) (string, error) {
	return "This is a simple prompt for testing.", nil
}
