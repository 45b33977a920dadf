package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
)

// Variables of the package scalekit. The command names them itself, for it does not build the runtime.
const (
	envEnvironmentURL = "SCALEKIT_ENVIRONMENT_URL"
	envResourceID     = "SCALEKIT_RESOURCE_ID"
	envResourceURL    = "SCALEKIT_RESOURCE_URL"
	envClientID       = "SCALEKIT_CLIENT_ID"
	envClientSecret   = "SCALEKIT_CLIENT_SECRET"
	envBaseURL        = "BASE_URL"
	envEndpoint       = "XMCP_ENDPOINT"
)

// scalekitPackage is what an app imports that signs in with Scalekit.
const scalekitPackage = version.Module + "/plugins/scalekit"

// appSettings are the variables that an app in a folder would find: those of the environment, then those of its .env file.
type appSettings struct {
	lookup func(string) (string, bool)
	file   map[string]string
}

// maxDotenv bounds the file; the runtime has the same bound.
const maxDotenv = 1 << 20

// readSettings reads the .env file of a folder. One that is not there is fine.
func readSettings(dir string, lookup func(string) (string, bool)) (*appSettings, error) {
	s := &appSettings{lookup: lookup, file: map[string]string{}}
	path := filepath.Join(dir, ".env")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxDotenv+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(raw) > maxDotenv {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxDotenv)
	}
	if s.file, err = godotenv.UnmarshalBytes(raw); err != nil {
		return nil, fmt.Errorf("%s has a line that is not of the form NAME=value", path) // the error itself quotes secrets
	}
	return s, nil
}

// get returns a variable; an empty one counts as absent.
func (s *appSettings) get(name string) string {
	if v, ok := s.lookup(name); ok {
		return v
	}
	return s.file[name]
}

// The address and the endpoint of a server that was told nothing else.
const (
	defaultHost     = "127.0.0.1"
	defaultPort     = "3001"
	defaultEndpoint = "/mcp"
)

// addr is where the app listens.
func (s *appSettings) addr() string {
	return net.JoinHostPort(orElse(s.get("HOST"), defaultHost), orElse(s.get("PORT"), defaultPort))
}

func (s *appSettings) endpoint() string { return orElse(s.get(envEndpoint), defaultEndpoint) }

// serverURL is the identifier of the app's server: what is registered as Server URL, and what clients are given.
func (s *appSettings) serverURL(addr string) string {
	if u := s.get(envResourceURL); u != "" {
		return u
	}
	return s.clientURL(addr)
}

// clientURL is the address of the endpoint.
func (s *appSettings) clientURL(addr string) string {
	if base := strings.TrimRight(s.get(envBaseURL), "/"); base != "" {
		return base + s.endpoint()
	}
	return "http://" + addr + s.endpoint()
}

func orElse(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}

// checkServerURL refuses what cannot be the address of a server: anything but https, or http on this machine.
func checkServerURL(name, raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s %q is no http or https URL", name, raw)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s must have no user, query or fragment", name)
	case u.Scheme == "http" && !isLoopbackHost(u.Hostname()):
		return fmt.Errorf("%s %q must be https, since it is not on this machine", name, raw)
	}
	return nil
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
