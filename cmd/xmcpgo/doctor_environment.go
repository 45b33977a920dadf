package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

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
		r.problem(check, fmt.Sprintf("the environment %s has no MCP server %s", e.url, e.resource), envResourceID+", "+envEnvironmentURL,
			"one of the two is of another environment: copy the id from the Scalekit dashboard, MCP Servers, and the URL from Settings, of this environment", symptomRefused, symptomToken)
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
