// Package scalekitdev is a stand-in for a Scalekit environment, for development and tests without an account. It speaks what an
// environment speaks to MCP clients, to the package scalekit and to its management client: metadata, dynamic registration,
// client id metadata documents, authorization with PKCE and resource indicators, rotating refresh tokens, client
// credentials, keys, and the REST calls that the client makes. On its sign-in page one picks one of the seeded people.
//
// It has no passwords and keeps everything in memory. It serves loopback only, and it is no authorization server for anything
// that matters: never import it into an app. The xmcpgo command hosts it.
package scalekitdev
