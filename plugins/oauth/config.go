package oauth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Defaults of [Config].
const (
	DefaultLeeway        = 30 * time.Second
	MaxLeeway            = 5 * time.Minute
	DefaultMaxTokenBytes = 16 << 10
)

// Config says whose tokens are accepted. Issuer is needed, everything else has a default.
type Config struct {
	// Issuer is the URL of the authorization server, exactly as its tokens name it in iss. It is https unless it is on loopback.
	Issuer string
	// Issuers are further values of iss that are accepted.
	Issuers []string
	// JWKSURL is where the issuer's keys are. Empty means what its metadata says (RFC 8414, OpenID Connect Discovery).
	JWKSURL string
	// AuthorizationServer is what clients are sent to. Empty means Issuer.
	AuthorizationServer string

	// BaseURL is the public URL of this server without the endpoint; empty means that of the server's configuration, or the
	// address it listens on. Resource is the identifier of this server (RFC 8707); empty means BaseURL and the endpoint.
	BaseURL, Resource string
	// Audiences are the values of aud of which a token must have one. Empty means Resource.
	Audiences []string
	// Algorithms are the signature algorithms that are accepted. Empty means RS256.
	Algorithms []string

	// Scopes are advertised to clients, RequiredScopes are asked of every request. Neither may have offline_access.
	Scopes, RequiredScopes []string
	// ScopeImplies tells which scopes include others: {"notes:write": {"notes:read"}}.
	ScopeImplies map[string][]string
	// ResourceName and DocsURL describe this server in its metadata; empty ones are left out.
	ResourceName, DocsURL string

	// Leeway is how far clocks may differ; zero means [DefaultLeeway], at most [MaxLeeway]. A negative value means none.
	Leeway time.Duration
	// MaxTokenBytes bounds tokens; zero means [DefaultMaxTokenBytes].
	MaxTokenBytes int
	// IsRevoked is asked on every request, with a token that is valid otherwise. An error answers 503.
	IsRevoked func(ctx context.Context, t *Token) (bool, error)
	// Principal makes the principal of a token; nil means [StandardPrincipal]. An error refuses the token and is logged.
	Principal func(t *Token) (*xmcp.Principal, error)
	// Hint adds to a logged refusal what to do about it; nil adds nothing.
	Hint func(Fault) string
	// Started is logged at the start, beside the resource; empty means a message of this package.
	Started string
	// HTTPClient fetches metadata and keys; nil means one of its own. Redirects are refused with either.
	HTTPClient *http.Client

	now func() time.Time
}

// Fault is why a token was refused.
type Fault string

// The faults that a [Config].Hint may know more about.
const (
	FaultAudience Fault = "audience"
	FaultIssuer   Fault = "issuer"
	FaultKey      Fault = "key"
	FaultTime     Fault = "time"
	FaultClaims   Fault = "claims"
	FaultFormat   Fault = "format"
)

// resolve fills in defaults from the server's configuration and reports everything that cannot work.
func (c Config) resolve(server xmcp.Config) (Config, error) {
	if c.BaseURL == "" {
		c.BaseURL = server.BaseURL
	}
	if c.BaseURL == "" {
		host, port, err := net.SplitHostPort(server.Addr)
		if !server.Stdio && (err != nil || port == "0" || !isLoopback(host)) {
			return c, fmt.Errorf("BASE_URL is not set: clients cannot be told to come to the address %q", server.Addr)
		}
		c.BaseURL = "http://" + server.Addr
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.Resource == "" {
		c.Resource = c.BaseURL + server.Endpoint
	}
	if c.AuthorizationServer == "" {
		c.AuthorizationServer = c.Issuer
	}
	if len(c.Audiences) == 0 {
		c.Audiences = []string{c.Resource}
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = []string{"RS256"}
	}
	switch {
	case c.Leeway == 0:
		c.Leeway = DefaultLeeway
	case c.Leeway < 0:
		c.Leeway = 0
	}
	if c.MaxTokenBytes == 0 {
		c.MaxTokenBytes = DefaultMaxTokenBytes
	}
	if c.Principal == nil {
		c.Principal = StandardPrincipal
	}
	if c.Hint == nil {
		c.Hint = func(Fault) string { return "" }
	}
	if c.Started == "" {
		c.Started = "OAuth protects this server"
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.HTTPClient = strictClient(c.HTTPClient)
	c.Issuers = append([]string{c.Issuer}, c.Issuers...)
	return c, c.check()
}

func (c *Config) check() error {
	errs := []error{CheckURL("Issuer", c.Issuer)}
	if c.AuthorizationServer != c.Issuer {
		errs = append(errs, CheckURL("AuthorizationServer", c.AuthorizationServer))
	}
	base := CheckURL("BaseURL", c.BaseURL)
	if errs = append(errs, base); base == nil || !strings.HasPrefix(c.Resource, c.BaseURL) { // else it is the same mistake
		errs = append(errs, CheckURL("Resource", c.Resource))
	}
	if c.JWKSURL != "" {
		errs = append(errs, CheckURL("JWKSURL", c.JWKSURL))
	}
	for _, s := range slices.Concat(c.Scopes, c.RequiredScopes) {
		if !isScope(s) {
			errs = append(errs, fmt.Errorf("scope %q has characters that a scope cannot have", s))
		}
		if s == "offline_access" {
			errs = append(errs, errors.New("scope offline_access is between client and issuer: a resource server does not ask for it"))
		}
	}
	for _, alg := range c.Algorithms {
		if _, ok := algorithms[alg]; !ok {
			errs = append(errs, fmt.Errorf("algorithm %q is not one that tokens may be signed with", alg))
		}
	}
	if c.Leeway > MaxLeeway {
		errs = append(errs, fmt.Errorf("leeway %v is more than %v", c.Leeway, MaxLeeway))
	}
	if c.MaxTokenBytes < 0 {
		errs = append(errs, errors.New("MaxTokenBytes is negative"))
	}
	return errors.Join(errs...)
}

// CheckURL refuses a URL that is not absolute, not https beyond loopback, or has user info, query or fragment. name is for the
// error.
func CheckURL(name, raw string) error {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return fmt.Errorf("%s is missing", name)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s %q is not an absolute http or https URL", name, raw)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s must have no user, query or fragment", name)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("%s %q must be https, since it is not on this machine", name, raw)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// isScope tells whether s is a scope token (RFC 6749 section 3.3).
func isScope(s string) bool {
	for _, r := range s {
		if r < 0x21 || r > 0x7e || r == '"' || r == '\\' {
			return false
		}
	}
	return s != ""
}
