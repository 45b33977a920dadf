package xmcp

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/xmcpgo/xmcpgo/runtime/internal/pages"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Where the pages are. Cards may be anywhere; the second path is the one that SEP-2127 reserves for them, below the endpoint.
const (
	homePath   = "/"
	cardPath   = "/.well-known/mcp/server-card.json"
	cardSuffix = "/server-card"
)

// pageRoutes are the routes of the home page and the server card, but for what a plugin serves itself.
func (s *Server) pageRoutes() []route {
	if s.cfg.NoPages {
		return nil
	}
	taken := map[string]bool{}
	for _, r := range s.routes {
		taken[patternPath(r.pattern)] = true
	}
	home, card := &publicPage{srv: s, write: s.homePage}, &publicPage{srv: s, write: s.serverCard}
	own := []route{{pattern: "GET " + homePath + "{$}", handler: home}, {pattern: "GET " + cardPath, handler: card}}
	if at := strings.TrimSuffix(s.cfg.Endpoint, "/") + cardSuffix; at != cardPath {
		own = append(own, route{pattern: "GET " + at, handler: card})
	}
	return slices.DeleteFunc(own, func(r route) bool { at := patternPath(r.pattern); return taken[at] || at == s.cfg.Endpoint })
}

// publicPage is a document that everybody may see. It is written anew when the items have changed, or when somebody calls the
// server by another name.
type publicPage struct {
	srv   *Server
	write func(h http.Header, p *pages.Server) ([]byte, error)
	last  atomic.Pointer[writtenPage]
}

type writtenPage struct {
	catalog  *catalog
	endpoint string
	header   http.Header
	body     []byte
}

func (p *publicPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cat, endpoint := p.srv.catalog.Load(), p.srv.publicEndpoint(r)
	page := p.last.Load()
	if page == nil || page.catalog != cat || page.endpoint != endpoint {
		page = &writtenPage{catalog: cat, endpoint: endpoint, header: http.Header{}}
		var err error
		if page.body, err = p.write(page.header, p.srv.shown(cat, endpoint)); err != nil {
			p.srv.log.Error("page failed", "path", r.URL.Path, "error", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		p.last.Store(page)
	}
	h := w.Header()
	for name, values := range page.header {
		h[name] = values
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(page.body) // net/http leaves the body out for HEAD
}

func (s *Server) homePage(h http.Header, p *pages.Server) ([]byte, error) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pages.Policy())
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	return pages.Home(p), nil
}

// serverCard may be read by pages of every origin (SEP-2127, CORS requirements).
func (s *Server) serverCard(h http.Header, p *pages.Server) ([]byte, error) {
	h.Set("Content-Type", pages.CardType)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Vary", "Host")
	return pages.Card(p)
}

// publicEndpoint is the URL of the endpoint as the caller sees it: by the public URL where there is one, else by the name that the
// caller used, which is one of the allowed ones.
func (s *Server) publicEndpoint(r *http.Request) string {
	if s.cfg.BaseURL != "" {
		return s.cfg.BaseURL + s.cfg.Endpoint
	}
	host := r.Host
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") != "" {
		host = s.cfg.Addr // where every name is allowed, a name can be anything
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + host + s.cfg.Endpoint
}

// shown is what the pages show.
func (s *Server) shown(cat *catalog, endpoint string) *pages.Server {
	c := &s.cfg
	p := &pages.Server{
		Name: c.Name, Version: c.Version, Title: c.Title, Description: c.Description, WebsiteURL: c.WebsiteURL,
		Endpoint: endpoint, Versions: []string{wire.Version20260728, wire.Version20251125, wire.Version20250618, wire.Version20250326},
	}
	for _, icon := range c.Icons {
		p.Icons = append(p.Icons, pages.Icon{Src: icon.Src, MIMEType: icon.MIMEType, Sizes: icon.Sizes, Theme: string(icon.Theme)})
	}
	if s.auth != nil {
		p.SignIn = &pages.SignIn{}
		if d, ok := s.auth.(SignInDescriber); ok {
			*p.SignIn = pages.SignIn(d.DescribeSignIn())
		}
	}
	if s.auth == nil || c.PublicCatalog {
		p.Items = cat.shown()
		p.Items.More = c.MCP != nil
	}
	return p
}

// shown lists the items that nobody is kept from seeing.
func (cat *catalog) shown() *pages.Items {
	items := &pages.Items{}
	for _, key := range cat.tools.keys {
		t := cat.tools.byKey[key]
		if m := &t.item.Metadata; m.Visible == Always {
			items.Tools = append(items.Tools, pages.Tool{
				Name: t.item.Name, Title: m.Title, Description: t.item.Description, Claims: m.claims(), Scopes: m.Scopes, Permissions: m.Permissions,
				InputSchema: t.item.InputSchema, OutputSchema: t.item.OutputSchema,
			})
		}
	}
	for _, key := range cat.prompts.keys {
		p := cat.prompts.byKey[key]
		if m := &p.item.Metadata; m.Visible == Always {
			prompt := pages.Prompt{Name: p.item.Name, Title: m.Title, Description: p.item.Description, Scopes: m.Scopes, Permissions: m.Permissions}
			for _, a := range p.item.Arguments {
				prompt.Arguments = append(prompt.Arguments, pages.Argument{Name: a.Name, Description: a.Description, Required: a.Required})
			}
			items.Prompts = append(items.Prompts, prompt)
		}
	}
	resource := func(uri, mimeType string, item *ResourceItem) {
		if m := &item.Metadata; m.Visible == Always {
			items.Resources = append(items.Resources, pages.Resource{
				URI: uri, Name: item.Name, Title: m.Title, Description: item.Description, MIMEType: mimeType, Scopes: m.Scopes, Permissions: m.Permissions,
			})
		}
	}
	for _, key := range cat.resources.keys {
		r := cat.resources.byKey[key]
		resource(r.uri, r.mime, &r.item)
	}
	for _, key := range cat.templates.keys {
		t := cat.templates.byKey[key]
		resource(t.item.Metadata.URI, t.mime, &t.item)
	}
	return items
}

// claims are the hints of a tool in words.
func (m *ToolMetadata) claims() (list []string) {
	for _, c := range []struct {
		hint    Hint
		yes, no string
	}{
		{m.ReadOnly, "read-only", "changes things"}, {m.Destructive, "destructive", "never destructive"},
		{m.Idempotent, "idempotent", ""}, {m.OpenWorld, "reaches outside", "stays here"},
	} {
		switch {
		case c.hint == Yes:
			list = append(list, c.yes)
		case c.hint == No && c.no != "":
			list = append(list, c.no)
		}
	}
	return list
}
