package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/internal/media"
)

// TestAudioContentMetadata makes TestAudioContent a tool.
var TestAudioContentMetadata = xmcp.ToolMetadata{}

// TestAudioContent returns a sound.
func TestAudioContent(context.Context) (*xmcp.Result, error) {
	return &xmcp.Result{Content: []xmcp.Content{xmcp.Audio(media.WAV(), "audio/wav")}}, nil
}
