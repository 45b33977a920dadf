package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultRequestStateMetadata makes TestInputRequiredResultRequestState a tool.
var TestInputRequiredResultRequestStateMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultRequestState asks the person; the server finds its state in the second request.
func TestInputRequiredResultRequestState(ctx context.Context) (string, error) {
	answer, err := xmcp.Elicit[Confirmation](ctx, "confirm", "Please confirm")
	if err != nil {
		return "", err
	}
	if !answer.OK {
		return "not confirmed", nil
	}
	return "state-ok: confirmed", nil
}
