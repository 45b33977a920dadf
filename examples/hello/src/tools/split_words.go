package tools

import (
	"context"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// SplitWordsMetadata makes SplitWords a tool.
var SplitWordsMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// SplitWordsInput is what the model sends.
type SplitWordsInput struct {
	// Text to split.
	Text string `json:"text" jsonschema:"maxLength=100000"`
}

// SplitWords splits a text into its words. A list is a result like any other JSON value.
func SplitWords(_ context.Context, in SplitWordsInput) ([]string, error) {
	return strings.Fields(in.Text), nil
}
