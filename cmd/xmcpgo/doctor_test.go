package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// clinic is an app, its settings, and the environment that they name.
type clinic struct {
	t        *testing.T
	dir      string
	env      *scalekitdev.StandIn
	settings map[string]string
	// spoil answers requests to the environment in place of it, where it returns true.
	spoil func(http.ResponseWriter, *http.Request) bool
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{t: t, dir: t.TempDir()}
	c.write("src/middleware.go", "package src\n\nimport \"github.com/xmcpgo/xmcpgo/plugins/scalekit\"\n\nvar _ = scalekit.FromEnv\n")
	c.write("src/xmcp_gen.go", "package src\n\nfunc f() { r.Use(Plugins) }\n")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.spoil == nil || !c.spoil(w, r) {
			c.env.Handler().ServeHTTP(w, r)
		}
	}))
	t.Cleanup(web.Close)
	var err error
	c.env, err = scalekitdev.New(scalekitdev.Config{URL: web.URL, Server: scalekitdev.Server{URL: "http://127.0.0.1:1/mcp"}})
	if err != nil {
		t.Fatal(err)
	}
	c.settings = c.env.Environment()
	delete(c.settings, envResourceURL)
	c.settings["PORT"] = "1" // nobody listens there
	return c
}

func (c *clinic) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinic) examine() *report {
	c.t.Helper()
	s, err := readSettings(c.dir, func(name string) (string, bool) { v, ok := c.settings[name]; return v, ok })
	if err != nil {
		c.t.Fatal(err)
	}
	return examine(c.t.Context(), c.dir, s)
}

