package tools

import (
	"context"
	"strconv"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// CountDownMetadata makes CountDown a tool.
var CountDownMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}

// CountDownInput is what the model sends.
type CountDownInput struct {
	// From is the number to begin with.
	From int `json:"from" jsonschema:"minimum=1,maximum=100"`
}

// CountDown counts down to one and tells each number as progress.
func CountDown(ctx context.Context, in CountDownInput) (string, error) {
	for n := in.From; n > 0 && ctx.Err() == nil; n-- {
		xmcp.Progress(ctx, float64(in.From-n), float64(in.From), strconv.Itoa(n))
	}
	return "Lift-off!", ctx.Err()
}
