package gosdk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/protected"
	"github.com/xmcpgo/xmcpgo/test/internal/tour"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestSignIn: the SDK's authorization client signs in, known in each of the three ways, in both eras. A tool that needs a scope
// that nobody was asked for makes it ask for that one, too.
func TestSignIn(t *testing.T) {
	b := browser.Start(t)
	const document = "https://client.example.com/client.json"
	for name, way := range map[string]struct {
		change func(*scalekitdev.Config)
		known  func(*auth.AuthorizationCodeHandlerConfig)
		client string
	}{
		"registers itself": {
			nil,
			func(c *auth.AuthorizationCodeHandlerConfig) {
				c.DynamicClientRegistrationConfig = &auth.DynamicClientRegistrationConfig{Metadata: &oauthex.ClientRegistrationMetadata{
					ClientName: "Go SDK", RedirectURIs: []string{c.RedirectURL}, GrantTypes: []string{"authorization_code", "refresh_token"},
				}}
			},
			"dcr_",
		},
		"by a document": {
			protected.Published(t, document, "Go SDK", "http://127.0.0.1/callback"),
			func(c *auth.AuthorizationCodeHandlerConfig) {
				c.ClientIDMetadataDocumentConfig = &auth.ClientIDMetadataDocumentConfig{URL: document}
			},
			document,
		},
		"known before": {
			nil,
			func(c *auth.AuthorizationCodeHandlerConfig) {
				c.PreregisteredClient = &oauthex.ClientCredentials{ClientID: "gosdk", ClientSecretAuth: &oauthex.ClientSecretAuth{ClientSecret: "hush + hush"}}
			},
			"gosdk",
		},
	} {
		for _, era := range []string{tour.Legacy, tour.Modern} {
			t.Run(name+"/"+era, func(t *testing.T) {
				t.Parallel()
				p := protected.Open(t, way.change)
				config := signInBy(t, b, "usr_alice@org_globex")
				way.known(config)
				p.Env.RegisterClient("gosdk", "hush + hush", "Go SDK", config.RedirectURL)
				handler := newHandler(t, config)
				session, err := connectSigned(t, p, handler, era)
				if err != nil {
					t.Fatal(err)
				}
				check := func(tool string, scopes ...string) error {
					who, err := callTool(t, session, tool)
					if err != nil {
						return err
					}
					if who.User != "usr_alice" || who.Organization != "org_globex" || !strings.HasPrefix(who.Client, way.client) {
						t.Errorf("%s: %+v", tool, who)
					}
					for _, scope := range scopes {
						if !slices.Contains(who.Scopes, scope) {
							t.Errorf("%s: %s was not granted: %v", tool, scope, who.Scopes)
						}
					}
					return nil
				}
				if err := check("whoami", "notes:read"); err != nil {
					t.Error(err)
				}
				err = check("write", "notes:read", "notes:write")
				if way.client == "dcr_" && era == tour.Legacy {
					// To ask for more, this SDK registers as another client, and a session is the client's that has begun it. It has the
					// new token, and the call succeeds in a new session.
					if !errors.Is(err, mcp.ErrSessionMissing) {
						t.Errorf("in the session of another client: %v", err)
					}
					if session, err = connectSigned(t, p, handler, era); err == nil {
						err = check("write", "notes:read", "notes:write")
					}
				}
				if err != nil {
					t.Error(err)
				}
				p.Heard(t, "usr_alice@org_globex", way.client)
			})
		}
	}
}

// TestSignInDenied: the client is told that the person has said no, and gets nowhere.
func TestSignInDenied(t *testing.T) {
	t.Parallel()
	p := protected.Open(t, nil)
	config := signInBy(t, browser.Start(t), "deny")
	config.PreregisteredClient = &oauthex.ClientCredentials{ClientID: "gosdk"}
	p.Env.RegisterClient("gosdk", "", "Go SDK", config.RedirectURL)
	if _, err := connectSigned(t, p, newHandler(t, config), tour.Modern); err == nil || !strings.Contains(err.Error(), "access_denied") {
		t.Errorf("got %v", err)
	}
	p.Quiet(t)
}

// signInBy is a client whose person signs in in a browser.
func signInBy(t *testing.T, b *browser.Browser, person string) *auth.AuthorizationCodeHandlerConfig {
	t.Helper()
	answers := make(chan url.Values, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/callback", func(_ http.ResponseWriter, r *http.Request) { answers <- r.URL.Query() })
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return &auth.AuthorizationCodeHandlerConfig{
		RedirectURL: web.URL + "/callback", RequestRefreshToken: true,
		AuthorizationCodeFetcher: func(ctx context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			b.Story(t, filepath.Join("..", "signin", "testdata", "person.mjs"), args.URL, browser.Env{"person": person})
			select {
			case q := <-answers:
				if q.Has("error") {
					return nil, errors.New(q.Get("error"))
				}
				return &auth.AuthorizationResult{Code: q.Get("code"), State: q.Get("state"), Iss: q.Get("iss")}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}
}

func newHandler(t *testing.T, config *auth.AuthorizationCodeHandlerConfig) auth.OAuthHandler {
	t.Helper()
	handler, err := auth.NewAuthorizationCodeHandler(config)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func connectSigned(t *testing.T, p *protected.Place, handler auth.OAuthHandler, era string) (*mcp.ClientSession, error) {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "signs-in", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{Endpoint: p.Endpoint, OAuthHandler: handler}, &mcp.ClientSessionOptions{ProtocolVersion: era})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = session.Close() })
	return session, nil
}

func callTool(t *testing.T, session *mcp.ClientSession, tool string) (protected.Caller, error) {
	t.Helper()
	var who protected.Caller
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool})
	if err != nil {
		return who, err
	}
	data, err := json.Marshal(result.StructuredContent)
	if err != nil {
		return who, err
	}
	return who, json.Unmarshal(data, &who)
}
