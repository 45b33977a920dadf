package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestMissingCapabilityMetadata makes TestMissingCapability a tool.
var TestMissingCapabilityMetadata = xmcp.ToolMetadata{}

// TestMissingCapability needs a client that can sample.
func TestMissingCapability(ctx context.Context) (string, error) {
	answer, err := xmcp.Sample(ctx, "greeting", sampleOf("Say hello"))
	if err != nil {
		return "", err
	}
	return answer.Text(), nil
}
