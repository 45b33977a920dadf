package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestTriggerPromptChangeMetadata makes TestTriggerPromptChange a tool.
var TestTriggerPromptChangeMetadata = xmcp.ToolMetadata{}

// TestTriggerPromptChange adds a prompt to the running server, or takes it away again. Clients that listen are told.
func TestTriggerPromptChange(ctx context.Context) error {
	return toggle(ctx, xmcp.Change{AddPrompts: []xmcp.PromptItem{{
		Name:        "test_added_prompt",
		Description: "A prompt that test_trigger_prompt_change has added.",
		Handler:     xmcp.HandlePromptNoInput(func(context.Context) (string, error) { return "Added", nil }),
	}}}, xmcp.Change{RemovePrompts: []string{"test_added_prompt"}})
}
