// Package gosdk takes the client of the Go SDK, github.com/modelcontextprotocol/go-sdk, through everything that
// examples/conformance has, over both transports and in both eras, and has it sign in, in a browser, to a server that the plugin
// scalekit protects. It is a module of its own, so that nothing else depends on that SDK.
package gosdk
