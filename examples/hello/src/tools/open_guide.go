package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// OpenGuideMetadata makes OpenGuide a tool.
var OpenGuideMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// OpenGuide shows where the guide to this server is, with the shortest part of it at once.
func OpenGuide(context.Context) (*xmcp.Result, error) {
	return &xmcp.Result{Content: []xmcp.Content{
		xmcp.Text("The guide has two pages. The first words of it:"),
		xmcp.EmbedText("hello://about", "text/markdown", "One file below src is one tool, prompt or resource."),
		xmcp.Link("docs://guide/docs/tools.md", "tools.md", "How a tool is added.", "text/markdown"),
	}}, nil
}
