// Waiter is a server for tests of cancellation: a call of wait ends when its client lets go of it, and cancelled answers when
// that has happened.
package main

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

func main() {
	gone := make(chan struct{}, 16)
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{
		Name: "wait", Description: "Waits until the client lets go of the call.",
		InputSchema: `{"type":"object"}`,
		Handler: xmcp.HandleToolBare(func(ctx context.Context) error {
			xmcp.Progress(ctx, 1, 2, "waiting")
			<-ctx.Done()
			gone <- struct{}{}
			return ctx.Err()
		}),
	})
	r.AddTool(xmcp.ToolItem{
		Name: "cancelled", Description: "Answers when a call of wait was cancelled.",
		InputSchema: `{"type":"object"}`,
		Handler: xmcp.HandleToolNoInput(func(ctx context.Context) (string, error) {
			select {
			case <-gone:
				return "cancelled", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}),
	})
	xmcp.Main(r, xmcp.Config{Name: "waiter"})
}
