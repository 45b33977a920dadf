package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestToolWithLoggingMetadata makes TestToolWithLogging a tool.
var TestToolWithLoggingMetadata = xmcp.ToolMetadata{}

// TestToolWithLogging sends three log messages.
func TestToolWithLogging(ctx context.Context) (string, error) {
	log := xmcp.Logger(ctx)
	log.InfoContext(ctx, "Tool execution started")
	if err := wait(ctx, 50*time.Millisecond); err != nil {
		return "", err
	}
	log.InfoContext(ctx, "Tool processing data")
	if err := wait(ctx, 50*time.Millisecond); err != nil {
		return "", err
	}
	log.InfoContext(ctx, "Tool execution completed")
	return "Tool with logging executed successfully", nil
}
