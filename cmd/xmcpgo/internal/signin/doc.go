// Package signin signs a command line in to MCP servers that ask for it, as MCP 2026-07-28, basic/authorization, says: the
// server's challenge leads to its metadata (RFC 9728), that to the authorization server's (RFC 8414), where the command
// registers itself (RFC 7591), sends the person's browser with PKCE (RFC 7636) and a resource indicator (RFC 8707), and takes
// the answer on a loopback port (RFC 8252), its state and issuer (RFC 9207) checked.
//
// A [Transport] does all of that inside an [net/http.Client]. Tokens are kept in a [Store], one file of mode 0600 a server, and
// refreshed by one process at a time, since a refresh token is good for one use. A token is sent to the server that it was
// made for and to nobody else. No token is printed or logged.
package signin
