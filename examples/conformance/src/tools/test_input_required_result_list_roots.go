package tools

import (
	"context"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultListRootsMetadata makes TestInputRequiredResultListRoots a tool.
var TestInputRequiredResultListRootsMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultListRoots lists the folders that the client offers to work on.
func TestInputRequiredResultListRoots(ctx context.Context) (string, error) {
	roots, err := xmcp.Roots(ctx, "client_roots")
	if err != nil {
		return "", err
	}
	return "Roots: " + strings.Join(uris(roots), ", "), nil
}

func uris(roots []xmcp.Root) []string {
	list := make([]string, len(roots))
	for i, root := range roots {
		list[i] = root.URI
	}
	return list
}
