// Package clients drives servers with clients that others wrote: the MCP
// Inspector and both versions of the TypeScript SDK (npm, pinned in package.json),
// and mcp-go's client (Go). It shows that what this repository serves is what those
// clients understand, over streamable HTTP and stdio, in both protocol eras. The Go
// SDK's client is in test/gosdk.
//
// `make setup` brings the npm packages and the Node that runs them; without it the
// tests fail and say so.
package clients
