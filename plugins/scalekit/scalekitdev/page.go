package scalekitdev

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

//go:embed page.html
var pageSource string

var page = template.Must(template.New("page").Parse(pageSource))

// pageData is what the page shows: a choice of people, or what is wrong.
type pageData struct {
	Nonce, Error                 string
	Request, CSRF                string
	Client, ClientID, RedirectTo string
	Local                        bool   // the redirect target is on this machine
	Unread                       string // where the application's description was not to be had
	Server, ServerURL            string
	Scopes                       []string
	Choices                      []choice
	NoSignIn                     bool
}

type choice struct {
	Value, Name, Email, Organization string
	Permissions                      []string
}

func (s *StandIn) showSignIn(w http.ResponseWriter, id string, req *authRequest, noSignIn bool) {
	target, err := url.Parse(req.redirect)
	if err != nil {
		s.showError(w, http.StatusBadRequest, "The address to be sent to is malformed.")
		return
	}
	d := pageData{
		Request: id, CSRF: req.csrf, Client: req.client.Name, ClientID: req.client.ID, RedirectTo: target.Scheme + "://" + target.Host,
		Local: loopback(target.Hostname()), Unread: req.client.unread, Server: s.cfg.Server.Name, ServerURL: s.cfg.Server.URL, Scopes: strings.Fields(req.scope), NoSignIn: noSignIn,
	}
	for _, p := range s.cfg.People {
		for _, m := range p.Memberships {
			d.Choices = append(d.Choices, choice{p.ID + "@" + m.OrganizationID, p.Name, p.Email, s.organizationName(m.OrganizationID), m.Permissions})
		}
	}
	// A browser applies form-action to where the answer redirects to as well.
	action := target.Scheme + "://" + target.Host
	if target.Scheme != "http" && target.Scheme != "https" {
		action = target.Scheme + ":"
	}
	s.show(w, http.StatusOK, d, action)
}

func (s *StandIn) showError(w http.ResponseWriter, status int, text string) {
	s.show(w, status, pageData{Error: text}, "")
}

func (s *StandIn) show(w http.ResponseWriter, status int, d pageData, formAction string) {
	d.Nonce = rand.Text()
	var buf bytes.Buffer
	if err := page.Execute(&buf, d); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'nonce-"+d.Nonce+"'; form-action 'self' "+formAction+"; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w)
}
