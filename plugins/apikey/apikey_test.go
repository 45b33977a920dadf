package apikey_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/plugins/apikey"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

const (
	annKey = "ann-key-0123456789abcdef"
	bobKey = "bob-key-0123456789abcdef"
)

func config() apikey.Config {
	sum := sha256.Sum256([]byte(bobKey))
	return apikey.Config{Keys: map[string]apikey.Key{
		"ann": {Secret: annKey, Organization: "acme", Scopes: []string{"notes"}, Permissions: []string{"notes:write"}},
		"bob": {Secret: apikey.Secret("sha256:" + hex.EncodeToString(sum[:]))},
	}}
}

func TestConformance(t *testing.T) {
	xmcptest.TestPlugin(t, func() xmcp.Plugin { return apikey.New(config()) },
		xmcptest.SignedIn(http.Header{"Authorization": {"Bearer " + annKey}}))
}

func TestConformanceFromEnv(t *testing.T) {
	t.Setenv(apikey.EnvKeys, "ann:"+annKey)
	xmcptest.TestPlugin(t, apikey.FromEnv, xmcptest.SignedIn(http.Header{"X-Api-Key": {annKey}}))
}

// serve runs a server whose tools tell who calls, and whose log is returned.
func serve(t *testing.T, p xmcp.Plugin) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	r := xmcp.NewRegistry()
	whoami := xmcp.HandleToolNoInput(func(ctx context.Context) (*xmcp.Principal, error) { return xmcp.GetPrincipal(ctx), nil })
	for name, meta := range map[string]xmcp.ToolMetadata{"whoami": {}, "scoped": {Scopes: []string{"notes"}}} {
		r.AddTool(xmcp.ToolItem{Name: name, Description: "Tells who calls.", Metadata: meta, InputSchema: `{"type":"object","additionalProperties":false}`, Handler: whoami})
	}
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{p} })
	var log bytes.Buffer
	srv, err := xmcp.New(r, xmcp.Config{Name: "test", Logger: slog.New(slog.NewTextHandler(io.MultiWriter(&log, os.Stderr), nil))})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(overhear.Handler(t, "/mcp", srv.Handler()))
	t.Cleanup(web.Close)
	return web, &log
}

