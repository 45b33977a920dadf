package prompts

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestPromptWithEmbeddedResourceMetadata makes TestPromptWithEmbeddedResource a prompt.
var TestPromptWithEmbeddedResourceMetadata = xmcp.PromptMetadata{}

// TestPromptWithEmbeddedResourceInput holds the arguments that a person fills in.
type TestPromptWithEmbeddedResourceInput struct {
	// ResourceURI is the address of the resource to embed.
	ResourceURI string `json:"resourceUri"`
}

// TestPromptWithEmbeddedResource is a prompt that embeds a resource.
func TestPromptWithEmbeddedResource(_ context.Context, in TestPromptWithEmbeddedResourceInput) ([]xmcp.Message, error) {
	return []xmcp.Message{
		xmcp.UserMessage(xmcp.EmbedText(in.ResourceURI, "text/plain", "Embedded resource content for testing.")),
		xmcp.UserMessage(xmcp.Text("Please process the embedded resource above.")),
	}, nil
}
