package xmcp

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Defaults of [Config] and [Limits].
const (
	DefaultAddr            = "127.0.0.1:3001"
	DefaultEndpoint        = "/mcp"
	DefaultShutdownTimeout = 10 * time.Second
)

// Config says how a server runs. The zero value serves streamable HTTP on http://127.0.0.1:3001/mcp. [Main] lays flags over
// the environment over .env over the Config it is given; [New] takes the Config as it is.
type Config struct {
	// Name and Version introduce the server to clients. Empty means the last element and the version of the main module.
	Name, Version string
	// Title, Description and WebsiteURL are for people who look at the server in a client; empty ones are left out.
	Title, Description, WebsiteURL string
	Icons                          []Icon
	// Instructions tell the model how to use this server.
	Instructions string

	// Extensions are the extensions of the protocol that the app serves, by identifier ("com.example/feature"), each with its
	// settings, which may be nil. Clients of both eras are told of them (MCP 2026-07-28, basic/versioning, extension negotiation).
	Extensions map[string]map[string]any

	// MCP is another server whose tools, prompts and resources are served too; the package mcpgo makes one of a server of mcp-go.
	MCP Upstream

	// Addr is host:port to listen on; empty means [DefaultAddr]. Port 0 picks a free one.
	Addr string
	// Endpoint is the path of the MCP endpoint; empty means [DefaultEndpoint]. No other spelling of it is served.
	Endpoint string
	// Stdio serves standard input and output in place of HTTP.
	Stdio bool
	// BaseURL is the public URL of the server without the endpoint, such as "https://mcp.example.com". It must be https unless
	// its host is a loopback name. Its host is allowed in Host and Origin headers.
	BaseURL string
	// AllowedHosts are further host names that requests may name, as "name", "name:port", "*.domain" or "*". A server that
	// listens beyond loopback needs one of BaseURL and AllowedHosts.
	AllowedHosts []string
	// AllowedOrigins are further origins of browser clients, as "https://name[:port]", "https://*.domain" or "*". Origins on
	// the allowed hosts need no entry.
	AllowedOrigins []string

	// NoPages serves neither the home page at / nor the server card.
	NoPages bool
	// PublicCatalog shows tools, prompts and resources on the home page and in the server card to everybody, although an authenticator
	// is installed. Without one they are shown in any case. Items that are hidden from anybody are never shown.
	PublicCatalog bool

	// LogLevel is the least level that is logged; zero is info. LogFormat is "text", "json", or empty, which means text on a
	// terminal and on stdio, and JSON otherwise.
	LogLevel  slog.Level
	LogFormat string
	// Logger replaces the server's own, which writes to standard error. LogLevel and LogFormat then have no effect.
	Logger *slog.Logger
	// AuditLog is the file to which a record of each call and each refusal is appended, as a line of JSON; "-" is standard output,
	// "stderr" standard error, and empty writes none. Audit replaces it by a sink of the app's own, which must be safe for
	// concurrent use. Records say who called what, when, and how it ended; no arguments, no results, no tokens.
	AuditLog string
	Audit    *slog.Logger

	// MaskErrors hides the text of errors that tools return behind an id that is logged with it, all but [UserError] ones.
	MaskErrors bool
	Limits     Limits
	// ShutdownTimeout is how long calls in flight may go on after the server was told to stop; zero means
	// [DefaultShutdownTimeout].
	ShutdownTimeout time.Duration
	// Key seals the tokens that clients carry for the server: session ids, request state and the cursors of lists. It is a secret of at least 16
	// bytes, equal on all replicas. Empty means a random one for each process.
	Key []byte

	stderr io.Writer // where the start-up lines and the log go; os.Stderr unless a test says otherwise
	stdout io.Writer // likewise
	ownLog bool      // Logger was made by resolve

	channel *os.File // to the client of stdio, where standard output was taken before there was a server
}

// Limits bounds what clients can ask of a server. A zero field means its default; no limit can be taken away.
type Limits struct {
	// Body is the size of a request's body in bytes (4 MiB), Header that of its headers (64 KiB).
	Body, Header int
	// Nesting is the depth of a request's JSON (1,000).
	Nesting int
	// ToolTimeout is how long a tool may run (5 min). Waiting for the client stops the clock.
	ToolTimeout time.Duration
	// Concurrency is how many requests run at once (1,024). More are answered with 503 and Retry-After.
	Concurrency int
	// Sessions is how many client sessions are kept (10,000), and SessionIdle how long an unused one lives (30 min). As many
	// requests may be streams or wait for their client at once, which Concurrency does not count.
	Sessions    int
	SessionIdle time.Duration
	// PerClient is how many of those streams and waiting requests one session, and one principal, may have (a tenth of Sessions, but
	// not less than 16). Callers without either share what there is.
	PerClient int
	// StateSize is the size in bytes of the request state that a client carries (64 KiB), and StateAge how long it is good for
	// (30 min).
	StateSize int
	StateAge  time.Duration
}

