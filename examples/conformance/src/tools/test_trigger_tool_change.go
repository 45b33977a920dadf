package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestTriggerToolChangeMetadata makes TestTriggerToolChange a tool.
var TestTriggerToolChangeMetadata = xmcp.ToolMetadata{}

// TestTriggerToolChange adds a tool to the running server, or takes it away again. Clients that listen are told.
func TestTriggerToolChange(ctx context.Context) error {
	return toggle(ctx, xmcp.Change{AddTools: []xmcp.ToolItem{{
		Name:        "test_added_tool",
		Description: "A tool that test_trigger_tool_change has added.",
		Handler:     xmcp.HandleToolBare(func(context.Context) error { return nil }),
	}}}, xmcp.Change{RemoveTools: []string{"test_added_tool"}})
}

// toggle makes one change where it can be made, and the other one where not.
func toggle(ctx context.Context, there, back xmcp.Change) error {
	server := xmcp.GetServer(ctx)
	if server.Update(there) == nil {
		return nil
	}
	return server.Update(back)
}
