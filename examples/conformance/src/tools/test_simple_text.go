// Package tools holds the tools that the suite asks for.
package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestSimpleTextMetadata makes TestSimpleText a tool.
var TestSimpleTextMetadata = xmcp.ToolMetadata{}

// TestSimpleText returns a text.
func TestSimpleText(context.Context) (string, error) {
	return "This is a simple text response for testing.", nil
}
