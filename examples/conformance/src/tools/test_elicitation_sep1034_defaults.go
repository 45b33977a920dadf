package tools

import (
	"context"
	"fmt"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TestElicitationSEP1034DefaultsMetadata makes TestElicitationSEP1034Defaults a tool.
var TestElicitationSEP1034DefaultsMetadata = xmcp.ToolMetadata{Name: "test_elicitation_sep1034_defaults"}

// Profile is the form that the person fills in: a default for each kind of input.
type Profile struct {
	Name     string  `json:"name" jsonschema:"default=John Doe"`
	Age      int     `json:"age" jsonschema:"default=30"`
	Score    float64 `json:"score" jsonschema:"default=95.5"`
	Status   string  `json:"status" jsonschema:"enum=active,enum=inactive,enum=pending,default=active"`
	Verified bool    `json:"verified" jsonschema:"default=true"`
}

// TestElicitationSEP1034Defaults asks the person by a form that is filled in already.
func TestElicitationSEP1034Defaults(ctx context.Context) (string, error) {
	answer, err := xmcp.Elicit[Profile](ctx, "profile", "Please review the profile")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Elicitation completed: %+v", answer), nil
}
