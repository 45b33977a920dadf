package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxDocument bounds metadata and key sets.
const maxDocument = 1 << 20

// strictClient follows no redirects: an issuer's documents are where the issuer says.
func strictClient(c *http.Client) *http.Client {
	strict := &http.Client{Timeout: fetchBudget}
	if c != nil {
		*strict = *c
	}
	strict.CheckRedirect = func(*http.Request, []*http.Request) error {
		return errors.New("redirects are not followed")
	}
	return strict
}

// fetchJSON gets a JSON document.
func fetchJSON(ctx context.Context, c *http.Client, from string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get %s: status %d", from, res.StatusCode)
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil, fmt.Errorf("get %s: the answer is not JSON", from)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", from, err)
	}
	if len(body) > maxDocument {
		return nil, fmt.Errorf("get %s: more than %d bytes", from, maxDocument)
	}
	return body, nil
}

// fetchKeys gets the issuer's keys from where the configuration or the issuer's metadata says.
func (c *Config) fetchKeys(ctx context.Context) (map[string]*key, error) {
	from := c.JWKSURL
	if from == "" {
		var err error
		if from, err = c.discover(ctx); err != nil {
			return nil, err
		}
	}
	raw, err := fetchJSON(ctx, c.HTTPClient, from)
	if err != nil {
		return nil, err
	}
	return readKeys(raw)
}

// discover finds jwks_uri in the issuer's metadata (RFC 8414 section 3, OpenID Connect Discovery section 4).
func (c *Config) discover(ctx context.Context) (string, error) {
	var errs []error
	for _, from := range MetadataURLs(c.Issuer) {
		raw, err := fetchJSON(ctx, c.HTTPClient, from)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var m struct {
			Issuer string `json:"issuer"`
			Keys   string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			errs = append(errs, fmt.Errorf("get %s: %w", from, err))
			continue
		}
		if m.Issuer != c.Issuer {
			return "", fmt.Errorf("the metadata at %s is of the issuer %q, want %q", from, m.Issuer, c.Issuer)
		}
		if err := CheckURL("jwks_uri", m.Keys); err != nil {
			return "", err
		}
		if !sameHost(m.Keys, c.Issuer) {
			return "", fmt.Errorf("jwks_uri %q is not on the issuer's host: set JWKSURL if that is right", m.Keys)
		}
		return m.Keys, nil
	}
	return "", fmt.Errorf("no metadata of the issuer: %w", errors.Join(errs...))
}

// MetadataURLs returns where the metadata of an issuer may be, the best place first: the well-known path inserted before the
// issuer's own path, and appended to it (RFC 8414 sections 3.1 and 5).
func MetadataURLs(issuer string) []string {
	u, err := url.Parse(issuer)
	if err != nil {
		return nil
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	origin := u.Scheme + "://" + u.Host
	list := []string{origin + "/.well-known/oauth-authorization-server" + path}
	if path != "" {
		list = append(list, origin+"/.well-known/openid-configuration"+path)
	}
	return append(list, origin+path+"/.well-known/openid-configuration")
}

func sameHost(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && strings.EqualFold(ua.Host, ub.Host)
}
