package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xmcpgo/xmcpgo/cmd/internal/version"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
)

// checkServer asks the server itself, where it runs, as a client without a token would.
func (r *report) checkServer(ctx context.Context, s *appSettings) {
	const check = "server"
	endpoint := s.clientURL(s.addr())
	client, err := remote.HTTP(endpoint, version.Read().Version, strictClient())
	if err != nil {
		return // the settings were found wrong before
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	err = client.Open(ctx)
	_ = client.Close() // there is no session without a token
	var refused *remote.Error
	switch {
	case err == nil:
		r.problem(check, "the server at "+endpoint+" lets callers in that have not signed in", "src/middleware.go",
			"let Plugins return scalekit.FromEnv(), run go generate ./... and start the server again", symptomSession)
		return
	case !errors.As(err, &refused):
		r.note(check, "nothing answers at "+endpoint, "HOST, PORT, "+envBaseURL, "start the server and run doctor again to have it asked")
		return
	case refused.Status != http.StatusUnauthorized:
		r.problem(check, fmt.Sprintf("the server at %s answers with status %d where it should ask for a token", endpoint, refused.Status),
			envBaseURL+", "+envEndpoint, "compare them with where the server listens", symptomRefused)
		return
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return
	}
	var p struct {
		Resource string   `json:"resource"`
		Servers  []string `json:"authorization_servers"`
	}
	at := &environment{url: u.Scheme + "://" + u.Host, http: strictClient()}
	status, err := at.get(ctx, "/.well-known/oauth-protected-resource", "", &p)
	want := strings.TrimRight(s.get(envEnvironmentURL), "/") + "/resources/" + s.get(envResourceID)
	switch {
	case err != nil || status != http.StatusOK:
		r.problem(check, "the server does not say where to sign in", "src/middleware.go", "let Plugins return scalekit.FromEnv()", symptomRefused)
	case p.Resource != r.ServerURL:
		r.problem(check, fmt.Sprintf("the running server calls itself %s, and these settings say %s", p.Resource, r.ServerURL), envResourceURL+", "+envBaseURL,
			"start the server again with these settings", symptomRefused, symptomToken)
	case s.get(envEnvironmentURL) == "" || s.get(envResourceID) == "":
		// That they are missing was found before: there is nothing to compare with.
	case !slices.Contains(p.Servers, want):
		r.problem(check, fmt.Sprintf("the running server sends clients to %s, and these settings say %s", strings.Join(p.Servers, ", "), want), envEnvironmentURL+", "+envResourceID,
			"start the server again with these settings", symptomRefused, symptomToken)
	default:
		r.ok(check, "the running server asks callers to sign in at this environment")
	}
}
