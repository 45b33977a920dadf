package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/remote"
)

// Bounds on asking the environment, and how far clocks may differ: as far as the runtime allows by default.
const (
	doctorTimeout = 10 * time.Second
	maxDocument   = 1 << 20
	clockLeeway   = 30 * time.Second
)

// environment is a Scalekit environment as the app's settings name it.
type environment struct {
	url, resource, clientID, clientSecret string
	http                                  *http.Client
	skew                                  time.Duration // of its clock against ours, by the last answer
	dated                                 bool
}

func newEnvironment(s *appSettings) *environment {
	return &environment{
		url: strings.TrimRight(s.get(envEnvironmentURL), "/"), resource: s.get(envResourceID),
		clientID: s.get(envClientID), clientSecret: s.get(envClientSecret), http: strictClient(),
	}
}

func strictClient() *http.Client {
	return &http.Client{Timeout: doctorTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("it redirects")
	}}
}

// do exchanges a request and decodes the answer of status 200.
func (e *environment) do(req *http.Request, into any) (status int, err error) {
	sent := time.Now()
	res, err := e.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		// The date has whole seconds, and was written between the request and now.
		between := sent.Add(time.Since(sent) / 2)
		e.skew, e.dated = date.Add(500*time.Millisecond).Sub(between), true
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil {
		return res.StatusCode, err
	}
	if res.StatusCode == http.StatusOK && json.Unmarshal(raw, into) != nil {
		return res.StatusCode, errors.New("the answer is not JSON")
	}
	return res.StatusCode, nil
}

func (e *environment) get(ctx context.Context, path, token string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return e.do(req, into)
}

// checkEnvironment asks for what the server and its clients will ask for.
func (r *report) checkEnvironment(ctx context.Context, e *environment) {
	if r.checkMetadata(ctx, e) {
		r.checkKeys(ctx, e)
		r.checkClock(e)
		r.checkRecord(ctx, e)
	}
}

func (r *report) checkMetadata(ctx context.Context, e *environment) bool {
	const check = "metadata"
	var m struct {
		Issuer          string `json:"issuer"`
		Registration    string `json:"registration_endpoint"`
		ClientDocuments bool   `json:"client_id_metadata_document_supported"`
	}
	status, err := e.get(ctx, "/.well-known/oauth-authorization-server/resources/"+e.resource, "", &m)
	switch {
	case err != nil:
		r.problem(check, fmt.Sprintf("the environment %s does not answer as it should: %v", e.url, err), envEnvironmentURL,
			"compare it with the Environment URL in the Scalekit dashboard, and check that this machine reaches it", symptomToken, symptomRefused)
		return false
	case status == http.StatusNotFound && e.isEnvironment(ctx):
		r.problem(check, fmt.Sprintf("the environment %s has no MCP server %s", e.url, e.resource), envResourceID,
			"copy the id from the Scalekit dashboard, MCP Servers, of this environment", symptomRefused, symptomToken)
		return false
	case status != http.StatusOK:
		r.problem(check, fmt.Sprintf("%s answers with status %d, and is not a Scalekit environment", e.url, status), envEnvironmentURL,
			"copy the Environment URL from the Scalekit dashboard, Settings", symptomToken, symptomRefused)
		return false
	case m.Issuer != e.url && m.Issuer != e.url+"/resources/"+e.resource:
		r.problem(check, fmt.Sprintf("the environment calls itself %q", m.Issuer), envEnvironmentURL,
			"set it to that URL without /resources/…: tokens name their issuer, letter by letter", symptomToken, symptomRefused)
		return false
	case m.Registration == "" && !m.ClientDocuments:
		r.note(check, "MCP clients can neither register themselves nor be known by a document", envResourceID,
			"allow one of both for the MCP server in the dashboard, or register each client there")
	default:
		r.ok(check, "the environment knows the MCP server, and clients can register")
	}
	return true
}

// isEnvironment tells whether there is an environment at all, whatever its MCP servers are.
func (e *environment) isEnvironment(ctx context.Context) bool {
	var m struct {
		Issuer string `json:"issuer"`
	}
	status, err := e.get(ctx, "/.well-known/openid-configuration", "", &m)
	return err == nil && status == http.StatusOK && m.Issuer != ""
}

