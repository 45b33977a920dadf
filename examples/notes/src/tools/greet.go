package tools

import (
	"context"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// GreetMetadata makes Greet a tool.
var GreetMetadata = xmcp.ToolMetadata{Title: "Greet", ReadOnly: xmcp.Yes}

// GreetInput is what the model sends.
type GreetInput struct {
	// Name of the person to greet.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=100"`
}

// Greet greets a person in the name of the one who is signed in.
func Greet(ctx context.Context, in GreetInput) (string, error) {
	session, err := scalekit.GetSession(ctx)
	if err != nil {
		return "", err
	}
	return "Hello, " + in.Name + "! " + session.UserID + " says hi.", nil
}
