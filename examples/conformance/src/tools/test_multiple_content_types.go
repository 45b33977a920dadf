package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/internal/media"
)

// TestMultipleContentTypesMetadata makes TestMultipleContentTypes a tool.
var TestMultipleContentTypesMetadata = xmcp.ToolMetadata{}

// TestMultipleContentTypes returns a text, an image and a resource.
func TestMultipleContentTypes(context.Context) (*xmcp.Result, error) {
	return &xmcp.Result{Content: []xmcp.Content{
		xmcp.Text("Multiple content types test:"),
		xmcp.Image(media.PNG(), "image/png"),
		xmcp.EmbedText("test://mixed-content-resource", "application/json", `{"test":"data","value":123}`),
	}}, nil
}
