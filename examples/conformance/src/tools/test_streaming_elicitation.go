package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestStreamingElicitationMetadata makes TestStreamingElicitation a tool.
var TestStreamingElicitationMetadata = xmcp.ToolMetadata{}

// Confirmation is the form that the person fills in.
type Confirmation struct {
	OK bool `json:"ok" jsonschema:"description=Whether to go on"`
}

// TestStreamingElicitation asks the person after it has begun to report progress.
func TestStreamingElicitation(ctx context.Context) (string, error) {
	xmcp.Progress(ctx, 1, 2, "about to ask")
	answer, err := xmcp.Elicit[Confirmation](ctx, "confirm", "Go on?")
	if err != nil {
		return "", err
	}
	if !answer.OK {
		return "Stopped", nil
	}
	xmcp.Progress(ctx, 2, 2, "done")
	return "Went on", nil
}
