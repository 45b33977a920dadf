package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestLoggingToolMetadata makes TestLoggingTool a tool.
var TestLoggingToolMetadata = xmcp.ToolMetadata{}

// TestLoggingTool sends one log message.
func TestLoggingTool(ctx context.Context) (string, error) {
	xmcp.Logger(ctx).InfoContext(ctx, "Logging tool was called")
	return "Logged", nil
}
