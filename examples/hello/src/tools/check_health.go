package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// CheckHealthMetadata makes CheckHealth a tool.
var CheckHealthMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// CheckHealth succeeds while the server is well. It takes nothing and returns nothing.
func CheckHealth(ctx context.Context) error {
	return ctx.Err()
}
