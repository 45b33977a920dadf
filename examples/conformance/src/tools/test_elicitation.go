package tools

import (
	"context"
	"fmt"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestElicitationMetadata makes TestElicitation a tool.
var TestElicitationMetadata = xmcp.ToolMetadata{}

// TestElicitationInput is what the model sends.
type TestElicitationInput struct {
	// Message for the person.
	Message string `json:"message"`
}

// UserInfo is the form that the person fills in.
type UserInfo struct {
	Username string `json:"username" jsonschema:"description=User's name"`
	Email    string `json:"email" jsonschema:"description=User's email address"`
}

// TestElicitation asks the person behind the client.
func TestElicitation(ctx context.Context, in TestElicitationInput) (string, error) {
	answer, err := xmcp.Elicit[UserInfo](ctx, "user", in.Message)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("User response: %s <%s>", answer.Username, answer.Email), nil
}
