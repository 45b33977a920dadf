package resources

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/conformance/internal/media"
)

// StaticBinaryMetadata makes StaticBinary a resource.
var StaticBinaryMetadata = xmcp.ResourceMetadata{
	URI:      "test://static-binary",
	MIMEType: "image/png",
}

// StaticBinary is an image that never changes.
func StaticBinary(context.Context) ([]byte, error) {
	return media.PNG(), nil
}
