package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultSamplingMetadata makes TestInputRequiredResultSampling a tool.
var TestInputRequiredResultSamplingMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultSampling asks the model behind the client.
func TestInputRequiredResultSampling(ctx context.Context) (string, error) {
	answer, err := xmcp.Sample(ctx, "capital_question", sampleOf("What is the capital of France?"))
	if err != nil {
		return "", err
	}
	return answer.Text(), nil
}
