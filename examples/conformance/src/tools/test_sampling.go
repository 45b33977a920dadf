package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestSamplingMetadata makes TestSampling a tool.
var TestSamplingMetadata = xmcp.ToolMetadata{}

// TestSamplingInput is what the model sends.
type TestSamplingInput struct {
	// Prompt for the model behind the client.
	Prompt string `json:"prompt"`
}

// TestSampling asks the model behind the client.
func TestSampling(ctx context.Context, in TestSamplingInput) (string, error) {
	answer, err := xmcp.Sample(ctx, "prompt", sampleOf(in.Prompt))
	if err != nil {
		return "", err
	}
	return "LLM response: " + answer.Text(), nil
}

// sampleOf is a request for an answer to one message.
func sampleOf(prompt string) xmcp.SampleRequest {
	return xmcp.SampleRequest{
		Messages:  []xmcp.SampleMessage{{Role: xmcp.RoleUser, Content: xmcp.Text(prompt)}},
		MaxTokens: 100,
	}
}
