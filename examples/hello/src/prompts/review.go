// Package prompts holds the prompts.
package prompts

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// ReviewMetadata makes Review a prompt.
var ReviewMetadata = xmcp.PromptMetadata{Title: "Review code"}

// ReviewInput holds the arguments that a person fills in.
type ReviewInput struct {
	// Code to review.
	Code string `json:"code"`
}

// Review asks for a review of a piece of code.
func Review(_ context.Context, in ReviewInput) (string, error) {
	return "Review this code. Name each problem and show its fix.\n\n" + in.Code, nil
}
