package xmcp

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/similar"
)

// setting is one thing that an operator can set by flag and environment.
type setting struct {
	flag  string // without dashes; empty means environment only
	env   string // empty means flag only
	arg   string // placeholder of the value; empty for a switch
	usage string
	show  func(*Config) string // the value without flag and environment, for the help; nil shows none
	set   func(c *Config, value string) error
	// secret values are left out of messages.
	secret bool
}

// settings is the whole table, in the order of the help.
func settings() []setting {
	return []setting{
		{flag: "addr", arg: "HOST:PORT", usage: "listen on this address",
			show: func(c *Config) string { return c.Addr }, set: setAddr},
		{env: "HOST", arg: "HOST", usage: "host of the address", set: setHost},
		{env: "PORT", arg: "PORT", usage: "port of the address", set: setPort},
		{flag: "endpoint", env: "XMCP_ENDPOINT", arg: "PATH", usage: "path of the MCP endpoint",
			show: func(c *Config) string { return c.Endpoint },
			set:  func(c *Config, v string) error { c.Endpoint = v; return checkEndpoint(v) }},
		{flag: "stdio", env: "XMCP_STDIO", usage: "serve standard input and output in place of HTTP",
			set: func(c *Config, v string) error { return setBool(&c.Stdio, v) }},
		{flag: "base-url", env: "BASE_URL", arg: "URL", usage: "public URL of the server, https unless loopback",
			show: func(c *Config) string { return c.BaseURL },
			set:  func(c *Config, v string) error { c.BaseURL = v; return checkBaseURL(v) }},
		{flag: "allowed-hosts", env: "ALLOWED_HOSTS", arg: "LIST", usage: "host names that requests may name: name, name:port, *.domain or *, by commas",
			show: func(c *Config) string { return strings.Join(c.AllowedHosts, ",") },
			set:  setAllowedHosts},
		{flag: "allowed-origins", env: "ALLOWED_ORIGINS", arg: "LIST", usage: "origins of browser clients on other hosts, by commas",
			show: func(c *Config) string { return strings.Join(c.AllowedOrigins, ",") },
			set:  setAllowedOrigins},
		{flag: "no-pages", env: "XMCP_NO_PAGES", usage: "serve neither the home page nor the server card",
			set: func(c *Config, v string) error { return setBool(&c.NoPages, v) }},
		{flag: "public-catalog", env: "XMCP_PUBLIC_CATALOG", usage: "show tools, prompts and resources on the home page although callers sign in",
			set: func(c *Config, v string) error { return setBool(&c.PublicCatalog, v) }},
		{flag: "log-level", env: "XMCP_LOG_LEVEL", arg: "LEVEL", usage: "debug, info, warn or error",
			show: func(c *Config) string { return strings.ToLower(c.LogLevel.String()) }, set: setLogLevel},
		{flag: "log-format", env: "XMCP_LOG_FORMAT", arg: "FORMAT", usage: "text or json; by itself text on a terminal and on stdio",
			show: func(c *Config) string { return c.LogFormat }, set: setLogFormat},
		{flag: "audit-log", env: "XMCP_AUDIT_LOG", arg: "FILE", usage: "append a record of each call and refusal; - is standard output, stderr standard error",
			show: func(c *Config) string { return c.AuditLog },
			set:  func(c *Config, v string) error { c.AuditLog, c.Audit = v, nil; return nil }},
		{flag: "mask-errors", env: "XMCP_MASK_ERRORS", usage: "hide the text of tool errors from clients",
			set: func(c *Config, v string) error { return setBool(&c.MaskErrors, v) }},
		{flag: "shutdown-timeout", env: "XMCP_SHUTDOWN_TIMEOUT", arg: "DURATION", usage: "how long calls in flight may go on after SIGTERM",
			show: func(c *Config) string { return c.ShutdownTimeout.String() }, set: setShutdownTimeout},
		{env: "XMCP_KEY", arg: "SECRET", usage: "secret of at least 16 bytes that seals session ids, request state and cursors, equal on all replicas", secret: true, set: setKey},
	}
}

func setAddr(c *Config, v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return fmt.Errorf("is not host:port, such as %s", DefaultAddr)
	}
	if err := checkPort(port); err != nil {
		return err
	}
	c.Addr = net.JoinHostPort(host, port)
	return nil
}

// setHost and setPort each change one half of the address.
func setHost(c *Config, v string) error {
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	if v == "" || strings.ContainsAny(v, "/ \t[]") || strings.Contains(v, ":") && net.ParseIP(v) == nil {
		return fmt.Errorf("is not a host name or address")
	}
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("cannot be joined to address %q", c.Addr)
	}
	c.Addr = net.JoinHostPort(v, port)
	return nil
}

func setPort(c *Config, v string) error {
	if err := checkPort(v); err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("cannot be joined to address %q", c.Addr)
	}
	c.Addr = net.JoinHostPort(host, v)
	return nil
}

func checkPort(v string) error {
	if n, err := strconv.ParseUint(v, 10, 16); err != nil || strconv.FormatUint(n, 10) != v {
		return fmt.Errorf("has no port from 0 to 65535")
	}
	return nil
}

func setBool(p *bool, v string) error {
	switch strings.ToLower(v) {
	case "1", "true", "yes", "on":
		*p = true
	case "0", "false", "no", "off":
		*p = false
	default:
		return fmt.Errorf("is neither true nor false")
	}
	return nil
}

// splitList cuts a list at its commas; empty entries are left out.
func splitList(v string) []string {
	var list []string
	for entry := range strings.SplitSeq(v, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			list = append(list, entry)
		}
	}
	return list
}

func setAllowedHosts(c *Config, v string) error {
	list := splitList(v)
	for _, entry := range list {
		if _, ok := parseHostRule(entry); !ok {
			return fmt.Errorf("has the entry %q, which is not a name, name:port, *.domain or *", entry)
		}
	}
	c.AllowedHosts = list
	return nil
}

func setAllowedOrigins(c *Config, v string) error {
	list := splitList(v)
	for _, entry := range list {
		if _, ok := parseOriginRule(entry); !ok {
			return fmt.Errorf("has the entry %q, which is not like https://app.example.com", entry)
		}
	}
	c.AllowedOrigins = list
	return nil
}

func setLogLevel(c *Config, v string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[strings.ToLower(v)]
	if !ok {
		return fmt.Errorf("is none of debug, info, warn and error")
	}
	c.LogLevel = level
	return nil
}

func setLogFormat(c *Config, v string) error {
	if v == "" || !slices.Contains(logFormats, v) {
		return fmt.Errorf("is none of text and json")
	}
	c.LogFormat = v
	return nil
}

func setShutdownTimeout(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return fmt.Errorf("is not a duration above zero, such as 10s")
	}
	c.ShutdownTimeout = d
	return nil
}

func setKey(c *Config, v string) error {
	if len(v) < 16 {
		return fmt.Errorf("is shorter than 16 bytes")
	}
	c.Key = []byte(v)
	return nil
}

// nearest is the name that a misspelt one most likely meant, or "".
func nearest(name string, names []string) string {
	best, least := "", max(1, min(3, len(name)/2))+1
	for _, n := range names {
		if d := similar.Distance(name, n); d < least {
			best, least = n, d
		}
	}
	return best
}
