// Package xmcptest tests MCP servers in process: no port, no second program, no network.
//
//	func TestGreet(t *testing.T) {
//		c := xmcptest.New(t, src.Registry())
//		if got := c.Call("greet", map[string]any{"name": "Ada"}).Text(); got != "Hello, Ada!" {
//			t.Error(got)
//		}
//	}
//
// # Eras
//
// A client speaks both eras of the protocol, 2025-11-25 with its handshake and session, and 2026-07-28. Every call is made
// in each of them, and the test fails when their answers differ. A tool whose answer changes from call to call, or that must
// run only once, is called in one: c.In(xmcptest.Modern).Call(…).
//
// # Failures
//
// Every message of the server is checked against the official JSON Schema of its revision; one that is wrong fails the call. Transport
// does so for tests that speak HTTP to a running server.
//
// Call, Prompt, Read, CompletePrompt and CompleteResource fail the test when the server refuses or the tool fails, with the reason. CallFails,
// PromptFails and ReadFails fail it when that does not happen, and return what the client was told.
//
// # Golden files
//
// Golden compares what a client was told with a file, and writes the file when XMCP_UPDATE_GOLDEN=1 says so.
//
// # Questions
//
// WithAnswers answers what tools ask in the middle of a call, in the way of each era: while the handler waits, or by
// sending the request again.
//
// # Identity
//
// The option As makes calls in the name of a principal. It takes the place of the authenticator that the app's plugins install, which
// otherwise works as in production; WithHeader sends it a token.
//
// # Plugins
//
// TestPlugin checks that a plugin behaves as servers rely on, in a test of the plugin's own module.
//
// All of a Client is safe for concurrent use, except that failing the test follows the rules of [testing.T.FailNow].
package xmcptest
