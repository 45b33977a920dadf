package tools

import (
	"context"
	"fmt"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultMultiRoundMetadata makes TestInputRequiredResultMultiRound a tool.
var TestInputRequiredResultMultiRoundMetadata = xmcp.ToolMetadata{}

// FavoriteColor is the second form that the person fills in.
type FavoriteColor struct {
	Color string `json:"color" jsonschema:"description=Your favorite color"`
}

// TestInputRequiredResultMultiRound asks the person twice, the second time with the first answer in the question.
func TestInputRequiredResultMultiRound(ctx context.Context) (string, error) {
	user, err := xmcp.Elicit[UserName](ctx, "step1", "Step 1: What is your name?")
	if err != nil {
		return "", err
	}
	favorite, err := xmcp.Elicit[FavoriteColor](ctx, "step2", "Step 2: What is your favorite color, "+user.Name+"?")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s likes %s", user.Name, favorite.Color), nil
}