func call(t *testing.T, web *httptest.Server, tool string, h http.Header) (int, http.Header, string) {
	t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`, tool)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = h.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	for name, v := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool} {
		req.Header.Set(name, v)
	}
	res, err := web.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out bytes.Buffer
	if _, err := out.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, out.String()
}

func TestRequests(t *testing.T) {
	web, log := serve(t, apikey.New(config()))
	const unknown, malformed, scope = `Bearer realm="mcp", error="invalid_token", error_description="The key is not known"`,
		`Bearer realm="mcp", error="invalid_request", error_description="The request is malformed"`,
		`Bearer realm="mcp", error="insufficient_scope", error_description="The key lacks a scope"`
	tests := []struct {
		name, tool string
		header     http.Header
		status     int
		challenge  string
		subject    string
	}{
		{"bearer", "whoami", http.Header{"Authorization": {"Bearer " + annKey}}, 200, "", "ann"},
		{"scheme in capitals, spaces", "whoami", http.Header{"Authorization": {"BEARER   " + annKey + " "}}, 200, "", "ann"},
		{"own header", "whoami", http.Header{"X-Api-Key": {annKey}}, 200, "", "ann"},
		{"by hash", "whoami", http.Header{"X-Api-Key": {bobKey}}, 200, "", "bob"},
		{"both headers, one key", "whoami", http.Header{"X-Api-Key": {bobKey}, "Authorization": {"Bearer " + bobKey}}, 200, "", "bob"},
		{"credentials of a proxy beside the key", "whoami", http.Header{"X-Api-Key": {bobKey}, "Authorization": {"Basic eDp5"}}, 200, "", "bob"},
		{"scope", "scoped", http.Header{"X-Api-Key": {annKey}}, 200, "", "ann"},
		{"none", "whoami", nil, 401, `Bearer realm="mcp"`, ""},
		{"another scheme", "whoami", http.Header{"Authorization": {"Basic eDp5"}}, 401, `Bearer realm="mcp"`, ""},
		{"unknown", "whoami", http.Header{"X-Api-Key": {"eve-key-0123456789abcdef"}}, 401, unknown, ""},
		{"beginning of a key", "whoami", http.Header{"X-Api-Key": {annKey[:20]}}, 401, unknown, ""},
		{"the hash is not the key", "whoami", http.Header{"X-Api-Key": {string(config().Keys["bob"].Secret)}}, 401, unknown, ""},
		{"too long", "whoami", http.Header{"X-Api-Key": {strings.Repeat("k", apikey.MaxKeyLength+1)}}, 401, unknown, ""},
		{"empty", "whoami", http.Header{"X-Api-Key": {""}}, 400, malformed, ""},
		{"empty bearer", "whoami", http.Header{"Authorization": {"Bearer"}}, 400, malformed, ""},
		{"space inside", "whoami", http.Header{"Authorization": {"Bearer a b"}}, 400, malformed, ""},
		{"twice", "whoami", http.Header{"X-Api-Key": {annKey, annKey}}, 400, malformed, ""},
		{"two keys", "whoami", http.Header{"X-Api-Key": {annKey}, "Authorization": {"Bearer " + bobKey}}, 400, malformed, ""},
		{"missing scope", "scoped", http.Header{"X-Api-Key": {bobKey}}, 403, scope, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, header, body := call(t, web, tt.tool, tt.header)
			if status != tt.status || header.Get("Www-Authenticate") != tt.challenge {
				t.Errorf("status %d, challenge %q; want %d, %q\n%s", status, header.Get("Www-Authenticate"), tt.status, tt.challenge, body)
			}
			if status != 200 {
				var refusal struct{ Error string }
				if err := json.Unmarshal([]byte(body), &refusal); err != nil || refusal.Error == "" || header.Get("Cache-Control") != "no-store" {
					t.Errorf("the refusal is %s (%v), Cache-Control %q", body, err, header.Get("Cache-Control"))
				}
				return
			}
			if !strings.Contains(body, `"Subject":"`+tt.subject+`"`) {
				t.Errorf("the caller is not %s: %s", tt.subject, body)
			}
		})
	}
	for _, secret := range []string{annKey, bobKey, "eve-key"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has the key %s:\n%s", secret, log)
		}
	}
	if !strings.Contains(log.String(), "the key is not known") {
		t.Errorf("the log does not say why requests were refused:\n%s", log)
	}
}

func TestPrincipal(t *testing.T) {
	web, _ := serve(t, apikey.New(config()))
	_, _, body := call(t, web, "whoami", http.Header{"X-Api-Key": {annKey}})
	var reply struct {
		Result struct{ StructuredContent xmcp.Principal }
	}
	if err := json.Unmarshal([]byte(body), &reply); err != nil {
		t.Fatal(err)
	}
	want := xmcp.Principal{Subject: "ann", Organization: "acme", Scopes: []string{"notes"}, Permissions: []string{"notes:write"}}
	if diff := cmp.Diff(want, reply.Result.StructuredContent); diff != "" {
		t.Errorf("principal (-want +got):\n%s", diff)
	}
}

func TestBadConfiguration(t *testing.T) {
	long := strings.Repeat("k", 30)
	tests := []struct {
		name, env string
		says      []string
	}{
		{"absent", "", []string{"API_KEYS is not set"}},
		{"only commas", " , ,", []string{"API_KEYS is not set"}},
		{"no name", long, []string{"API_KEYS: entry 1 is not of the form NAME:KEY"}},
		{"empty name", ":" + long, []string{`name "" must have`}},
		{"short", "ci:abc", []string{"the key of ci has fewer than 20 characters", "openssl rand"}},
		{"too long", "ci:" + strings.Repeat("k", 1025), []string{"the key of ci has more than 1024"}},
		{"a space inside", "ci:" + long + " " + long, []string{"the key of ci has characters"}},
		{"bad hash", "ci:sha256:12", []string{"the key of ci is no SHA-256 hash"}},
		{"one name twice", "ci:" + long + ",ci:" + long, []string{"entry 2 has the name of an earlier one"}},
		{"one key twice", "a:" + long + ",b:" + long, []string{"a and b have the same key"}},
		{"all at once", "a:short,b:sha256:zz", []string{"the key of a", "the key of b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(apikey.EnvKeys, tt.env)
			r := xmcp.NewRegistry()
			r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{apikey.FromEnv()} })
			_, err := xmcp.New(r, xmcp.Config{Name: "test"})
			if err == nil {
				t.Fatal("the server starts")
			}
			for _, s := range append(tt.says, "apikey") {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
			if strings.Contains(err.Error(), long) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

func TestSecretsAreUnprintable(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", config(), "secret", apikey.Secret(annKey))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		for _, v := range []any{config(), apikey.Secret(annKey), []apikey.Secret{annKey}} {
			fmt.Fprintf(&log, verb, v)
		}
	}
	if strings.Contains(log.String(), annKey) || strings.Contains(log.String(), hex.EncodeToString([]byte(annKey))) {
		t.Errorf("a key is printed: %s", &log)
	}
}

func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"Bearer " + annKey, "bearer", "Basic x", "", "Bearer a b", annKey} {
		f.Add(s, s)
	}
	r := xmcp.NewRegistry()
	grab := xmcp.PluginFunc("grab", func(h *xmcp.Host) error { return apikey.New(config()).Setup(h) })
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{grab} })
	srv, err := xmcp.New(r, xmcp.Config{Name: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, authorization, key string) {
		req := httptest.NewRequest(http.MethodPost, "http://localhost/mcp", strings.NewReader("{}"))
		req.Header["Authorization"], req.Header["X-Api-Key"] = []string{authorization}, []string{key}
		rec := httptest.NewRecorder()
		srv.Handler().ServeHTTP(rec, req)
		good := strings.Contains(authorization+" "+key, annKey) || strings.Contains(authorization+" "+key, bobKey)
		if rec.Code != 400 && rec.Code != 401 && !good {
			t.Errorf("%q %q is answered with %d", authorization, key, rec.Code)
		}
	})
}
