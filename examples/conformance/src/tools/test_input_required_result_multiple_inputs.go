package tools

import (
	"context"
	"errors"
	"fmt"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultMultipleInputsMetadata makes TestInputRequiredResultMultipleInputs a tool.
var TestInputRequiredResultMultipleInputsMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultMultipleInputs asks the person, the model and the client in one round.
func TestInputRequiredResultMultipleInputs(ctx context.Context) (string, error) {
	user, errUser := xmcp.Elicit[UserName](ctx, "user_name", "What is your name?")
	greeting, errGreeting := xmcp.Sample(ctx, "greeting", sampleOf("Generate a greeting"))
	roots, errRoots := xmcp.Roots(ctx, "client_roots")
	if err := errors.Join(errUser, errGreeting, errRoots); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, %s! Roots: %d", greeting.Text(), user.Name, len(roots)), nil
}
