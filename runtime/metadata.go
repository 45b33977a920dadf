package xmcp

// Hint is a claim about a tool that has three states, since a false claim and no claim differ. The zero value makes no
// claim and is left out of the listing.
type Hint uint8

const (
	Unset Hint = iota // no claim
	Yes               // the claim is true
	No                // the claim is false
)

// Visibility says who sees an item in lists and may name it at all. The zero value shows it to everybody.
type Visibility uint8

const (
	// Always lists the item for every caller. Calling it without a needed scope or permission is refused with the reason.
	Always Visibility = iota
	// IfPermitted hides the item from callers who lack one of its Permissions: it is absent from their lists, and calling it
	// answers as for an unknown name. Scopes never hide an item, so that a client can ask for more of them.
	IfPermitted
)

// ToolMetadata makes the function or method X a tool when it is the type of a package-level variable XMetadata. The zero
// value is complete: name and description then come from the function. It must be a composite literal of constants, since
// the generator reads it without running any code.
type ToolMetadata struct {
	// Name is what clients call: 1 to 128 characters of A-Z, a-z, 0-9, "_", "-" and "." (MCP 2025-11-25, server/tools, tool
	// names). Empty means the snake case of the function's name.
	Name string
	// Title is the name for people. Empty leaves it out.
	Title string
	// Description is what the model reads. Empty means the doc comment of the function.
	Description string

	ReadOnly    Hint // the tool changes nothing
	Destructive Hint // the tool may delete or overwrite
	Idempotent  Hint // a second call with the same arguments changes nothing more
	OpenWorld   Hint // the tool reaches beyond this server

	// Scopes are OAuth scopes the caller's token must carry; a missing one answers 403 insufficient_scope.
	Scopes []string
	// Permissions are what the caller must be allowed to do; a missing one is a tool error that names it.
	Permissions []string
	Visible     Visibility

	Icons []Icon
	// Meta is sent as _meta of the listed tool.
	Meta map[string]any

	// InputSchema and OutputSchema replace the derived JSON Schema (an object, as JSON). With InputSchema the handler's input may
	// be [encoding/json.RawMessage].
	InputSchema  string
	OutputSchema string
}

// PromptMetadata makes the function or method X a prompt when it is the type of a package-level variable XMetadata. See
// [ToolMetadata] for the fields they share.
type PromptMetadata struct {
	Name        string
	Title       string
	Description string
	Scopes      []string
	Permissions []string
	Visible     Visibility
	Icons       []Icon
	Meta        map[string]any
}

// ResourceMetadata makes the function, method or [embed.FS] variable X a resource when it is the type of a package-level
// variable XMetadata. See [ToolMetadata] for the fields they share.
type ResourceMetadata struct {
	// URI is the address of the resource, or an RFC 6570 template whose variables are the fields of the handler's input.
	URI         string
	Name        string
	Title       string
	Description string
	// MIMEType of the content. Empty means text/plain for a string, application/octet-stream for bytes, application/json for
	// any other type.
	MIMEType string
	// Audience and Priority are the annotations of the listed resource. Priority is from 0 (least) to 1 (most important); zero
	// leaves it out.
	Audience    []Role
	Priority    float64
	Scopes      []string
	Permissions []string
	Visible     Visibility
	Icons       []Icon
	Meta        map[string]any
}
