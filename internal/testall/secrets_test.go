package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestFindSecrets(t *testing.T) {
	token := "eyJhbGciOiJSUzI1NiJ9" + "." + "eyJzdWIiOiJhbGljZSJ9" + ".c2lnbmF0dXJl"
	for _, tt := range []struct{ name, line, want string }{
		{"token", "level=INFO msg=x token=" + token, "a token is in line 1"},
		{"token without its signature", "level=INFO msg=x token=" + token[:41], "a token"},
		{"token in JSON", `{"msg":"x","header":"Bearer ` + token + `"}`, "a token"},
		{"refresh token", "rft_" + strings.Repeat("A", 26), "a refresh token"},
		{"client secret", "secret is dev-secret", "a client secret"},
		{"key of somebody", "Authorization: Bearer " + strings.Repeat("k", 32), "credentials in a header"},
		{"token reply", `{"access_token":"opaque-token"}`, "a secret in JSON"},
		{"token reply, quoted", `body="{\"refresh_token\": \"opaque-token\"}"`, "a secret in JSON"},
		{"redirect", "GET /callback?state=x&code=ABCDEFGHIJ", "a secret in a query"},
		{"password", "open postgres://notes:hunter2@localhost/notes: refused", "a password in a URL"},
		{"settings of the stand-in", "  SCALEKIT_CLIENT_SECRET=dev-secret", ""},
		{"challenge", `Bearer error="invalid_token", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"`, ""},
		{"parts of a claim", `reason="aud=[\"https://mcp.example.com/mcp\"], want res_1"`, ""},
		{"hidden password", "BASE_URL=\"://…@host\"", ""},
		{"status code", "?code=401", ""},
		{"nothing", "ok", ""},
	} {
		got := strings.Join(findSecrets(tt.line), "; ")
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q", tt.name, got)
		}
		for _, secret := range []string{token[:20], "dev-secret", "hunter2", "opaque-token", "ABCDEFGHIJ", "kkkk", "AAAA"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: the secret is repeated", tt.name)
			}
		}
	}
}

// A test that passes, and one whose program writes the token, fail the run.
func TestSecretFailsTheRun(t *testing.T) {
	const files = `
-- go.mod --
module example.com/a
-- a_test.go --
package a

import (
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const token = "eyJhbGciOiJSUzI1NiJ9" + "." + "eyJzdWIiOiJhbGljZSJ9"

func TestLog(t *testing.T)    { t.Log(token) }
func TestFail(t *testing.T)   { t.Error(token) }
func TestServer(t *testing.T) { slog.Info("request", "token", token) }
func TestSub(t *testing.T) {
	t.Run("long", func(t *testing.T) { t.Log(strings.Repeat("x", 20000), token) })
}
func TestProgram(t *testing.T) {
	cmd := exec.Command("echo", token)
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
}
func TestQuiet(t *testing.T) { t.Log("nothing to see") }
-- b/b_test.go --
package b

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	os.Stdout.WriteString("eyJhbGciOiJSUzI1NiJ9" + "." + "eyJzdWIiOiJhbGljZSJ9\n")
	os.Exit(m.Run())
}
func TestB(t *testing.T) {}
`
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(files)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), nil, &stdout, &stderr); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	out := stdout.String()
	for _, name := range []string{"TestLog", "TestServer", "TestSub/long", "TestProgram"} {
		if !strings.Contains(out, "\n    example.com/a "+name+"\n") {
			t.Errorf("%s has passed", name)
		}
	}
	if !strings.Contains(out, "\n    example.com/a/b\n") || !strings.HasSuffix(out, "\n3 passed, 7 failed\n") || strings.Contains(out, "eyJ") || strings.Contains(stderr.String(), "eyJ") {
		t.Errorf("%s", hideSecrets(out))
	}
}
