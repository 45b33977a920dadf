package devpage

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// policy lets a page run and load nothing but what this origin serves, make nothing of text but text, and speak to no other
// servers than those that sign people in. Pictures and sounds come inside of results.
func policy(signIn []string) string {
	connect := []string{"'self'"}
	for _, origin := range signIn {
		if origin != "" && !slices.Contains(connect, origin) {
			connect = append(connect, origin)
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src data:; connect-src " +
		strings.Join(connect, " ") + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// Bounds on asking the app for its metadata.
const (
	metadataPatience = 2 * time.Second
	maxMetadata      = 64 << 10
	maxServers       = 8
)

// authorizationServers asks the app for its protected resource metadata (RFC 9728) and returns the origins of the servers in it.
func authorizationServers(info Info, page *http.Request) []string {
	if info.App == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(page.Context(), metadataPatience)
	defer cancel()
	var origins []string
	for _, path := range []string{"/.well-known/oauth-protected-resource" + info.Endpoint, "/.well-known/oauth-protected-resource"} {
		ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+page.Host+path, nil)
		if err != nil {
			return nil
		}
		ask.RemoteAddr = page.RemoteAddr
		answer := &recorder{header: http.Header{}}
		info.App.ServeHTTP(answer, ask)
		var metadata struct {
			Servers []string `json:"authorization_servers"`
		}
		if answer.status != http.StatusOK || json.Unmarshal(answer.body.Bytes(), &metadata) != nil {
			continue
		}
		for _, server := range metadata.Servers[:min(len(metadata.Servers), maxServers)] {
			if o := origin(server); o != "" {
				origins = append(origins, o)
			}
		}
		break
	}
	return origins
}

var plainHost = regexp.MustCompile(`^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?$`)

// origin is that of a URL in the form that a policy takes; empty where there is none.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !plainHost.MatchString(u.Host) {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// recorder keeps the beginning of an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.body.Write(p[:min(len(p), maxMetadata-r.body.Len())])
	return len(p), nil
}
