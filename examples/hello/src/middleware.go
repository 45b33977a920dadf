// Package src is the server: its tools, prompts and resources are in the folders below, its plugins here.
package src

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugins are set up in this order before the first request.
func Plugins() []xmcp.Plugin {
	return []xmcp.Plugin{xmcp.PluginFunc("call log", logCalls)}
}

// logCalls writes one line for each tool call.
func logCalls(h *xmcp.Host) error {
	log := h.Logger()
	h.UseTool(func(next xmcp.ToolFunc) xmcp.ToolFunc {
		return func(ctx context.Context, call *xmcp.ToolCall) (*xmcp.Result, error) {
			start := time.Now()
			result, err := next(ctx, call)
			log.InfoContext(ctx, "tool called", "tool", call.Name, "failed", err != nil, "took", time.Since(start))
			return result, err
		}
	})
	return nil
}
