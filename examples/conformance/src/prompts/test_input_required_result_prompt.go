package prompts

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultPromptMetadata makes TestInputRequiredResultPrompt a prompt.
var TestInputRequiredResultPromptMetadata = xmcp.PromptMetadata{}

// UserContext is the form that the person fills in.
type UserContext struct {
	Context string `json:"context" jsonschema:"description=What the prompt is about"`
}

// TestInputRequiredResultPrompt is a prompt that asks the person what it is about.
func TestInputRequiredResultPrompt(ctx context.Context) (string, error) {
	answer, err := xmcp.Elicit[UserContext](ctx, "user_context", "What context should the prompt use?")
	if err != nil {
		return "", err
	}
	return "Prompt with context: " + answer.Context, nil
}