// resolve fills in the defaults and reports every field that cannot work.
func (c Config) resolve() (Config, error) {
	c.identify()
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if c.Endpoint == "" {
		c.Endpoint = DefaultEndpoint
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.ShutdownTimeout == 0 {
		c.ShutdownTimeout = DefaultShutdownTimeout
	}
	c.Extensions = maps.Clone(c.Extensions)
	c.Icons = slices.Clone(c.Icons)
	c.AllowedHosts = slices.Clone(c.AllowedHosts)
	c.AllowedOrigins = slices.Clone(c.AllowedOrigins)
	c.Key = slices.Clone(c.Key)
	if c.stderr == nil {
		c.stderr = os.Stderr
	}
	if c.stdout == nil {
		c.stdout = os.Stdout
	}
	errs := []error{c.Limits.resolve(), c.checkAddress(), checkEndpoint(c.Endpoint), checkBaseURL(c.BaseURL)}
	if _, err := newGuard(c); err != nil {
		errs = append(errs, err)
	}
	if c.ShutdownTimeout < 0 {
		errs = append(errs, fmt.Errorf("shutdown timeout %v is negative", c.ShutdownTimeout))
	}
	if n := len(c.Key); n > 0 && n < 16 {
		errs = append(errs, fmt.Errorf("key has %d bytes: at least 16 are needed", n))
	}
	if !slices.Contains(logFormats, c.LogFormat) {
		errs = append(errs, fmt.Errorf("log format %q is none of text and json", c.LogFormat))
	}
	if c.Stdio && c.AuditLog == "-" {
		errs = append(errs, errors.New(`audit log "-" is standard output, which belongs to the client on stdio`))
	}
	if err := errors.Join(errs...); err != nil {
		return c, fmt.Errorf("config: %w", err)
	}
	if c.Logger == nil {
		c.Logger, c.ownLog = newLogger(c), true
	}
	return c, nil
}

// identify takes name and version from the build where the app gives none.
func (c *Config) identify() {
	if c.Name != "" && c.Version != "" {
		return
	}
	name, version := "xmcp-server", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if p := info.Main.Path; p != "" {
			name = path.Base(p)
		}
		version = info.Main.Version
	}
	if version == "" || version == "(devel)" {
		version = "0.0.0-dev"
	}
	if c.Name == "" {
		c.Name = name
	}
	if c.Version == "" {
		c.Version = strings.TrimPrefix(version, "v")
	}
}

func (l *Limits) resolve() error {
	var errs []error
	amount := func(name string, v *int, d int) {
		if *v < 0 {
			errs = append(errs, fmt.Errorf("limit %s is negative", name))
		}
		if *v == 0 {
			*v = d
		}
	}
	span := func(name string, v *time.Duration, d time.Duration) {
		if *v < 0 {
			errs = append(errs, fmt.Errorf("limit %s is negative", name))
		}
		if *v == 0 {
			*v = d
		}
	}
	amount("Body", &l.Body, 4<<20)
	amount("Header", &l.Header, 64<<10)
	amount("Nesting", &l.Nesting, 1000)
	amount("Concurrency", &l.Concurrency, 1024)
	amount("Sessions", &l.Sessions, 10_000)
	amount("PerClient", &l.PerClient, max(16, l.Sessions/10))
	amount("StateSize", &l.StateSize, 64<<10)
	span("ToolTimeout", &l.ToolTimeout, 5*time.Minute)
	span("SessionIdle", &l.SessionIdle, 30*time.Minute)
	span("StateAge", &l.StateAge, 30*time.Minute)
	return errors.Join(errs...)
}

func (c *Config) checkAddress() error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("address %q is not host:port", c.Addr)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("address %q has no port from 0 to 65535", c.Addr)
	}
	if !c.Stdio && !isLoopbackName(host) && c.BaseURL == "" && len(c.AllowedHosts) == 0 {
		return fmt.Errorf("address %q (--addr, HOST, PORT) can be reached from other machines: set BASE_URL or ALLOWED_HOSTS to the names it is called by", c.Addr)
	}
	return nil
}

// checkEndpoint admits only paths that have one spelling, since everything else must not reach the MCP handler.
func checkEndpoint(p string) error {
	ok := strings.HasPrefix(p, "/") && path.Clean(p) == p
	for _, c := range []byte(p) {
		ok = ok && (c == '/' || c == '-' || c == '.' || c == '_' || c == '~' || isAlphanumeric(c))
	}
	if !ok {
		return fmt.Errorf("endpoint %q is not a plain path such as %s", p, DefaultEndpoint)
	}
	if p == healthPath || p == readyPath {
		return fmt.Errorf("endpoint %q is the path of a health check", p)
	}
	return nil
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func checkBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("base URL %q is not like https://mcp.example.com", hidePassword(base))
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("base URL of host %q has more than scheme, host and path", u.Host)
	case u.Scheme == "http" && !isLoopbackName(u.Hostname()):
		return fmt.Errorf("base URL %q must be https, since its host is not a loopback name", base)
	}
	return nil
}

// isLoopbackName reports whether a listener on host can be reached from this machine only.
func isLoopbackName(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
