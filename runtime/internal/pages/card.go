package pages

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// CardType is the media type of a server card.
const CardType = "application/mcp-server-card+json"

// The card's schema, and the keys of what it has besides (SEP-2127, MCP Server Cards).
const (
	cardSchema = "https://static.modelcontextprotocol.io/schemas/v2/server-card.schema.json"
	keySignIn  = "io.github.xmcpgo/sign-in"
	keyItems   = "io.github.xmcpgo/items"
)

// bounds of the card's schema, in characters.
const (
	maxCardName = 200
	maxCardText = 100
)

type card struct {
	Schema      string         `json:"$schema"`
	Name        string         `json:"name"`
	Version     string         `json:"version"`
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description"`
	WebsiteURL  string         `json:"websiteUrl,omitempty"`
	Icons       []Icon         `json:"icons,omitempty"`
	Remotes     []remote       `json:"remotes"`
	Meta        map[string]any `json:"_meta,omitempty"`
}

type remote struct {
	Type     string   `json:"type"`
	URL      string   `json:"url"`
	Versions []string `json:"supportedProtocolVersions,omitempty"`
}

type cardItem struct {
	Name        string `json:"name,omitempty"`
	URI         string `json:"uri,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// Card writes the server card (SEP-2127). Cards have no place for items; where they are shown, they are metadata of our own.
func Card(s *Server) ([]byte, error) {
	c := card{
		Schema: cardSchema, Name: cardName(s), Version: cut(s.Version, 255), Title: cut(s.Title, maxCardText),
		Description: cut(s.Description, maxCardText), WebsiteURL: s.WebsiteURL, Icons: s.Icons,
		Remotes: []remote{{"streamable-http", s.Endpoint, s.Versions}},
	}
	if c.Description == "" {
		c.Description = cut("The MCP server "+s.name(), maxCardText)
	}
	meta := map[string]any{}
	if s.SignIn != nil {
		signIn := map[string]string{}
		if s.SignIn.Issuer != "" {
			signIn["issuer"] = s.SignIn.Issuer
		}
		if s.SignIn.Hint != "" {
			signIn["hint"] = s.SignIn.Hint
		}
		meta[keySignIn] = signIn
	}
	if s.Items != nil {
		meta[keyItems] = s.Items.card()
	}
	if len(meta) > 0 {
		c.Meta = meta
	}
	return json.Marshal(c)
}

func (it *Items) card() map[string][]cardItem {
	lists := map[string][]cardItem{"tools": {}, "prompts": {}, "resources": {}}
	for _, t := range it.Tools {
		lists["tools"] = append(lists["tools"], cardItem{Name: t.Name, Title: t.Title, Description: t.Description})
	}
	for _, p := range it.Prompts {
		lists["prompts"] = append(lists["prompts"], cardItem{Name: p.Name, Title: p.Title, Description: p.Description})
	}
	for _, r := range it.Resources {
		lists["resources"] = append(lists["resources"], cardItem{Name: r.Name, URI: r.URI, Title: r.Title, Description: r.Description})
	}
	return lists
}

// cardName is a name with a namespace: the host of the endpoint backwards, as Java packages have it, unless the server's own name
// has one.
func cardName(s *Server) string {
	space, name, ok := strings.Cut(s.Name, "/")
	if !ok {
		space, name = "", s.Name
		if u, err := url.Parse(s.Endpoint); err == nil {
			labels := strings.Split(u.Hostname(), ".")
			if !isAddress(u.Hostname()) {
				slices.Reverse(labels)
			}
			space = strings.Join(labels, ".")
		}
	}
	space = spell(space, ".-")
	if space == "" {
		space = "localhost"
	}
	if name = spell(name, "._-"); name == "" {
		name = "server"
	}
	return space[:min(len(space), maxCardName/2)] + "/" + name[:min(len(name), maxCardName/2-1)]
}

func isAddress(host string) bool {
	return strings.Contains(host, ":") || strings.Trim(host, "0123456789.") == ""
}

// spell replaces what is neither a letter of ASCII, a digit, nor one of others.
func spell(s, others string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && ('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune(others, r)) {
			return r
		}
		return '-'
	}, s)
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}
