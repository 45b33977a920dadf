package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/internal/journal"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// patient is an app that runs with the clinic's settings, as main would run it.
type patient struct {
	url string
	log journal.Journal
}

// admit starts the app on a port of its own, unless the settings make that fail.
func (c *clinic) admit() *patient {
	c.t.Helper()
	p := &patient{log: journal.Journal{Also: os.Stderr}}
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	c.t.Cleanup(web.Close)
	p.url = web.URL
	c.settings["PORT"] = web.URL[strings.LastIndex(web.URL, ":")+1:]
	for _, name := range []string{envEnvironmentURL, envResourceID, envResourceURL, envClientID, envClientSecret, envBaseURL} {
		c.t.Setenv(name, c.settings[name])
	}
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "greet", Description: "Greets.", Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return "Hello!", nil })})
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{scalekit.FromEnv()} })
	srv, err := xmcp.New(r, xmcp.Config{Name: "patient", Addr: strings.TrimPrefix(web.URL, "http://"), BaseURL: c.settings[envBaseURL], Logger: slog.New(slog.NewTextHandler(&p.log, nil))})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := srv.Start(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := srv.Shutdown(context.Background()); err != nil {
			c.t.Error(err)
		}
	})
	handler = srv.Handler()
	return p
}

// call calls the tool with a token and returns the status, and the challenge or the text.
func (p *patient) call(t *testing.T, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("WWW-Authenticate") + string(raw)
}

func (c *clinic) token() string {
	c.t.Helper()
	token, err := c.env.Mint("usr_alice", "org_acme", "openid", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return token
}

// ward is a second environment, which the app is told to use by mistake.
func (c *clinic) ward(id string) string {
	c.t.Helper()
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	c.t.Cleanup(web.Close)
	other, err := scalekitdev.New(scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{ID: id, URL: "http://127.0.0.1:1/mcp"}})
	if err != nil {
		c.t.Fatal(err)
	}
	handler = other.Handler()
	return web.URL
}

// A server runs, beside the stand-in of dev perhaps, and nothing is configured: that is the problem, and not where the server sends.
func TestNothingIsComparedWithoutSettings(t *testing.T) {
	c := newClinic(t)
	c.run(scalekit.New(scalekit.Config{EnvironmentURL: "https://other.example", ResourceID: "res_dev"}))
	for _, name := range []string{envEnvironmentURL, envResourceID, envClientID, envClientSecret} {
		delete(c.settings, name)
	}
	r := c.examine()
	var wrong []string
	for _, f := range r.Findings {
		if f.State == stateProblem {
			wrong = append(wrong, f.Check+" "+f.Variable)
		}
	}
	if diff := cmp.Diff([]string{"settings " + envEnvironmentURL, "settings " + envResourceID}, wrong); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Each of the usual mistakes is made, and the answer, the log and doctor are asked about it. The client learns no more than that it
// has to sign in; the log and doctor name the variable and what to do.
func TestUsualMistakes(t *testing.T) {
	const invalid = `Bearer error="invalid_token", error_description="The access token is invalid"`
	for _, tt := range []struct {
		name     string
		mistake  func(*clinic)
		status   int
		answer   string
		log      []string
		check    string
		variable string
		fix      string
		symptom  string
	}{
		{"wrong environment", func(c *clinic) { c.settings[envEnvironmentURL] = c.ward("res_other") }, 401, invalid,
			[]string{"SCALEKIT_ENVIRONMENT_URL/keys", "is that the environment that clients sign in to?"},
			"metadata", envEnvironmentURL, "of this environment", symptomToken},
		{"wrong environment, with the same keys", func(c *clinic) {
			c.settings[envEnvironmentURL] = strings.Replace(c.settings[envEnvironmentURL], "127.0.0.1", "localhost", 1)
		}, 401, invalid, []string{"iss=", "compare the Environment URL in the Scalekit dashboard with SCALEKIT_ENVIRONMENT_URL"},
			"metadata", envEnvironmentURL, "set it to that URL", symptomToken},
		{"wrong resource", func(c *clinic) { c.settings[envResourceID] = "res_other" }, 401, invalid,
			[]string{"aud=", "want res_other", "the id of the MCP server with SCALEKIT_RESOURCE_ID"},
			"metadata", envResourceID, "copy the id", symptomRefused},
		{"keys down", func(c *clinic) { c.env.KeysDown(true) }, 503, `{"error":"temporarily_unavailable"`,
			[]string{"fetching the issuer's keys failed: the keys come from SCALEKIT_ENVIRONMENT_URL/keys", "the keys come from SCALEKIT_ENVIRONMENT_URL/keys"},
			"keys", envEnvironmentURL, "503 until the keys are back", symptomToken},
		{"clock behind", func(c *clinic) { c.env.MoveClock(time.Hour) }, 401, invalid,
			[]string{"ahead of this machine's clock", "is this machine's clock right?"},
			"clock", "the clock of this machine", "time server", symptomToken},
		{"clock ahead", func(c *clinic) { c.env.MoveClock(-time.Hour) }, 401, `error_description="The access token expired"`,
			[]string{"the token has expired", "is this machine's clock right?"},
			"clock", "the clock of this machine", "time server", symptomToken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClinic(t)
			tt.mistake(c)
			p := c.admit()
			if status, answer := p.call(t, c.token()); status != tt.status || !strings.Contains(answer, tt.answer) || strings.Contains(answer, "SCALEKIT") {
				t.Errorf("the answer is %d %s", status, answer)
			}
			for _, text := range tt.log {
				if !strings.Contains(p.log.String(), text) {
					t.Errorf("the log does not say %q:\n%s", text, p.log.String())
				}
			}
			expectFinding(t, c.examine(), tt.check, tt.variable, tt.fix, tt.symptom)
		})
	}
}

