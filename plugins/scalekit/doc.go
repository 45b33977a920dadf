// Package scalekit puts sign-in with Scalekit in front of an MCP server. One line in src/middleware.go is enough:
//
//	func Plugins() []xmcp.Plugin { return []xmcp.Plugin{scalekit.FromEnv()} }
//
// Every request to the MCP endpoint then needs an access token that the Scalekit environment has made for this server, and any
// tool, prompt or resource reads who calls:
//
//	session, err := scalekit.GetSession(ctx)   // user, organization, scopes, permissions, expiry
//	user, err := scalekit.GetUser(ctx)         // name and e-mail address, from Scalekit
//	client, err := scalekit.GetClient(ctx)     // the management API, with the app's own credentials
//
// Keep each user's data apart by session.OrganizationID and session.UserID together: one person may belong to several
// organizations. A token without a person has Machine set.
//
// The environment needs SCALEKIT_ENVIRONMENT_URL and SCALEKIT_RESOURCE_ID, and BASE_URL in production. SCALEKIT_CLIENT_ID and
// SCALEKIT_CLIENT_SECRET are for [GetClient] and [GetUser] only: checking tokens takes no secret.
package scalekit
