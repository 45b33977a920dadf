// Package proxy is one address for an app whose builds come and go.
//
// A [Proxy] passes requests on to the current [Backend]. [Proxy.Switch] puts another one in its place between two requests:
// what the old one has begun goes on, streams included, until the old one ends it. So no client sees a connection refused or a
// request lost, as long as the old backend is told to stop after the switch:
//
//	p := proxy.New(proxy.Config{Endpoint: "/mcp"})
//	first := proxy.NewBackend("127.0.0.1:40001")
//	p.Switch(first)
//	…
//	p.Switch(proxy.NewBackend("127.0.0.1:40002"))
//	// tell the first process to stop; when it has ended:
//	first.Close()
//
// Requests that cross a switch and find the old backend closing are sent to the new one. An answer to a question that a call on an
// old backend has asked, and the news that a call is cancelled, are told to the old ones too (MCP 2025-11-25: both are requests
// of their own).
//
// While there is no backend, requests are answered with 503, Retry-After and, at the endpoint, a JSON-RPC error that says why.
package proxy
