package scalekit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/oauth"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Names of the environment variables that [FromEnv] reads.
const (
	EnvEnvironmentURL = "SCALEKIT_ENVIRONMENT_URL"
	EnvResourceID     = "SCALEKIT_RESOURCE_ID"
	EnvResourceURL    = "SCALEKIT_RESOURCE_URL"
	EnvClientID       = "SCALEKIT_CLIENT_ID"
	EnvClientSecret   = "SCALEKIT_CLIENT_SECRET"
	EnvBaseURL        = "BASE_URL"
)

// Config says which Scalekit environment protects the server. EnvironmentURL and ResourceID are needed.
type Config struct {
	// EnvironmentURL is the URL of the environment, such as "https://acme.scalekit.com".
	EnvironmentURL string
	// ResourceID is the id of the MCP server in the dashboard, "res_…". It may be empty when Audiences is set; clients then
	// cannot register themselves.
	ResourceID string
	// BaseURL is the public URL of this server without the endpoint; empty means that of the server's configuration.
	BaseURL string
	// Resource is this server's identifier. It must equal the Server URL in the dashboard. Empty means BaseURL and the endpoint.
	Resource string

	// ClientID and ClientSecret are the app's own credentials for the management API. Both may be empty.
	ClientID     string
	ClientSecret Secret

	// Scopes, RequiredScopes, ScopeImplies, Leeway, MaxTokenBytes, DocsURL, ResourceName: see [oauth.Config].
	Scopes, RequiredScopes []string
	ScopeImplies           map[string][]string
	// Audiences are further values of aud of which a token must have one. With ResourceID, it must have that as well.
	Audiences             []string
	DocsURL, ResourceName string
	Leeway                time.Duration
	MaxTokenBytes         int
	// IsRevoked is asked on every request whether a token was revoked, by its id (jti). An error answers 503.
	IsRevoked func(ctx context.Context, tokenID string) (bool, error)
	// HTTPClient talks to Scalekit; nil means one of its own.
	HTTPClient *http.Client
}

// Secret is a string that no log and no error shows. Keep it in exported fields: package fmt asks no method of an unexported one.
type Secret string

// String, Format and MarshalText hide the secret, whatever verb it is printed with.
func (Secret) String() string               { return "[secret]" }
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// New returns the plugin. What is wrong with the configuration stops the start of the server.
func New(cfg Config) xmcp.Plugin {
	return xmcp.PluginFunc("scalekit", func(h *xmcp.Host) error { return setup(h, cfg, fieldNames) })
}

// FromEnv returns the plugin, configured by the environment variables that are named above when the server starts.
func FromEnv() xmcp.Plugin {
	return xmcp.PluginFunc("scalekit", func(h *xmcp.Host) error {
		return setup(h, Config{
			EnvironmentURL: os.Getenv(EnvEnvironmentURL),
			ResourceID:     os.Getenv(EnvResourceID),
			Resource:       os.Getenv(EnvResourceURL),
			BaseURL:        os.Getenv(EnvBaseURL),
			ClientID:       os.Getenv(EnvClientID),
			ClientSecret:   Secret(os.Getenv(EnvClientSecret)),
		}, variableNames)
	})
}

// names are what errors call the settings: fields of Config, or variables.
type names struct{ environmentURL, resourceID, resource, baseURL, clientID, clientSecret string }

var (
	fieldNames    = names{"EnvironmentURL", "ResourceID", "Resource", "BaseURL", "ClientID", "ClientSecret"}
	variableNames = names{EnvEnvironmentURL, EnvResourceID, EnvResourceURL, EnvBaseURL, EnvClientID, EnvClientSecret}
)

var resourceIDs = regexp.MustCompile(`^res_[A-Za-z0-9_-]{1,64}$`)

