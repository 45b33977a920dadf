package tools

import (
	"context"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// WhoamiMetadata makes Whoami a tool.
var WhoamiMetadata = xmcp.ToolMetadata{Title: "Who am I", ReadOnly: xmcp.Yes}

// Caller is what the access token says of who calls.
type Caller struct {
	// ID of the person.
	UserID string `json:"userId"`
	// ID of the organization that the person has signed in to.
	OrganizationID string `json:"organizationId"`
	// Scopes that the client was granted.
	Scopes []string `json:"scopes"`
	// When the access token ends.
	ExpiresAt time.Time `json:"expiresAt"`
	// What the person may do in the organization.
	Permissions []string `json:"permissions"`
}

// Whoami tells who is signed in, and what they may do.
func Whoami(ctx context.Context) (Caller, error) {
	session, err := scalekit.GetSession(ctx)
	if err != nil {
		return Caller{}, err
	}
	return Caller{
		UserID:         session.UserID,
		OrganizationID: session.OrganizationID,
		Scopes:         append([]string{}, session.Scopes...),
		ExpiresAt:      session.ExpiresAt.UTC().Truncate(time.Second),
		Permissions:    append([]string{}, session.Permissions...),
	}, nil
}
