package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultTamperedStateMetadata makes TestInputRequiredResultTamperedState a tool.
var TestInputRequiredResultTamperedStateMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultTamperedState asks the person; a state that the client has changed is refused.
func TestInputRequiredResultTamperedState(ctx context.Context) (string, error) {
	answer, err := xmcp.Elicit[Confirmation](ctx, "confirm", "Please confirm")
	if err != nil {
		return "", err
	}
	if !answer.OK {
		return "not confirmed", nil
	}
	return "confirmed", nil
}
