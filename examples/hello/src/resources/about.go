// Package resources holds the resources.
package resources

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// AboutMetadata makes About a resource with a fixed address.
var AboutMetadata = xmcp.ResourceMetadata{
	URI:      "hello://about",
	Title:    "About this server",
	MIMEType: "text/markdown",
}

// About tells what this server is for.
func About(context.Context) (string, error) {
	return "One file below src is one tool, prompt or resource.\n", nil
}
