package prompts

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/internal/media"
)

// TestPromptWithImageMetadata makes TestPromptWithImage a prompt.
var TestPromptWithImageMetadata = xmcp.PromptMetadata{}

// TestPromptWithImage is a prompt that shows an image.
func TestPromptWithImage(context.Context) ([]xmcp.Message, error) {
	return []xmcp.Message{
		xmcp.UserMessage(xmcp.Image(media.PNG(), "image/png")),
		xmcp.UserMessage(xmcp.Text("Please analyze the image above.")),
	}, nil
}
