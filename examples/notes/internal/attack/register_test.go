package attack

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

// What to register in the dashboard is said by the settings and by the server, exactly as clients will name it.
func TestServerURL(t *testing.T) {
	resource := func(a *app) string {
		res, err := http.Get(a.url + "/.well-known/oauth-protected-resource/mcp")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var m struct{ Resource string }
		if err := json.NewDecoder(res.Body).Decode(&m); err != nil {
			t.Fatal(err)
		}
		return m.Resource
	}
	t.Run("by default", func(t *testing.T) {
		a := start(t, newEnvironment(t))
		log := a.log.take()
		if !strings.Contains(log, "register the resource as its Server URL") || !strings.Contains(log, " resource="+a.url+"/mcp ") || !strings.Contains(log, "SCALEKIT_RESOURCE_URL") {
			t.Errorf("the log does not say what to register: %s", log)
		}
		if got := resource(a); got != a.url+"/mcp" {
			t.Errorf("clients are told %s", got)
		}
	})
	t.Run("by SCALEKIT_RESOURCE_URL", func(t *testing.T) {
		e := newEnvironment(t)
		e.serverURL = "https://notes.example.com/mcp"
		a := start(t, e)
		if log := a.log.take(); !strings.Contains(log, " resource=https://notes.example.com/mcp ") {
			t.Errorf("the log says another Server URL: %s", log)
		}
		res, err := http.Get(a.url + "/.well-known/oauth-protected-resource")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var m struct{ Resource string }
		if err := json.NewDecoder(res.Body).Decode(&m); err != nil || m.Resource != "https://notes.example.com/mcp" {
			t.Errorf("clients are told %s (%v)", m.Resource, err)
		}
		eras(t, func(t *testing.T, era string) {
			want := `Bearer resource_metadata="https://notes.example.com/.well-known/oauth-protected-resource/mcp"`
			if got := a.send(t, era, greeting).header.Get("WWW-Authenticate"); got != want {
				t.Errorf("challenge %s", got)
			}
			a.expectText(t, a.send(t, era, greeting, bearing(e.alice(t, nil))), "Hello")
		})
	})
	t.Run("in .env.example", func(t *testing.T) {
		raw, err := os.ReadFile("../../.env.example")
		if err != nil {
			t.Fatal(err)
		}
		base := regexp.MustCompile(`(?m)^BASE_URL=(.+)$`).FindSubmatch(raw)
		if base == nil || !strings.Contains(string(raw), "# "+string(base[1])+"/mcp\n") || !strings.Contains(string(raw), "\n#SCALEKIT_RESOURCE_URL=\n") {
			t.Errorf("the Server URL to register is not in it:\n%s", raw)
		}
	})
}
