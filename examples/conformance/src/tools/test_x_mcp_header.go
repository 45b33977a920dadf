package tools

import (
	"context"
	"fmt"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestXMCPHeaderMetadata makes TestXMCPHeader a tool.
var TestXMCPHeaderMetadata = xmcp.ToolMetadata{Name: "test_x_mcp_header"}

// TestXMCPHeaderInput is what the model sends.
type TestXMCPHeaderInput struct {
	// Region that the request is for. Clients repeat it in the header Mcp-Param-Region.
	Region string `json:"region" jsonschema_extras:"x-mcp-header=Region"`
	// Level of detail.
	Level int `json:"level,omitempty"`
}

// TestXMCPHeader takes an argument that clients repeat in a header, so that proxies can route by it.
func TestXMCPHeader(_ context.Context, in TestXMCPHeaderInput) (string, error) {
	return fmt.Sprintf("region %s, level %d", in.Region, in.Level), nil
}
