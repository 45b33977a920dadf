package signin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	mcpgo "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
)

// TestMCPGo: mcp-go's client finds its way from the 401 on, registers itself and signs in.
func TestMCPGo(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	p := protected.Open(t, nil)
	answers := make(chan url.Values, 1)
	web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			answers <- r.URL.Query()
		}
	}))
	t.Cleanup(web.Close)
	c, err := mcpgo.NewOAuthStreamableHttpClient(p.Endpoint, mcpgo.OAuthConfig{
		RedirectURI: web.URL + "/callback", Scopes: []string{"notes:read"}, TokenStore: mcpgo.NewMemoryTokenStore(), PKCEEnabled: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var hello mcp.InitializeRequest
	hello.Params.ProtocolVersion, hello.Params.ClientInfo = "2025-11-25", mcp.Implementation{Name: "mcp-go", Version: "1"}
	_, err = c.Initialize(t.Context(), hello)
	if !mcpgo.IsOAuthAuthorizationRequiredError(err) {
		t.Fatalf("before signing in: %v", err)
	}
	handler := mcpgo.GetOAuthHandler(err)
	verifier, err := mcpgo.GenerateCodeVerifier()
	if err != nil {
		t.Fatal(err)
	}
	state, err := mcpgo.GenerateState()
	if err != nil {
		t.Fatal(err)
	}
	if err := handler.RegisterClient(t.Context(), "mcp-go"); err != nil {
		t.Fatal(err)
	}
	page, err := handler.GetAuthorizationURL(t.Context(), state, mcpgo.GenerateCodeChallenge(verifier))
	if err != nil {
		t.Fatal(err)
	}
	b.Story(t, "testdata/person.mjs", page, browser.Env{"person": "usr_alice@org_acme"})
	select {
	case q := <-answers:
		err = handler.ProcessAuthorizationResponse(t.Context(), q.Get("code"), q.Get("state"), verifier)
	case <-time.After(patience):
		t.Fatal("the client hears nothing")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Initialize(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	var call mcp.CallToolRequest
	call.Params.Name = "whoami"
	result, err := c.CallTool(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	if said, err := json.Marshal(result); err != nil || !strings.Contains(string(said), `"user":"usr_alice"`) {
		t.Errorf("whoami: %s %v", said, err)
	}
	p.Heard(t, "usr_alice@org_acme", "dcr_")
}
