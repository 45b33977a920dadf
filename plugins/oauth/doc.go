// Package oauth makes an MCP server an OAuth 2.1 resource server for any issuer of JWT access tokens (MCP 2026-07-28,
// basic/authorization; RFC 6750, RFC 9068, RFC 9728).
//
//	func Plugins() []xmcp.Plugin {
//		return []xmcp.Plugin{oauth.New(oauth.Config{Issuer: "https://login.example.com", BaseURL: "https://mcp.example.com"})}
//	}
//
// Every request to the MCP endpoint then needs an access token that the issuer has made for this server. Clients without
// one get a challenge that leads them to sign in, and tools read who calls with [GetToken] or [xmcp.GetPrincipal].
//
// A token is accepted when it is signed by a key of the issuer with an allowed algorithm, names the issuer and this
// server's audience, has not expired, and was not revoked. A verified token is remembered until it expires, so that the next
// request with it costs no signature check; a key that the issuer withdraws ends the tokens that it has signed.
//
// Refusals tell the client nothing but what it needs to sign in again. Why a token was refused is in the server's log, with
// what to do about it. No token and no part of one is ever logged.
package oauth
