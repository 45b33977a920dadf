package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// DivideMetadata makes Divide a tool.
var DivideMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes, Idempotent: xmcp.Yes}

// DivideInput is what the model sends.
type DivideInput struct {
	// Dividend is the number that is divided.
	Dividend float64 `json:"dividend"`
	// Divisor is the number it is divided by; not zero.
	Divisor float64 `json:"divisor"`
}

// Divide divides one number by another.
func Divide(_ context.Context, in DivideInput) (float64, error) {
	if in.Divisor == 0 {
		return 0, xmcp.UserError("the divisor must not be zero")
	}
	return in.Dividend / in.Divisor, nil
}