func expectFinding(t *testing.T, r *report, check, variable, fix, explains string) {
	t.Helper()
	i := slices.IndexFunc(r.Findings, func(f finding) bool { return f.State == stateProblem && f.Check == check })
	if i < 0 {
		t.Fatalf("%s is not found wrong: %+v", check, r.Findings)
	}
	f := r.Findings[i]
	if !strings.Contains(f.Variable, variable) || !strings.Contains(f.Fix, fix) {
		t.Errorf("finding %+v, want %s and %q", f, variable, fix)
	}
	s := r.Symptoms[slices.IndexFunc(r.Symptoms, func(s symptom) bool { return s.Symptom == explains })]
	if !s.Found || s.Fix != f.Fix {
		t.Errorf("%s is answered by %+v", explains, s)
	}
}

// A Server URL that differs stops clients at the sign-in already: the environment knows no server of that name.
func TestMistakenServerURL(t *testing.T) {
	c := newClinic(t)
	p := c.admit() // calls itself by its port, and is registered by another one
	for _, text := range []string{"register the resource as its Server URL in the dashboard", "resource=" + p.url + "/mcp", "SCALEKIT_RESOURCE_URL sets another one"} {
		if !strings.Contains(p.log.String(), text) {
			t.Errorf("the log does not say %q:\n%s", text, p.log.String())
		}
	}
	c.env.RegisterClient("client", "", "Client", "http://127.0.0.1:2/callback")
	page := c.settings[envEnvironmentURL] + "/resources/res_dev/oauth/authorize?" + url.Values{"client_id": {"client"}, "response_type": {"code"}, "redirect_uri": {"http://127.0.0.1:2/callback"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}, "resource": {p.url + "/mcp"}}.Encode()
	res, err := strictClient().Get(page)
	if res == nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if to := res.Header.Get("Location"); !strings.Contains(to, "error=invalid_target") || !strings.Contains(to, "Server+URL") {
		t.Errorf("the client is sent to %s", to)
	}
	expectFinding(t, c.examine(), "Server URL", envResourceURL, "register "+p.url+"/mcp as Server URL, or set SCALEKIT_RESOURCE_URL=http://127.0.0.1:1/mcp", symptomRefused)

	// The fix that doctor names is one.
	c.settings[envResourceURL] = "http://127.0.0.1:1/mcp"
	c.admit()
	if r := c.examine(); !r.OK {
		t.Errorf("after the fix: %+v", r.Findings)
	}
}

// Without a sign-in method nobody comes back from the page, which says so itself; doctor says where to look.
func TestNoSignInMethod(t *testing.T) {
	c := newClinic(t)
	c.env.NoSignInMethod(true)
	c.env.RegisterClient("client", "", "Client", "http://127.0.0.1:2/callback")
	res, err := http.Get(c.settings[envEnvironmentURL] + "/resources/res_dev/oauth/authorize?" + url.Values{"client_id": {"client"}, "response_type": {"code"}, "redirect_uri": {"http://127.0.0.1:2/callback"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil || strings.Contains(string(page), "Alice") {
		t.Errorf("somebody can be chosen (%v):\n%s", err, page)
	}
	r := c.examine()
	s := r.Symptoms[slices.IndexFunc(r.Symptoms, func(s symptom) bool { return s.Symptom == symptomScreen })]
	if !strings.Contains(s.Variable, "dashboard") || !strings.Contains(s.Fix, "enable an authentication method") {
		t.Errorf("%+v", s)
	}
}
