package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestEmbeddedResourceMetadata makes TestEmbeddedResource a tool.
var TestEmbeddedResourceMetadata = xmcp.ToolMetadata{}

// TestEmbeddedResource returns a resource inside the result.
func TestEmbeddedResource(context.Context) (*xmcp.Result, error) {
	return &xmcp.Result{Content: []xmcp.Content{
		xmcp.EmbedText("test://embedded-resource", "text/plain", "This is an embedded resource content."),
	}}, nil
}
