package scalekitdev

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config describes the environment. URL and Server are needed; the zero value of everything else is the seeded environment.
type Config struct {
	// URL is where the stand-in is reached, without a path: "http://127.0.0.1:4100". Its host must be loopback.
	URL string
	// Server is the MCP server that tokens are made for.
	Server Server
	// People may sign in; nil means [SeedPeople].
	People []Person
	// Organizations of the people; nil means [SeedOrganizations].
	Organizations []Organization
	// Machines may use client credentials; nil means [SeedMachines].
	Machines []Machine

	// ResourceIssuer makes tokens name the resource as their issuer, in place of the environment. OrgClaim is the claim of the
	// organization, "oid" when empty.
	ResourceIssuer bool
	OrgClaim       string
	// AnyResource accepts resource indicators that differ from Server.URL, as some environments do.
	AnyResource bool

	// TokenLifetime and RefreshLifetime are 5 minutes and 24 hours when zero.
	TokenLifetime, RefreshLifetime time.Duration
	// NoRegistration and NoClientDocuments turn off dynamic client registration and client id metadata documents, as the
	// dashboard can for an MCP server.
	NoRegistration, NoClientDocuments bool
	// StrictClientDocuments refuses clients whose document is out of reach. Else one that sends people to this machine is let in,
	// so that well-known clients can be tried without the internet.
	StrictClientDocuments bool
	// AllowPrivateCIMD fetches client id metadata documents from private addresses and over http, for tests.
	AllowPrivateCIMD bool
	// HTTPClient fetches client id metadata documents; nil means one of its own.
	HTTPClient *http.Client
}

// Server is the record of an MCP server in the environment.
type Server struct {
	ID   string // "res_dev" when empty
	Name string
	// URL is the Server URL: the identifier of the server that clients ask tokens for.
	URL    string
	Scopes []string
}

// Organization is a customer of the app. ExternalID is what the app calls it.
type Organization struct{ ID, Name, ExternalID string }

// Person is somebody who can sign in.
type Person struct {
	ID, Name, Email string
	Memberships     []Membership
}

// Membership is a person's place in an organization.
type Membership struct {
	OrganizationID     string
	Roles, Permissions []string
}

// Machine is a client that signs in by itself.
type Machine struct {
	ID, Secret, OrganizationID string
	Scopes                     []string
	// Management tells that the client may call the management API.
	Management bool
}

// SeedOrganizations are two customers.
func SeedOrganizations() []Organization {
	return []Organization{{"org_acme", "Acme", "acme"}, {"org_globex", "Globex", "globex"}}
}

// SeedPeople are a writer who belongs to both organizations, a reader, and one without permissions.
func SeedPeople() []Person {
	editor := []string{"notes:read", "notes:write"}
	return []Person{
		{"usr_alice", "Alice Writer", "alice@example.com", []Membership{{"org_acme", []string{"notes-editor"}, editor}, {"org_globex", []string{"notes-editor"}, editor}}},
		{"usr_bob", "Bob Reader", "bob@example.com", []Membership{{"org_acme", []string{"notes-viewer"}, []string{"notes:read"}}}},
		{"usr_carol", "Carol Guest", "carol@example.com", []Membership{{"org_globex", nil, nil}}},
	}
}

// SeedMachines are the app itself, and a robot of one organization.
func SeedMachines() []Machine {
	return []Machine{
		{ID: "skc_dev", Secret: "dev-secret", Management: true},
		{ID: "m2morg_robot", Secret: "robot-secret", OrganizationID: "org_acme", Scopes: []string{"notes:read"}},
	}
}

func (c Config) resolve() (Config, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" || u.Path != "" || !loopback(u.Hostname()) {
		return c, fmt.Errorf("stand-in: URL %q must be http, on loopback and without a path", c.URL)
	}
	if s, err := url.Parse(c.Server.URL); err != nil || s.Host == "" {
		return c, fmt.Errorf("stand-in: Server.URL %q is not absolute", c.Server.URL)
	}
	if c.Server.ID == "" {
		c.Server.ID = "res_dev"
	}
	if c.Server.Name == "" {
		c.Server.Name = "Development server"
	}
	if c.People == nil {
		c.People = SeedPeople()
	}
	if c.Organizations == nil {
		c.Organizations = SeedOrganizations()
	}
	if c.Machines == nil {
		c.Machines = SeedMachines()
	}
	// What the API changes is this environment's own.
	c.Organizations = slices.Clone(c.Organizations)
	if c.OrgClaim == "" {
		c.OrgClaim = "oid"
	}
	if c.TokenLifetime == 0 {
		c.TokenLifetime = 5 * time.Minute
	}
	if c.RefreshLifetime == 0 {
		c.RefreshLifetime = 24 * time.Hour
	}
	for _, p := range c.People {
		for _, m := range p.Memberships {
			if !slices.ContainsFunc(c.Organizations, func(o Organization) bool { return o.ID == m.OrganizationID }) {
				return c, fmt.Errorf("stand-in: %s belongs to %s, which is no organization", p.ID, m.OrganizationID)
			}
		}
	}
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// ResourceIssuerURL is the issuer of the MCP server's own authorization server.
func (c *Config) ResourceIssuerURL() string { return c.URL + "/resources/" + c.Server.ID }

// issuer is what tokens name.
func (c *Config) issuer() string {
	if c.ResourceIssuer {
		return c.ResourceIssuerURL()
	}
	return c.URL
}

func (c *Config) person(id string) *Person {
	for i := range c.People {
		if c.People[i].ID == id {
			return &c.People[i]
		}
	}
	return nil
}

func (p *Person) membership(org string) *Membership {
	for i := range p.Memberships {
		if p.Memberships[i].OrganizationID == org {
			return &p.Memberships[i]
		}
	}
	return nil
}