// run serves the app as it would run with these settings.
func (c *clinic) run(plugins ...xmcp.Plugin) {
	c.t.Helper()
	var handler http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	c.t.Cleanup(web.Close)
	c.settings["PORT"] = web.URL[strings.LastIndex(web.URL, ":")+1:]
	r := xmcp.NewRegistry()
	r.Use(func() []xmcp.Plugin { return plugins })
	srv, err := xmcp.New(r, xmcp.Config{Name: "test", BaseURL: web.URL, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := srv.Start(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	handler = srv.Handler()
}

func TestDoctorHealthy(t *testing.T) {
	c := newClinic(t)
	r := c.examine()
	if !r.OK {
		t.Errorf("something is wrong: %+v", r.Findings)
	}
	if r.ServerURL != "http://127.0.0.1:1/mcp" || len(r.Symptoms) != 4 {
		t.Errorf("server URL %q, symptoms %+v", r.ServerURL, r.Symptoms)
	}
	for _, s := range r.Symptoms {
		if s.Found || s.Variable == "" || s.Fix == "" {
			t.Errorf("a healthy app has the answer %+v", s)
		}
	}
}

func TestDoctorFindings(t *testing.T) {
	set := func(name, value string) func(*clinic) { return func(c *clinic) { c.settings[name] = value } }
	answer := func(path string, status int, body string) func(*clinic) {
		return func(c *clinic) {
			c.spoil = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, path) {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
				return true
			}
		}
	}
	clock := func(off time.Duration) func(*clinic) {
		return func(c *clinic) { c.env.MoveClock(off) }
	}
	tests := []struct {
		name     string
		change   func(*clinic)
		check    string
		variable string // that the finding names
		says     string
		explains []string // symptoms whose answer is the finding
	}{
		{"environment missing", set(envEnvironmentURL, ""), "settings", envEnvironmentURL, "is not set", []string{symptomRefused, symptomToken}},
		{"environment in the clear", set(envEnvironmentURL, "http://acme.scalekit.com"), "settings", envEnvironmentURL, "must be https", []string{symptomToken}},
		{"environment with a path", set(envEnvironmentURL, "acme.scalekit.com"), "settings", envEnvironmentURL, "no http or https URL", nil},
		{"wrong environment", set(envEnvironmentURL, "http://127.0.0.1:1"), "metadata", envEnvironmentURL, "does not answer", []string{symptomRefused, symptomToken}},
		{"no environment there", answer("/", 404, `{}`), "metadata", envEnvironmentURL, "not a Scalekit environment", []string{symptomToken}},
		{"environment under another name", answer("/.well-known/oauth", 200, `{"issuer":"https://auth.acme.example"}`), "metadata", envEnvironmentURL, `calls itself "https://auth.acme.example"`, []string{symptomToken}},
		{"resource missing", set(envResourceID, ""), "settings", envResourceID, "is not set", []string{symptomRefused}},
		{"resource malformed", set(envResourceID, "app_1"), "settings", envResourceID, "not an id like res_", []string{symptomRefused}},
		{"wrong resource", set(envResourceID, "res_other"), "metadata", envResourceID, "has no MCP server res_other", []string{symptomRefused}},
		{"differing Server URL", set(envBaseURL, "https://mcp.example.com"), "Server URL", envResourceURL, "the dashboard has http://127.0.0.1:1/mcp, and this server calls itself https://mcp.example.com/mcp", []string{symptomRefused, symptomToken}},
		{"no Server URL", answer("/api/v1/resources/", 200, `{"resource":{"resource_id":"res_dev"}}`), "Server URL", envResourceURL, "none is registered", []string{symptomRefused}},
		{"base URL in the clear", set(envBaseURL, "http://mcp.example.com"), "settings", envBaseURL, "must be https", []string{symptomToken}},
		{"keys down", func(c *clinic) { c.env.KeysDown(true) }, "keys", envEnvironmentURL, "cannot be had", []string{symptomToken}},
		{"no key that fits", answer("/keys", 200, `{"keys":[{"kty":"EC","kid":"a","alg":"ES256"}]}`), "keys", envEnvironmentURL, "no key for RS256", []string{symptomToken}},
		{"clock behind", clock(time.Hour), "clock", "the clock of this machine", "behind the environment's", []string{symptomToken, symptomRefused}},
		{"clock ahead", clock(-2 * time.Minute), "clock", "the clock of this machine", "ahead of the environment's", []string{symptomToken}},
		{"half of the credentials", set(envClientSecret, ""), "settings", envClientID, "go together", nil},
		{"wrong credentials", set(envClientSecret, "wrong"), "credentials", envClientSecret, "refuses them", nil},
		{"no plugin", func(c *clinic) { c.write("src/middleware.go", "package src\n") }, "plugin", "src/middleware.go", "does not use the Scalekit plugin", []string{symptomSession}},
		{"not generated", func(c *clinic) { c.write("src/xmcp_gen.go", "package src\n") }, "plugin", "src/middleware.go", "generated registry", []string{symptomSession}},
		{"standard streams", set("XMCP_STDIO", "true"), "transport", "XMCP_STDIO", "nobody signs in", []string{symptomSession}},
		{"a server that lets everybody in", func(c *clinic) { c.run() }, "server", "src/middleware.go", "lets callers in", []string{symptomSession}},
		{"a server of another environment", func(c *clinic) {
			delete(c.settings, envClientID) // the record in the dashboard differs as well
			delete(c.settings, envClientSecret)
			c.run(scalekit.New(scalekit.Config{EnvironmentURL: "https://other.example", ResourceID: "res_dev"}))
		}, "server", envEnvironmentURL, "sends clients to https://other.example/resources/res_dev", []string{symptomRefused, symptomToken}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClinic(t)
			tt.change(c)
			r := c.examine()
			if r.OK {
				t.Error("nothing is wrong")
			}
			i := slices.IndexFunc(r.Findings, func(f finding) bool { return f.State == stateProblem && f.Check == tt.check })
			if i < 0 {
				t.Fatalf("%s is not found wrong: %+v", tt.check, r.Findings)
			}
			f := r.Findings[i]
			if !strings.Contains(f.Message, tt.says) || !strings.Contains(f.Variable, tt.variable) || f.Fix == "" {
				t.Errorf("finding %+v, want %q naming %s", f, tt.says, tt.variable)
			}
			for _, name := range tt.explains {
				s := r.Symptoms[slices.IndexFunc(r.Symptoms, func(s symptom) bool { return s.Symptom == name })]
				if !s.Found || s.Variable != f.Variable || s.Fix != f.Fix {
					t.Errorf("%s is answered by %+v, want the finding %+v", name, s, f)
				}
			}
		})
	}
}

// How far the clock is off is told as exactly as a date of whole seconds can tell it, in an answer that has taken some time.
func TestDoctorMeasuresTheClock(t *testing.T) {
	for off, direction := range map[time.Duration]string{time.Hour: "behind", -2 * time.Minute: "ahead of"} {
		c := newClinic(t)
		c.env.MoveClock(off)
		begin := time.Now()
		r := c.examine()
		took := time.Since(begin)
		i := slices.IndexFunc(r.Findings, func(f finding) bool { return f.Check == "clock" })
		if i < 0 {
			t.Fatalf("the clock is not looked at: %+v", r.Findings)
		}
		told, after, _ := strings.Cut(strings.TrimPrefix(r.Findings[i].Message, "this machine's clock is "), " ")
		got, err := time.ParseDuration(told)
		if err != nil || !strings.HasPrefix(after, direction+" ") || (got-off.Abs()).Abs() > time.Second+took {
			t.Errorf("a clock that is off by %v: %q (%v)", off, r.Findings[i].Message, err)
		}
	}
}

func TestDoctorAsksTheRunningServer(t *testing.T) {
	c := newClinic(t)
	c.run(scalekit.New(scalekit.Config{EnvironmentURL: c.settings[envEnvironmentURL], ResourceID: "res_dev"}))
	r := c.examine()
	if i := slices.IndexFunc(r.Findings, func(f finding) bool { return f.Check == "server" }); i < 0 || r.Findings[i].State != stateOK {
		t.Errorf("findings %+v", r.Findings)
	}
}

// What cannot be seen from here is answered all the same: no sign-in method is enabled.
func TestDoctorAnswersWhatItCannotSee(t *testing.T) {
	c := newClinic(t)
	c.env.NoSignInMethod(true)
	r := c.examine()
	for _, s := range r.Symptoms {
		if s.Symptom == symptomScreen && strings.Contains(s.Fix, "enable an authentication method") {
			return
		}
	}
	t.Errorf("symptoms %+v", r.Symptoms)
}

func TestDoctorReport(t *testing.T) {
	c := newClinic(t)
	c.settings[envResourceID] = "res_other"
	r := c.examine()
	var out bytes.Buffer
	if err := r.write(terminal.New(strings.NewReader(""), &out, &out)); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{c.settings[envClientSecret]} {
		if strings.Contains(out.String(), secret) || bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the report shows %s:\n%s", secret, &out)
		}
	}
	for _, text := range []string{"problem metadata: ", "SCALEKIT_RESOURCE_ID, SCALEKIT_ENVIRONMENT_URL: one of the two is of another environment: copy the id", "The Server URL to register in the dashboard: http://127.0.0.1:1/mcp", `  "Session not initialized"`} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("the report does not say %q:\n%s", text, &out)
		}
	}
}

func TestDotenv(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"HOST": "localhost", "EMPTY": ""}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	write("HOST=ignored\nPORT=8080\nEMPTY=ignored\nBASE_URL='https://x.example/'\n")
	s, err := readSettings(dir, lookup)
	if err != nil {
		t.Fatal(err)
	}
	if s.addr() != "localhost:8080" || s.get("EMPTY") != "" || s.serverURL(s.addr()) != "https://x.example/mcp" {
		t.Errorf("address %s, EMPTY %q, server %s", s.addr(), s.get("EMPTY"), s.serverURL(s.addr()))
	}
	write("SECRET hunter2\n")
	if _, err := readSettings(dir, lookup); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a malformed file: %v", err)
	}
	write(strings.Repeat("#", maxDotenv+1))
	if _, err := readSettings(dir, lookup); err == nil {
		t.Error("a huge file is read")
	}
}
