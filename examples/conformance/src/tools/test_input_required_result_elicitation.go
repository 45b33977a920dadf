package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultElicitationMetadata makes TestInputRequiredResultElicitation a tool.
var TestInputRequiredResultElicitationMetadata = xmcp.ToolMetadata{}

// UserName is the form that the person fills in.
type UserName struct {
	Name string `json:"name" jsonschema:"description=Your name"`
}

// TestInputRequiredResultElicitation greets the person by the name that it asks for.
func TestInputRequiredResultElicitation(ctx context.Context) (string, error) {
	user, err := xmcp.Elicit[UserName](ctx, "user_name", "What is your name?")
	if err != nil {
		return "", err
	}
	return "Hello, " + user.Name + "!", nil
}
