package xmcp

import (
	"context"
	"encoding/json"
	"net/http"
)

// Plugin adds abilities to a server: HTTP middleware, tool middleware, routes, an authenticator. Plugins are set up once,
// in the order of the list, before the first request; an error stops the start and names the plugin.
type Plugin interface {
	Name() string
	Setup(h *Host) error
}

// PluginFunc makes a [Plugin] of a name and a function.
func PluginFunc(name string, setup func(h *Host) error) Plugin { return pluginFunc{name, setup} }

type pluginFunc struct {
	name  string
	setup func(h *Host) error
}

func (p pluginFunc) Name() string        { return p.name }
func (p pluginFunc) Setup(h *Host) error { return p.setup(h) }

// ToolCall is one call of a tool as tool middleware sees it.
type ToolCall struct {
	// Name of the tool, and where its handler is declared ("src/tools/greet.go:12").
	Name, Position string
	// Metadata of the tool. It must not be changed.
	Metadata *ToolMetadata
	// Principal is who calls; nil when no authenticator is installed.
	Principal *Principal
	// Arguments as they came, not yet validated; it is valid until the call returns.
	Arguments json.RawMessage
}

// ToolFunc runs a tool call. The result is nil exactly when the error is not. A call whose arguments are invalid fails with
// a [*ValidationError].
type ToolFunc func(ctx context.Context, call *ToolCall) (*Result, error)

// ToolMiddleware wraps the running of tools. The first one added is the outermost.
type ToolMiddleware func(next ToolFunc) ToolFunc

// HTTPMiddleware wraps the MCP handler, behind authentication. The first one added is the outermost.
type HTTPMiddleware func(next http.Handler) http.Handler

// Authenticator says who sends a request. It runs before the body is read, for every request that reaches the MCP endpoint.
// It must be safe for concurrent use.
type Authenticator interface {
	// Authenticate returns the principal, or an error. A [*Challenge] error is answered as it says; any other error is
	// answered with 500 and logged, never let through.
	Authenticate(r *http.Request) (*Principal, error)
}

// SignInDescriber is an optional ability of an [Authenticator]: it tells people how to sign in, on the home page and in the server
// card. Both are public.
type SignInDescriber interface {
	DescribeSignIn() SignIn
}

// SignIn tells how callers sign in. The zero value says that they have to, and no more.
type SignIn struct {
	// Issuer is the URL of the authorization server; empty where there is none.
	Issuer string
	// Hint is a sentence for people, such as how to get a key.
	Hint string
}

// AuthenticatorFunc makes an [Authenticator] of a function.
type AuthenticatorFunc func(r *http.Request) (*Principal, error)

// Authenticate calls f.
func (f AuthenticatorFunc) Authenticate(r *http.Request) (*Principal, error) { return f(r) }
