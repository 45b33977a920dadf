package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestTouchWatchedResourceMetadata makes TestTouchWatchedResource a tool.
var TestTouchWatchedResourceMetadata = xmcp.ToolMetadata{}

// TestTouchWatchedResource announces that test://watched-resource has changed. Clients that have subscribed are told.
func TestTouchWatchedResource(ctx context.Context) error {
	xmcp.GetServer(ctx).ResourceUpdated("test://watched-resource")
	return nil
}
