// Package wireschema checks what the server sends against the JSON Schemas that the protocol's authors publish for each
// revision. It is for tests, and only they import it, by way of xmcptest also those of apps. It shares no code with the server.
//
// [Check] checks one message. A [Conversation] knows what a client asked, and so which result each answer must be. A [Handler]
// listens to all that an HTTP handler is sent and answers, and a [Transport] on the side of the client. [Failures] keep what they
// find until a test ends.
package wireschema

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed testdata/*.json
var published embed.FS

// officialSchemas are compiled when they are first needed, and once.
type officialSchemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	defs     map[string]string // revision → where its definitions are
	compiled map[string]*jsonschema.Schema
}

var official = sync.OnceValues(func() (*officialSchemas, error) {
	o := &officialSchemas{compiler: newCompiler(), defs: map[string]string{}, compiled: map[string]*jsonschema.Schema{}}
	for _, revision := range []string{version20250618, version20251125, version20260728} {
		data, err := published.ReadFile("testdata/" + revision + ".json")
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		o.defs[revision] = "$defs"
		if _, old := doc.(map[string]any)["definitions"]; old {
			o.defs[revision] = "definitions"
		}
		if err := o.compiler.AddResource("mcp:///"+revision, doc); err != nil {
			return nil, err
		}
	}
	return o, nil
})

func (o *officialSchemas) schema(revision, name string) (*jsonschema.Schema, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := "mcp:///" + revision + "#/" + o.defs[revision] + "/" + name
	if s := o.compiled[at]; s != nil {
		return s, nil
	}
	s, err := o.compiler.Compile(at)
	o.compiled[at] = s
	return s, err
}

// results names the definition of each method's result.
var results = map[string]string{
	initialize: "InitializeResult", "server/discover": "DiscoverResult", "ping": "EmptyResult",
	"tools/list": "ListToolsResult", "tools/call": "CallToolResult",
	"prompts/list": "ListPromptsResult", "prompts/get": "GetPromptResult",
	"resources/list": "ListResourcesResult", "resources/templates/list": "ListResourceTemplatesResult",
	"resources/read": "ReadResourceResult", "resources/subscribe": "EmptyResult", "resources/unsubscribe": "EmptyResult",
	"completion/complete": "CompleteResult", "logging/setLevel": "EmptyResult", "subscriptions/listen": "SubscriptionsListenResult",
}

// Check checks one message that the server sent in a revision. method is the one of the request that it answers; it is not
// needed for notifications, requests and errors. It is safe for concurrent use.
func Check(revision, method string, message []byte) error {
	o, err := official()
	if err != nil {
		return err
	}
	if revision == version20250326 {
		revision = version20250618 // whose results and notifications have the same shape
	}
	var m struct {
		ID     json.RawMessage
		Method *string
		Result json.RawMessage
		Error  json.RawMessage
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	switch {
	case m.Method != nil && m.ID == nil:
		return o.check(revision, "ServerNotification", message)
	case m.Method != nil:
		return o.check(revision, "ServerRequest", message)
	case m.Error != nil:
		if revision == version20250618 {
			if m.ID == nil { // that revision has no error without an id; later ones say what it looks like
				return o.check(version20251125, "JSONRPCErrorResponse", message)
			}
			return o.check(revision, "JSONRPCError", message)
		}
		return o.check(revision, "JSONRPCErrorResponse", message)
	}
	name := results[method]
	if name == "" {
		return fmt.Errorf("a result for %q", method)
	}
	if revision == version20260728 {
		var kind struct{ ResultType string }
		if err := json.Unmarshal(m.Result, &kind); err != nil {
			return err
		}
		if kind.ResultType == "input_required" {
			name = "InputRequiredResult"
		}
	}
	return errors.Join(o.check(revision, "JSONRPCMessage", message), o.check(revision, name, m.Result))
}

func (o *officialSchemas) check(revision, name string, data []byte) error {
	s, err := o.schema(revision, name)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if err := s.Validate(v); err != nil {
		return fmt.Errorf("%s of %s: %w", name, revision, err)
	}
	return nil
}
