package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestReconnectionMetadata makes TestReconnection a tool.
var TestReconnectionMetadata = xmcp.ToolMetadata{}

// TestReconnection lets go of the connection in the middle of the call; the client gets the result when it comes back.
func TestReconnection(ctx context.Context) (string, error) {
	xmcp.CloseStream(ctx, 500*time.Millisecond)
	if err := wait(ctx, 100*time.Millisecond); err != nil {
		return "", err
	}
	return "Reconnection test completed successfully", nil
}
