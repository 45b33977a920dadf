// Package signin shows that clients nobody here wrote sign in: each in its own way, through Chromium, on the page of the
// stand-in for a Scalekit environment, to a server that the plugin scalekit protects. Claude Code, Codex, mcp-remote and the MCP
// Inspector are npm programs that test/clients pins; none has an account, and none needs more network than loopback. mcp-go's client
// is Go.
//
// The stand-in is on trial as well: people use its page, the official suite judges it as an authorization server, and
// Scalekit's own SDK for Node checks its tokens and parses its replies.
//
// `make setup` brings what is needed; without it the tests fail and say so. The Go SDK's client signs in in test/gosdk.
package signin
