package tools

import (
	"context"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// MyOrganizationMetadata makes MyOrganization a tool.
var MyOrganizationMetadata = xmcp.ToolMetadata{Title: "My organization", ReadOnly: xmcp.Yes, OpenWorld: xmcp.Yes}

// Organization is what Scalekit knows of an organization.
type Organization struct {
	// ID of the organization.
	ID string `json:"id"`
	// Name of the organization.
	Name string `json:"name"`
}

// MyOrganization tells the name of the organization that the signed-in person is in.
func MyOrganization(ctx context.Context) (Organization, error) {
	session, err := scalekit.GetSession(ctx)
	if err != nil {
		return Organization{}, err
	}
	// The client acts for the app and may see every organization: ask for the caller's own, and for nothing a caller names.
	client, err := scalekit.GetClient(ctx)
	if err != nil {
		return Organization{}, err
	}
	org, err := client.GetOrganization(ctx, session.OrganizationID)
	if err != nil {
		return Organization{}, err
	}
	return Organization{ID: org.ID, Name: org.DisplayName}, nil
}
