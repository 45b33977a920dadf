package resources

import (
	"embed"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GuideMetadata makes each file of Guide a resource below the URI.
var GuideMetadata = xmcp.ResourceMetadata{
	URI:   "docs://guide",
	Title: "Guide",
}

// Guide is the guide to this server.
//
//go:embed docs
var Guide embed.FS
