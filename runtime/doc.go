// Package xmcp serves tools, prompts and resources over the Model Context Protocol. It is the one package that an app
// imports, under this name:
//
//	import xmcp "github.com/xmcpgo/xmcpgo/runtime"
//
// # A tool is a file
//
// An exported function or method X beside a package-level variable XMetadata is a tool. This is src/tools/greet.go but for its imports:
//
//	package tools
//
//	// GreetMetadata makes Greet a tool.
//	var GreetMetadata = xmcp.ToolMetadata{ReadOnly: xmcp.Yes}
//
//	// GreetInput is what the model sends.
//	type GreetInput struct {
//		// Name of the person to greet.
//		Name string `json:"name" jsonschema:"minLength=1,maxLength=100"`
//	}
//
//	// Greet greets a person by name.
//	func Greet(ctx context.Context, in GreetInput) (string, error) {
//		return "Hello, " + in.Name + "!", nil
//	}
//
// The command xmcpgo generate reads such files and writes a function Registry, which main hands over:
//
//	func main() { xmcp.Main(src.Registry(), xmcp.Config{Name: "my-app"}) }
//
// [PromptMetadata] and [ResourceMetadata] make prompts and resources in the same way. What a handler needs (a store, a client)
// is a field of the struct whose method it is; Registry then takes that struct as an argument.
//
// # Handlers
//
// A handler gets the arguments decoded and checked; a call with wrong ones never reaches it, and is told everything that
// is wrong with them at once. It returns a string, any value that encoding/json writes (structured content with an output
// schema), or a [*Result] for images, audio, links and several blocks.
//
// An error is text for the model, which may try again; [Config].MaskErrors hides all errors but [UserError] behind an id. [ProtocolError]
// and [ErrNotFound] answer with errors of the protocol. A panic is a failed call with its stack in the log.
//
// There is no context type of our own: what belongs to a call is asked of its [context.Context]. [Progress] and [Logger] tell
// the client how far it is; [GetPrincipal] says who calls; [Elicit], [ElicitURL], [Sample] and [Roots] ask the person, the model or the
// program at the other end. All of them do nothing, or say that they cannot, outside of a call.
//
// # Servers
//
// [Main] is a whole program: flags, environment, .env, signals, exit codes. [New] makes a [Server] for programs of one's own, which
// is run by [Server.Run] or served as an [net/http.Handler]. Both speak streamable HTTP and stdio, in two eras of the protocol at once:
// up to 2025-11-25 (legacy: a handshake, and sessions) and 2026-07-28 (modern: each request stands for itself). Handlers need
// not know which one calls them. [Server.Update] changes what is served while it runs, and [Config].MCP takes an existing server of
// mcp-go along.
//
// Everything that a client can make grow has a bound in [Limits].
//
// # Plugins
//
// A [Plugin] adds what tools share: middleware around the endpoint or around tools, routes, an [Authenticator]. The function
// Plugins in src/middleware.go lists those of an app. Scopes and Permissions in the metadata of an item say what its callers need.
//
// # Tests
//
// Package xmcptest calls an app in process, in both eras.
package xmcp
