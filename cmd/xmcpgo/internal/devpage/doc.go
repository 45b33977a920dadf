// Package devpage is what xmcpgo dev serves to a browser beside the app, below [Path] of the app's own origin. A page there
// speaks to the MCP endpoint as any client does and needs no CORS for it.
//
// The caller lets in only requests whose Host header names this machine or the app's public URL, so that no other site can
// reach the page by a name of its own.
package devpage
