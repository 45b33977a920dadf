package main

import (
	"encoding/json"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

// writeJSON is the answer to --json: one value in lines, in which texts stay as they are.
func writeJSON(t *terminal.Terminal, v any) error {
	enc := json.NewEncoder(t.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
