package resources

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// WatchedResourceMetadata makes WatchedResource a resource.
var WatchedResourceMetadata = xmcp.ResourceMetadata{
	URI:      "test://watched-resource",
	MIMEType: "text/plain",
}

// WatchedResource is a text that clients can subscribe to; the tool test_touch_watched_resource announces a change of it.
func WatchedResource(context.Context) (string, error) {
	return "Watched resource content", nil
}
