package pages

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // style and script
	"encoding/base64"
	"encoding/json"
	"html"
	"strconv"
	"strings"
)

//go:embed style.css
var style string

//go:embed script.js
var script string

// maxTitle is how much of a description stands for a title, in characters.
const maxTitle = 90

// icon is a picture of two squares that are connected, so that browsers ask for none.
const icon = `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%230b57d0' d='M1 1h6v6H1zM9 9h6v6H9zM7 6h2v1h1v2H9v1H7V9H6V7h1z'/%3E%3C/svg%3E`

// Policy is the Content-Security-Policy of the home page (CSP Level 3): its own style, script and icon, and nothing else.
func Policy() string {
	return "default-src 'none'; script-src '" + digest(script) + "'; style-src '" + digest(style) + "'; img-src data:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// page is the text of a page while it is written.
type page struct {
	strings.Builder
	snippets int
}

// add writes markup of this package's own; text writes what comes from elsewhere.
func (p *page) add(markup ...string) {
	for _, m := range markup {
		p.WriteString(m)
	}
}

func (p *page) text(s string) { p.WriteString(html.EscapeString(s)) }

// element writes <tag>text</tag>; attributes may follow the tag's name.
func (p *page) element(tag, s string) {
	name, _, _ := strings.Cut(tag, " ")
	p.add("<", tag, ">")
	p.text(s)
	p.add("</", name, ">\n")
}

// Home writes the home page.
func Home(s *Server) []byte {
	p := &page{}
	p.add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	p.element("title", s.name()+" · MCP server")
	p.add("<link rel=\"icon\" href=\"", icon, "\">\n<style>", style, "</style>\n</head>\n<body>\n",
		"<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n")
	p.element("h1", s.name())
	p.add("<p class=\"version\">")
	p.text("MCP server " + s.Name + " " + s.Version)
	p.add("</p>\n</header>\n<main id=\"main\">\n")
	if s.Description != "" {
		p.element(`p class="text"`, s.Description)
	}
	if isWeb(s.WebsiteURL) {
		p.add("<p><a rel=\"noreferrer\" href=\"")
		p.text(s.WebsiteURL)
		p.add("\">")
		p.text(s.WebsiteURL)
		p.add("</a></p>\n")
	}
	p.connect(s)
	if s.Items != nil {
		p.items(s.Items)
	}
	p.add("</main>\n<footer><p>")
	p.text("Protocol " + strings.Join(s.Versions, ", ") + ". ")
	p.add("Machines read <a href=\"/.well-known/mcp/server-card.json\">the server card</a>.</p></footer>\n",
		"<div id=\"status\" class=\"status\" role=\"status\"></div>\n<script>", script, "</script>\n</body>\n</html>\n")
	return []byte(p.String())
}

// isWeb tells whether a URL may be a link.
func isWeb(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") }

func (p *page) connect(s *Server) {
	p.add("<section aria-labelledby=\"connect\">\n<h2 id=\"connect\">Connect</h2>\n<p>Clients connect to this URL:</p>\n")
	p.copied("the URL", s.Endpoint)
	if in := s.SignIn; in != nil {
		p.add("<p>")
		if in.Issuer != "" {
			p.text("Callers sign in: the client opens a page of ")
			p.add("<code>")
			p.text(in.Issuer)
			p.add("</code> in the browser. ")
		} else {
			p.text("Callers have to identify themselves. ")
		}
		p.text(in.Hint)
		p.add("</p>\n")
	}
	for _, c := range connections(s.Name, s.Endpoint) {
		p.add("<details><summary><h3>")
		p.text(c.client)
		p.add("</h3></summary>\n<div class=\"body\">\n")
		for _, step := range c.steps {
			p.element("p", step.how+":")
			p.copied("the text for "+c.client, step.text)
		}
		p.add("</div></details>\n")
	}
	p.add("</section>\n")
}

// copied writes a text with a button that copies it. The button shows once the script runs.
func (p *page) copied(what, s string) {
	p.snippets++
	id := "snippet-" + strconv.Itoa(p.snippets)
	p.add("<div class=\"copied\"><pre tabindex=\"0\" id=\"", id, "\">")
	p.text(s)
	p.add("</pre><button type=\"button\" hidden data-copy=\"", id, "\" aria-label=\"")
	p.text("Copy " + what)
	p.add("\">Copy</button></div>\n")
}

func (p *page) items(items *Items) {
	p.section("tools", "Tools", len(items.Tools))
	for i := range items.Tools {
		p.tool(&items.Tools[i])
	}
	p.add("</section>\n")
	if len(items.Prompts) > 0 {
		p.section("prompts", "Prompts", len(items.Prompts))
		for i := range items.Prompts {
			p.prompt(&items.Prompts[i])
		}
		p.add("</section>\n")
	}
	if len(items.Resources) > 0 {
		p.section("resources", "Resources", len(items.Resources))
		for i := range items.Resources {
			p.resource(&items.Resources[i])
		}
		p.add("</section>\n")
	}
	if items.More {
		p.add("<p>Clients are shown what another server offers here as well.</p>\n")
	}
}

func (p *page) section(id, title string, n int) {
	p.add("<section aria-labelledby=\"", id, "\">\n<h2 id=\"", id, "\">", title, " (", strconv.Itoa(n), ")</h2>\n")
}

// open begins an item. The closed item shows its name and title, or the first sentence of its description.
func (p *page) open(name, title, description string, tags []string) {
	if title == "" {
		line, _, _ := strings.Cut(description, "\n")
		sentence, _, _ := strings.Cut(line, ". ")
		title = cut(strings.TrimSuffix(sentence, "."), maxTitle)
	}
	p.add("<details><summary><h3><code>")
	p.text(name)
	p.add("</code></h3> ")
	p.text(title)
	for _, tag := range tags {
		p.add(" ")
		p.element(`span class="tag"`, tag)
	}
	p.add("</summary>\n<div class=\"body\">\n")
}

func (p *page) close() { p.add("</div></details>\n") }

func (p *page) needs(scopes, permissions []string) {
	if len(scopes) > 0 {
		p.element("p", "Needs the scopes "+strings.Join(scopes, ", ")+".")
	}
	if len(permissions) > 0 {
		p.element("p", "Needs the permissions "+strings.Join(permissions, ", ")+".")
	}
}

func (p *page) tool(t *Tool) {
	p.open(t.Name, t.Title, t.Description, t.Claims)
	p.element(`p class="text"`, t.Description)
	p.needs(t.Scopes, t.Permissions)
	p.schema("Arguments", t.InputSchema)
	if t.OutputSchema != "" {
		p.schema("Result", t.OutputSchema)
	}
	p.close()
}

// schema writes a schema in words, and as it is.
func (p *page) schema(what, schema string) {
	list := describe(schema)
	if len(list) == 0 && what == "Arguments" {
		p.add("<p>No arguments.</p>\n")
		return
	}
	if len(list) > 0 {
		p.table(what, list)
	}
	p.add("<details><summary>", what, " as JSON Schema</summary>\n<pre tabindex=\"0\">")
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(schema), "", "  ") != nil {
		indented.Reset()
		indented.WriteString(schema)
	}
	p.text(indented.String())
	p.add("</pre></details>\n")
}

func (p *page) table(what string, list []property) {
	p.add("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"", what, "\"><table>\n<caption>", what,
		"</caption>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th><th scope=\"col\">Description</th></tr></thead>\n<tbody>\n")
	for i := range list {
		v := &list[i]
		p.add("<tr><th scope=\"row\"><code>")
		p.text(v.path)
		p.add("</code></th><td>")
		p.text(v.kind)
		if v.required && what != "Result" {
			p.add(", required")
		}
		p.add("</td><td>")
		p.text(v.description)
		for i, rule := range v.rules {
			switch {
			case i > 0:
				p.add("; ")
			case v.description != "":
				p.add("<br>")
			}
			p.text(rule)
		}
		p.add("</td></tr>\n")
	}
	p.add("</tbody></table></div>\n")
}

func (p *page) prompt(v *Prompt) {
	p.open(v.Name, v.Title, v.Description, nil)
	p.element(`p class="text"`, v.Description)
	p.needs(v.Scopes, v.Permissions)
	if len(v.Arguments) > 0 {
		list := make([]property, len(v.Arguments))
		for i, a := range v.Arguments {
			list[i] = property{path: a.Name, kind: "text", required: a.Required, description: a.Description}
		}
		p.table("Arguments", list)
	}
	p.close()
}

func (p *page) resource(v *Resource) {
	var tags []string
	if v.MIMEType != "" {
		tags = []string{v.MIMEType}
	}
	title := v.Title
	if title == "" {
		title = v.Name
	}
	p.open(v.URI, title, v.Description, tags)
	p.element(`p class="text"`, v.Description)
	p.needs(v.Scopes, v.Permissions)
	p.close()
}
