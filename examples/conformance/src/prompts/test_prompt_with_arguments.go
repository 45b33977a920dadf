package prompts

import (
	"context"
	"fmt"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestPromptWithArgumentsMetadata makes TestPromptWithArguments a prompt.
var TestPromptWithArgumentsMetadata = xmcp.PromptMetadata{}

// TestPromptWithArgumentsInput holds the arguments that a person fills in.
type TestPromptWithArgumentsInput struct {
	// Arg1 is the first argument.
	Arg1 string `json:"arg1"`
	// Arg2 is the second argument.
	Arg2 string `json:"arg2"`
}

// TestPromptWithArguments is a prompt that repeats its arguments.
func TestPromptWithArguments(_ context.Context, in TestPromptWithArgumentsInput) (string, error) {
	return fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", in.Arg1, in.Arg2), nil
}

// CompleteTestPromptWithArguments suggests values while a person types one.
func CompleteTestPromptWithArguments(_ context.Context, req xmcp.CompleteRequest) ([]string, error) {
	var fit []string
	for _, value := range []string{"testing", "testament", "text", "other"} {
		if strings.HasPrefix(value, req.Value) {
			fit = append(fit, value)
		}
	}
	return fit, nil
}
