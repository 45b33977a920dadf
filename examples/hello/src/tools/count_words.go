package tools

import (
	"context"
	"strings"
	"unicode/utf8"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// CountWordsMetadata makes CountWords a tool.
var CountWordsMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// CountWordsInput is what the model sends.
type CountWordsInput struct {
	// Text to measure.
	Text string `json:"text" jsonschema:"maxLength=100000"`
}

// TextSize is the result: its schema is the output schema of the tool.
type TextSize struct {
	// Words is how many words the text has.
	Words int `json:"words"`
	// Characters is how many characters the text has, spaces included.
	Characters int `json:"characters"`
}

// CountWords counts the words and characters of a text.
func CountWords(_ context.Context, in CountWordsInput) (TextSize, error) {
	return TextSize{Words: len(strings.Fields(in.Text)), Characters: utf8.RuneCountInString(in.Text)}, nil
}
