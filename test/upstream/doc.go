// Package upstream serves the example servers that mcp-go brings in its own module by way of [xmcp.Config].MCP, and lists and
// calls them in both eras over both transports. Each example is built from the module as it is; an overlay of the build hands
// the server that its main has put together to our transports.
//
// [xmcp.Config]: github.com/xmcpgo/xmcpgo/runtime
package upstream
