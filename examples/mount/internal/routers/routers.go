// Package routers puts an MCP server among the routes of others.
package routers

import (
	"fmt"
	"net/http"
)

// New returns a router that serves the MCP server beside a page of its own.
func New(name string, mcp http.Handler) (http.Handler, error) {
	switch name {
	case "chi":
		return Chi(mcp), nil
	case "echo":
		return Echo(mcp), nil
	}
	return nil, fmt.Errorf("there is no router %q: name chi or echo", name)
}
