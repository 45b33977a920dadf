// Package resources holds the resources that the suite asks for.
package resources

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// StaticTextMetadata makes StaticText a resource.
var StaticTextMetadata = xmcp.ResourceMetadata{
	URI:      "test://static-text",
	MIMEType: "text/plain",
}

// StaticText is a text that never changes.
func StaticText(context.Context) (string, error) {
	return "This is the content of the static text resource.", nil
}
