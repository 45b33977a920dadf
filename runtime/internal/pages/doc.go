// Package pages writes what a server shows to people and to catalogs that look at it: a home page in HTML and the server card.
//
// Everything is text that is put together by hand, since a template engine would take longer to set up than the rest of the
// server: what comes from elsewhere goes through [html.EscapeString] or [encoding/json], and nothing of it ever becomes the
// name of an element, an attribute, a style or a script. The page asks no other host for anything, and its policy lets the
// browser run the one script and apply the one style sheet that are part of this package, and nothing else.
package pages

// Server is what is shown.
type Server struct {
	// Name and Version introduce the server; the others may be empty.
	Name, Version, Title, Description, WebsiteURL, Instructions string
	Icons                                                       []Icon
	// Endpoint is the URL that clients connect to.
	Endpoint string
	// Versions are the revisions of the protocol that are served, newest first.
	Versions []string
	// SignIn tells how callers sign in; nil when nobody has to.
	SignIn *SignIn
	// Items is what the server offers; nil where that is not shown.
	Items *Items
}

// Icon is a picture of the server.
type Icon struct {
	Src      string   `json:"src"`
	MIMEType string   `json:"mimeType,omitempty"`
	Sizes    []string `json:"sizes,omitempty"`
	Theme    string   `json:"theme,omitempty"`
}

// SignIn tells people how to sign in.
type SignIn struct {
	// Issuer is the URL of the authorization server; empty where there is none.
	Issuer string
	// Hint is a sentence for people, such as how to get a key. It may be empty.
	Hint string
}

// Items are what a server offers, in the order of its lists.
type Items struct {
	Tools     []Tool
	Prompts   []Prompt
	Resources []Resource
	// More tells that another server's items are offered besides.
	More bool
}

// Tool is a tool. The schemas are JSON; an empty OutputSchema promises nothing.
type Tool struct {
	Name, Title, Description  string
	Claims                    []string // "read-only", for example
	Scopes, Permissions       []string
	InputSchema, OutputSchema string
}

// Prompt is a prompt.
type Prompt struct {
	Name, Title, Description string
	Scopes, Permissions      []string
	Arguments                []Argument
}

// Argument is an argument of a prompt.
type Argument struct {
	Name, Description string
	Required          bool
}

// Resource is a resource or a template.
type Resource struct {
	URI, Name, Title, Description, MIMEType string
	Scopes, Permissions                     []string
}

// name is what people call the server.
func (s *Server) name() string {
	if s.Title != "" {
		return s.Title
	}
	return s.Name
}
