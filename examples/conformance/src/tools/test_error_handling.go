package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestErrorHandlingMetadata makes TestErrorHandling a tool.
var TestErrorHandlingMetadata = xmcp.ToolMetadata{}

// TestErrorHandling always fails, with an error that the model can read.
func TestErrorHandling(context.Context) error {
	return xmcp.UserError("This tool intentionally returns an error for testing")
}