func (r *report) checkKeys(ctx context.Context, e *environment) {
	var set struct {
		Keys []struct {
			Kind string `json:"kty"`
			ID   string `json:"kid"`
			Alg  string `json:"alg"`
		} `json:"keys"`
	}
	status, err := e.get(ctx, "/keys", "", &set)
	n := 0
	for _, k := range set.Keys {
		if k.Kind == "RSA" && k.ID != "" && (k.Alg == "" || k.Alg == "RS256") {
			n++
		}
	}
	fix := "compare it with the Environment URL in the Scalekit dashboard; if it is right, the server answers 503 until the keys are back"
	switch {
	case err != nil:
		r.problem("keys", fmt.Sprintf("the keys at %s/keys cannot be had: %v", e.url, err), envEnvironmentURL, fix, symptomToken)
	case status != http.StatusOK:
		r.problem("keys", fmt.Sprintf("the keys at %s/keys cannot be had: status %d", e.url, status), envEnvironmentURL, fix, symptomToken)
	case n == 0:
		r.problem("keys", fmt.Sprintf("there is no key for RS256 at %s/keys", e.url), envEnvironmentURL, fix, symptomToken)
	default:
		r.ok("keys", fmt.Sprintf("%d at %s/keys", n, e.url))
	}
}

func (r *report) checkClock(e *environment) {
	switch off := e.skew.Abs().Round(time.Second); {
	case !e.dated:
		r.note("clock", "the environment does not say what time it is", "the clock", "compare this machine's clock by hand")
	case off > clockLeeway:
		direction := "behind"
		if e.skew < 0 {
			direction = "ahead of"
		}
		r.problem("clock", fmt.Sprintf("this machine's clock is %s %s the environment's", off, direction), "the clock of this machine",
			"set it by a time server (NTP); tokens seem expired, or not yet valid, when it is off by more than "+clockLeeway.String(), symptomToken, symptomRefused)
	default:
		r.ok("clock", "it agrees with the environment's")
	}
}

// checkRecord compares the app with the record of its MCP server in the dashboard, where there are credentials to read it.
func (r *report) checkRecord(ctx context.Context, e *environment) {
	if e.clientID == "" || e.clientSecret == "" {
		r.note("Server URL", "without credentials it cannot be compared with the dashboard", envClientID+", "+envClientSecret,
			"set both to let doctor compare, or look yourself: it must be "+r.ServerURL)
		return
	}
	token, err := e.token(ctx)
	if err != nil {
		r.problem("credentials", fmt.Sprintf("the environment refuses them: %v", err), envClientID+", "+envClientSecret,
			"copy both again from the Scalekit dashboard, API credentials, of this environment")
		return
	}
	var reply struct {
		Resource struct {
			URI             string `json:"resource_uri"`
			RegistrationOff bool   `json:"disable_dynamic_client_registration"`
			ClientDocuments bool   `json:"enable_cimd"`
		} `json:"resource"`
	}
	status, err := e.get(ctx, "/api/v1/resources/"+url.PathEscape(e.resource), token, &reply)
	if err != nil || status != http.StatusOK {
		r.note("Server URL", fmt.Sprintf("the record of the MCP server cannot be read (status %d)", status), envResourceID, "look in the dashboard yourself: the Server URL must be "+r.ServerURL)
		return
	}
	record := reply.Resource
	switch {
	case record.URI == "":
		r.problem("Server URL", "none is registered in the dashboard, so clients cannot ask for tokens for this server", envResourceURL, "register "+r.ServerURL+" as Server URL", symptomRefused)
	case record.URI != r.ServerURL:
		r.problem("Server URL", fmt.Sprintf("the dashboard has %s, and this server calls itself %s", record.URI, r.ServerURL), envResourceURL,
			"register "+r.ServerURL+" as Server URL, or set "+envResourceURL+"="+record.URI+" if that is how clients reach it", symptomRefused, symptomToken)
	default:
		r.ok("Server URL", "it is as in the dashboard")
	}
	if record.RegistrationOff && !record.ClientDocuments {
		r.note("registration", "it is switched off for this MCP server", envResourceID, "allow dynamic client registration in the dashboard, or register each client there")
	}
}

// token signs the app in by its credentials (RFC 6749 section 4.4).
func (e *environment) token(ctx context.Context) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {e.clientID}, "client_secret": {e.clientSecret}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var t struct {
		AccessToken string `json:"access_token"`
	}
	status, err := e.do(req, &t)
	if err == nil && (status != http.StatusOK || t.AccessToken == "") {
		err = fmt.Errorf("status %d", status)
	}
	return t.AccessToken, err
}

// checkServer asks the server itself, where it runs, as a client without a token would.
func (r *report) checkServer(ctx context.Context, s *appSettings) {
	const check = "server"
	endpoint := s.clientURL(s.addr())
	client, err := remote.HTTP(endpoint, readVersion().Version, strictClient())
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
	case !slices.Contains(p.Servers, want):
		r.problem(check, fmt.Sprintf("the running server sends clients to %s, and these settings say %s", strings.Join(p.Servers, ", "), want), envEnvironmentURL+", "+envResourceID,
			"start the server again with these settings", symptomRefused, symptomToken)
	default:
		r.ok(check, "the running server asks callers to sign in at this environment")
	}
}
