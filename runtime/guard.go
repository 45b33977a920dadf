package xmcp

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// guard knows the hosts and origins that requests may name. Checking the host stops DNS rebinding: a page whose name was
// pointed at this machine still says its own name. The checks run on every request, so they allocate nothing.
type guard struct {
	hosts   []hostRule
	origins []originRule
}

// hostRule allows a name with any port (port is empty) or with one.
type hostRule struct {
	name   string // lower case; "*" allows every name
	suffix string // ".example.com" for "*.example.com"; name is then empty
	port   string
	// scheme restricts origins on this host to one scheme; empty allows http and https. notOrigin is set for the rule "*",
	// which says that the server checks no hosts, not that every page may call it.
	scheme    string
	notOrigin bool
}

type originRule struct {
	scheme string // empty allows every origin
	host   hostRule
}

// newGuard reads the host and origin rules of a configuration.
func newGuard(c Config) (*guard, error) {
	g := &guard{}
	if host, _, _ := splitHost(c.Addr); c.Stdio || isLoopbackName(host) {
		for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
			g.hosts = append(g.hosts, hostRule{name: name})
		}
		if host = strings.ToLower(host); host != "" && !slices.ContainsFunc(g.hosts, func(h hostRule) bool { return h.name == host }) {
			g.hosts = append(g.hosts, hostRule{name: host})
		}
	}
	if u, err := url.Parse(c.BaseURL); err == nil && u.Hostname() != "" {
		g.hosts = append(g.hosts, hostRule{name: strings.ToLower(u.Hostname()), scheme: u.Scheme})
	}
	for _, entry := range c.AllowedHosts {
		rule, ok := parseHostRule(entry)
		if !ok {
			return nil, fmt.Errorf("allowed host %q is not a name, name:port, *.domain or *", entry)
		}
		g.hosts = append(g.hosts, rule)
	}
	for _, entry := range c.AllowedOrigins {
		rule, ok := parseOriginRule(entry)
		if !ok {
			return nil, fmt.Errorf("allowed origin %q is not like https://app.example.com", entry)
		}
		g.origins = append(g.origins, rule)
	}
	return g, nil
}

func parseHostRule(s string) (hostRule, bool) {
	s = strings.ToLower(s)
	if s == "*" {
		return hostRule{name: "*", notOrigin: true}, true
	}
	rest, wildcard := strings.CutPrefix(s, "*.")
	name, port, ok := splitHost(rest)
	if !ok && strings.Count(s, ":") > 1 { // an IPv6 address without brackets
		name, port, ok = s, "", true
	}
	if !ok || strings.Trim(name, ".") == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "*/@?# \t[]") || !isPort(port) {
		return hostRule{}, false
	}
	if wildcard {
		return hostRule{suffix: "." + name, port: port}, true
	}
	return hostRule{name: name, port: port}, true
}

func parseOriginRule(s string) (originRule, bool) {
	if s == "*" {
		return originRule{}, true
	}
	scheme, rest, ok := strings.Cut(strings.ToLower(s), "://")
	rule, fits := parseHostRule(rest)
	if !ok || !fits || rule.notOrigin || scheme == "" || strings.ContainsAny(scheme, "*:/ ") {
		return originRule{}, false
	}
	if scheme == "https" && rule.port == "443" || scheme == "http" && rule.port == "80" {
		rule.port = ""
	}
	return originRule{scheme: scheme, host: rule}, true
}

// isPort accepts what may follow the colon: nothing or up to five digits.
func isPort(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) <= 5
}

// splitHost cuts host[:port] without allocating; brackets of an IPv6 address are taken off.
func splitHost(s string) (name, port string, ok bool) {
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", "", false
		}
		name, s = s[1:end], s[end+1:]
		if s == "" {
			return name, "", true
		}
		port, ok = strings.CutPrefix(s, ":")
		return name, port, ok
	}
	name, port, _ = strings.Cut(s, ":")
	return name, port, !strings.Contains(port, ":")
}

func (h hostRule) allows(name, port string) bool {
	// Clients leave out the port that is their scheme's own.
	if h.port != "" && h.port != port && (port != "" || h.port != "443" && h.port != "80") {
		return false
	}
	if h.suffix != "" {
		at := len(name) - len(h.suffix)
		return at > 0 && strings.EqualFold(name[at:], h.suffix)
	}
	return h.name == "*" || strings.EqualFold(name, h.name)
}

// allowsHost reports whether a Host header names this server.
func (g *guard) allowsHost(host string) bool {
	name, port, ok := splitHost(host)
	if !ok || name == "" || !isPort(port) {
		return false
	}
	for i := range g.hosts {
		if g.hosts[i].allows(name, port) {
			return true
		}
	}
	return false
}

// allowsOrigin reports whether pages of an origin (RFC 6454) may call this server: those on its own hosts, with http or
// https and any port, and those of the configuration.
func (g *guard) allowsOrigin(origin string) bool {
	scheme, rest, ok := strings.Cut(origin, "://")
	if !ok || scheme == "" {
		return slices.ContainsFunc(g.origins, func(o originRule) bool { return o.scheme == "" }) && origin != ""
	}
	name, port, ok := splitHost(rest)
	if !ok || name == "" || !isPort(port) {
		return false
	}
	if strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") {
		for i := range g.hosts {
			h := &g.hosts[i]
			if !h.notOrigin && (h.scheme == "" || strings.EqualFold(h.scheme, scheme)) && h.allows(name, port) {
				return true
			}
		}
	}
	for i := range g.origins {
		o := &g.origins[i]
		// The origin of a page leaves out the scheme's own port, and so does the rule.
		if o.scheme == "" || o.host.port == port && strings.EqualFold(o.scheme, scheme) && o.host.allows(name, port) {
			return true
		}
	}
	return false
}

// checkHeaders refuses a request by its Host and Origin headers, each on its own. It returns the reason, or "".
func (g *guard) checkHeaders(r *http.Request) string {
	if !g.allowsHost(r.Host) {
		return "host not allowed"
	}
	switch origin := r.Header["Origin"]; {
	case len(origin) == 0:
		return ""
	case len(origin) == 1 && g.allowsOrigin(origin[0]):
		return ""
	}
	return "origin not allowed"
}
