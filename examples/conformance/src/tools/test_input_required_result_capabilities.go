package tools

import (
	"context"
	"errors"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestInputRequiredResultCapabilitiesMetadata makes TestInputRequiredResultCapabilities a tool.
var TestInputRequiredResultCapabilitiesMetadata = xmcp.ToolMetadata{}

// TestInputRequiredResultCapabilities asks whatever the client declares that it can be asked.
func TestInputRequiredResultCapabilities(ctx context.Context) (string, error) {
	var answers []string
	var errs []error
	if xmcp.CanElicit(ctx) {
		user, err := xmcp.Elicit[UserName](ctx, "user_name", "What is your name?")
		answers, errs = append(answers, "name: "+user.Name), append(errs, err)
	}
	if xmcp.CanSample(ctx) {
		greeting, err := xmcp.Sample(ctx, "greeting", sampleOf("Generate a greeting"))
		if err == nil {
			answers = append(answers, "greeting: "+greeting.Text())
		}
		errs = append(errs, err)
	}
	if xmcp.CanListRoots(ctx) {
		roots, err := xmcp.Roots(ctx, "client_roots")
		answers, errs = append(answers, "roots: "+strings.Join(uris(roots), ", ")), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	return "Answers: " + strings.Join(answers, "; "), nil
}
