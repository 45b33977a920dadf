package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxDocument bounds metadata and replies of an authorization server.
const maxDocument = 1 << 20

// protected is the metadata of an MCP server (RFC 9728 section 2).
type protected struct {
	Resource string   `json:"resource"`
	Servers  []string `json:"authorization_servers"`
	Scopes   []string `json:"scopes_supported"`
	Name     string   `json:"resource_name"`
}

// authServer is the metadata of an authorization server (RFC 8414 section 2).
type authServer struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Registration  string   `json:"registration_endpoint"`
	Scopes        []string `json:"scopes_supported"`
	PKCE          []string `json:"code_challenge_methods_supported"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
	IssInResponse bool     `json:"authorization_response_iss_parameter_supported"`
}

// discover finds the authorization server of an MCP server. hinted is where the challenge says that the metadata is, or empty.
func (t *Transport) discover(ctx context.Context, server, hinted string) (*protected, *authServer, error) {
	p, err := t.findProtected(ctx, server, hinted)
	if err != nil {
		return nil, nil, err
	}
	if len(p.Servers) == 0 {
		return nil, nil, errors.New("the server's metadata names no authorization server")
	}
	as, err := t.findAuthServer(ctx, p.Servers[0])
	return p, as, err
}

// ErrNoIssuer tells that nobody can sign in to the server, such as one that takes keys.
var ErrNoIssuer = errors.New("the server asks for a token and does not say where to get one")

func (t *Transport) findProtected(ctx context.Context, server, hinted string) (*protected, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	const wellKnown = "/.well-known/oauth-protected-resource"
	origin := u.Scheme + "://" + u.Host
	places := []string{hinted}
	if hinted == "" {
		places = slices.Compact([]string{origin + wellKnown + strings.TrimRight(u.EscapedPath(), "/"), origin + wellKnown})
	} else if h, err := url.Parse(hinted); err != nil || h.Scheme+"://"+h.Host != origin {
		return nil, fmt.Errorf("the server's challenge names metadata on another host, %q: is its public URL (BASE_URL) what it is called by here?", hinted)
	}
	var errs []error
	for _, place := range places {
		p := &protected{}
		if err := t.getJSON(ctx, place, p); err != nil {
			errs = append(errs, err)
			continue
		}
		if !covers(p.Resource, server) {
			return nil, fmt.Errorf("the metadata at %s is of the resource %q, not of %s: call the server by that URL, or correct its BASE_URL", place, p.Resource, server)
		}
		return p, nil
	}
	return nil, fmt.Errorf("%w: %w", ErrNoIssuer, errors.Join(errs...))
}

// covers tells whether a resource identifier stands for the server that was called: its URL, or a prefix of it that ends at a
// slash. A metadata document of another server would have tokens made for that one (RFC 9728 section 3.3).
func covers(resource, server string) bool {
	r, errR := url.Parse(resource)
	s, errS := url.Parse(server)
	if errR != nil || errS != nil || r.RawQuery != "" || r.Fragment != "" || r.User != nil ||
		!strings.EqualFold(r.Scheme, s.Scheme) || !strings.EqualFold(r.Host, s.Host) {
		return false
	}
	prefix, path := strings.TrimRight(r.EscapedPath(), "/"), strings.TrimRight(s.EscapedPath(), "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// findAuthServer reads the metadata of an issuer from one of the places where it may be (RFC 8414 section 3.1, OpenID Connect
// Discovery section 4).
func (t *Transport) findAuthServer(ctx context.Context, issuer string) (*authServer, error) {
	if err := checkURL("the authorization server", issuer); err != nil {
		return nil, err
	}
	var errs []error
	for _, place := range metadataURLs(issuer) {
		as := &authServer{}
		if err := t.getJSON(ctx, place, as); err != nil {
			errs = append(errs, err)
			continue
		}
		if strings.TrimRight(as.Issuer, "/") != strings.TrimRight(issuer, "/") {
			return nil, fmt.Errorf("the metadata at %s is of the issuer %q, want %q", place, as.Issuer, issuer)
		}
		return as, as.check()
	}
	return nil, fmt.Errorf("the authorization server %s has no metadata: %w", issuer, errors.Join(errs...))
}

func metadataURLs(issuer string) []string {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil
	}
	path, origin := strings.TrimRight(u.EscapedPath(), "/"), u.Scheme+"://"+u.Host
	list := []string{origin + "/.well-known/oauth-authorization-server" + path}
	if path != "" {
		list = append(list, origin+"/.well-known/openid-configuration"+path)
	}
	return append(list, origin+path+"/.well-known/openid-configuration")
}

func (as *authServer) check() error {
	errs := []error{checkURL("authorization_endpoint", as.Authorization), checkURL("token_endpoint", as.Token)}
	if as.Registration != "" {
		errs = append(errs, checkURL("registration_endpoint", as.Registration))
	}
	if !slices.Contains(as.PKCE, "S256") {
		errs = append(errs, errors.New("the authorization server does not say that it supports PKCE with S256"))
	}
	return errors.Join(errs...)
}

// checkURL keeps codes and tokens off unencrypted connections beyond this machine.
func checkURL(name, raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s %q is no http or https URL", name, raw)
	case u.User != nil || u.Fragment != "":
		return fmt.Errorf("%s %q has a user or a fragment", name, u.Redacted())
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("%s %q must be https, since it is not on this machine", name, raw)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (t *Transport) getJSON(ctx context.Context, from string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	status, body, err := t.send(req)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("get %s: status %d", from, status)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("get %s: %w", from, err)
	}
	return nil
}

// send exchanges a request with an authorization server. Redirects are refused: its documents and endpoints are where it says.
func (t *Transport) send(req *http.Request) (int, []byte, error) {
	c := &http.Client{Transport: t.base(), Timeout: fetchTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("redirects are not followed")
	}}
	res, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", req.URL.Redacted(), err)
	}
	if len(body) > maxDocument {
		return 0, nil, fmt.Errorf("%s: more than %d bytes", req.URL.Redacted(), maxDocument)
	}
	return res.StatusCode, body, nil
}