func (c *Config) check(n names) error {
	if c.EnvironmentURL == "" {
		return fmt.Errorf("%s is not set: it is the Environment URL in the Scalekit dashboard; to try without an account, run go tool xmcpgo dev", n.environmentURL)
	}
	var errs []error
	if err := oauth.CheckURL(n.environmentURL, c.EnvironmentURL); err != nil {
		errs = append(errs, err)
	}
	switch {
	case c.ResourceID == "" && len(c.Audiences) == 0:
		errs = append(errs, fmt.Errorf("%s is not set: it is the id of the MCP server in the Scalekit dashboard, res_…", n.resourceID))
	case c.ResourceID != "" && !resourceIDs.MatchString(c.ResourceID):
		errs = append(errs, fmt.Errorf("%s %q is not an id like res_123456", n.resourceID, c.ResourceID))
	}
	if c.Resource != "" {
		errs = append(errs, oauth.CheckURL(n.resource, c.Resource))
	}
	if c.BaseURL != "" {
		errs = append(errs, oauth.CheckURL(n.baseURL, c.BaseURL))
	}
	if (c.ClientID == "") != (c.ClientSecret == "") {
		errs = append(errs, fmt.Errorf("%s and %s go together: one of them is not set", n.clientID, n.clientSecret))
	}
	return errors.Join(errs...)
}

// setup is the whole plugin: the resource server of the package oauth, told what Scalekit's tokens look like.
func setup(h *xmcp.Host, cfg Config, n names) error {
	cfg.EnvironmentURL = strings.TrimRight(cfg.EnvironmentURL, "/")
	if err := cfg.check(n); err != nil {
		return err
	}
	p := &provider{}
	if cfg.ResourceID != "" {
		p.audiences = cfg.Audiences
	}
	if cfg.ClientID != "" {
		p.client = NewClient(cfg.EnvironmentURL, cfg.ClientID, cfg.ClientSecret, cfg.HTTPClient)
	}
	return oauth.Named("scalekit", cfg.oauth(p, n)).Setup(h)
}

// oauth translates the configuration. Tokens name the environment or the resource as their issuer, keys are the
// environment's, and the audience is the resource id.
func (c *Config) oauth(p *provider, n names) oauth.Config {
	o := oauth.Config{
		Issuer: c.EnvironmentURL, JWKSURL: c.EnvironmentURL + "/keys", BaseURL: c.BaseURL, Resource: c.Resource,
		Scopes: c.Scopes, RequiredScopes: c.RequiredScopes, ScopeImplies: c.ScopeImplies, Audiences: c.Audiences,
		DocsURL: c.DocsURL, ResourceName: c.ResourceName, Leeway: c.Leeway, MaxTokenBytes: c.MaxTokenBytes, HTTPClient: c.HTTPClient,
		Principal: p.principal,
		Started:   "Scalekit protects this server: register the resource as its Server URL in the dashboard, letter by letter; " + n.resource + " sets another one",
		Hint:      func(f oauth.Fault) string { return hint(f, n) },
	}
	if c.ResourceID != "" {
		o.AuthorizationServer = c.EnvironmentURL + "/resources/" + c.ResourceID
		o.Issuers = []string{o.AuthorizationServer}
		o.Audiences = []string{c.ResourceID}
	}
	if c.IsRevoked != nil {
		o.IsRevoked = func(ctx context.Context, t *oauth.Token) (bool, error) { return c.IsRevoked(ctx, t.ID) }
	}
	return o
}

// hint tells the operator what a refused token most likely means.
func hint(f oauth.Fault, n names) string {
	switch f {
	case oauth.FaultAudience:
		return "compare the Server URL in the Scalekit dashboard with the one logged at the start, and the id of the MCP server with " + n.resourceID
	case oauth.FaultIssuer:
		return "compare the Environment URL in the Scalekit dashboard with " + n.environmentURL
	case oauth.FaultKey:
		return "the keys come from " + n.environmentURL + "/keys; is that the environment that clients sign in to?"
	case oauth.FaultTime:
		return "is this machine's clock right?"
	}
	return ""
}
