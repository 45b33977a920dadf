package attack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/src"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/prompts"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/resources"
	"github.com/xmcpgo/xmcpgo/examples/notes/src/tools"
)

func TestConfigurationThatCannotWork(t *testing.T) {
	good := map[string]string{"SCALEKIT_ENVIRONMENT_URL": "https://acme.scalekit.com", "SCALEKIT_RESOURCE_ID": "res_1", "SCALEKIT_RESOURCE_URL": "",
		"SCALEKIT_CLIENT_ID": "", "SCALEKIT_CLIENT_SECRET": "", "BASE_URL": ""}
	for i, tt := range []struct{ variable, value, want string }{
		{"SCALEKIT_ENVIRONMENT_URL", "", "SCALEKIT_ENVIRONMENT_URL is not set"},
		{"SCALEKIT_ENVIRONMENT_URL", "http://acme.scalekit.com", `SCALEKIT_ENVIRONMENT_URL "http://acme.scalekit.com" must be https`},
		{"SCALEKIT_ENVIRONMENT_URL", "acme.scalekit.com", `SCALEKIT_ENVIRONMENT_URL "acme.scalekit.com" is not an absolute`},
		{"SCALEKIT_ENVIRONMENT_URL", "https://user:hunter2@acme.scalekit.com", "SCALEKIT_ENVIRONMENT_URL must have no user"},
		{"SCALEKIT_ENVIRONMENT_URL", "https://acme.scalekit.com?x=1", "SCALEKIT_ENVIRONMENT_URL must have no user, query or fragment"},
		{"SCALEKIT_RESOURCE_ID", "", "SCALEKIT_RESOURCE_ID is not set"},
		{"SCALEKIT_RESOURCE_ID", "app_1", `SCALEKIT_RESOURCE_ID "app_1" is not an id`},
		{"SCALEKIT_RESOURCE_ID", "res_1/../res_2", `SCALEKIT_RESOURCE_ID "res_1/../res_2" is not an id`},
		{"SCALEKIT_RESOURCE_URL", "mcp.example.com", `SCALEKIT_RESOURCE_URL "mcp.example.com" is not an absolute`},
		{"SCALEKIT_RESOURCE_URL", "http://mcp.example.com/mcp", "SCALEKIT_RESOURCE_URL \"http://mcp.example.com/mcp\" must be https"},
		{"SCALEKIT_CLIENT_ID", "skc_1", "SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET go together"},
		{"SCALEKIT_CLIENT_SECRET", "hunter2", "SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET go together"},
		{"BASE_URL", "http://mcp.example.com", "BASE_URL \"http://mcp.example.com\" must be https"},
	} {
		t.Run(fmt.Sprintf("row 42: %s, value %d", tt.variable, i), func(t *testing.T) {
			for name, value := range good {
				t.Setenv(name, value)
			}
			t.Setenv(tt.variable, tt.value)
			_, err := xmcp.New(src.Registry(&prompts.Notes{}, &resources.Notes{}, &tools.Notes{}), xmcp.Config{Name: "notes"})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("row 42: several mistakes at once", func(t *testing.T) {
		for name := range good {
			t.Setenv(name, "x")
		}
		t.Setenv("BASE_URL", "")
		t.Setenv("SCALEKIT_CLIENT_SECRET", "")
		_, err := xmcp.New(src.Registry(&prompts.Notes{}, &resources.Notes{}, &tools.Notes{}), xmcp.Config{Name: "notes"})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Fatalf("got %v", err)
		}
		for _, name := range []string{"SCALEKIT_ENVIRONMENT_URL", "SCALEKIT_RESOURCE_ID", "SCALEKIT_RESOURCE_URL", "SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET"} {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%s is not named in %v", name, err)
			}
		}
	})
	for name, cfg := range map[string]scalekit.Config{
		"several":          {Scopes: []string{"offline_access", "several scopes"}, Leeway: 1 << 60, MaxTokenBytes: -1},
		"offline_access":   {Scopes: []string{"offline_access"}},
		`scope "a\" b=\""`: {RequiredScopes: []string{`a" b="`}},
		"leeway":           {Leeway: 1 << 60},
		"BaseURL":          {BaseURL: "https://mcp.example.com\r\nX: y"},
		"Resource":         {Resource: "https://mcp.example.com/mcp#x"},
	} {
		t.Run("row 42: in code, "+name, func(t *testing.T) {
			cfg.EnvironmentURL, cfg.ResourceID = "https://acme.scalekit.com", "res_1"
			r := xmcp.NewRegistry()
			r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{scalekit.New(cfg)} })
			if _, err := xmcp.New(r, xmcp.Config{}); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConfigurationThatIsHostile(t *testing.T) {
	e := newEnvironment(t)
	a := startWith(t, e, func(url string) xmcp.Plugin {
		return scalekit.New(scalekit.Config{EnvironmentURL: e.url, ResourceID: "res_dev", BaseURL: url,
			Resource: url + "/mcp\", error=\"x", ResourceName: "Notes\"\r\nSet-Cookie: a=b\r\n\r\n<script>", RequiredScopes: []string{"a,b=c'd"}})
	})
	t.Run("row 35: names that would be headers", func(t *testing.T) {
		eras(t, func(t *testing.T, era string) {
			got := a.send(t, era, greeting)
			want := `Bearer scope="a,b=c'd", resource_metadata="` + a.url + `/.well-known/oauth-protected-resource/mcp%22,%20error=%22x"`
			if got.status != 401 || len(got.header["Www-Authenticate"]) != 1 || got.header.Get("WWW-Authenticate") != want || got.header.Get("Set-Cookie") != "" {
				t.Errorf("got %+v\nwant %s", got, want)
			}
		})
		res, err := http.Get(a.url + "/.well-known/oauth-protected-resource")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var m struct {
			Name string `json:"resource_name"`
		}
		if err := json.NewDecoder(res.Body).Decode(&m); err != nil || m.Name != "Notes\"\r\nSet-Cookie: a=b\r\n\r\n<script>" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q %v", m.Name, err)
		}
	})
}
