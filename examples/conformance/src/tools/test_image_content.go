package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/internal/media"
)

// TestImageContentMetadata makes TestImageContent a tool.
var TestImageContentMetadata = xmcp.ToolMetadata{}

// TestImageContent returns an image.
func TestImageContent(context.Context) (*xmcp.Result, error) {
	return &xmcp.Result{Content: []xmcp.Content{xmcp.Image(media.PNG(), "image/png")}}, nil
}
