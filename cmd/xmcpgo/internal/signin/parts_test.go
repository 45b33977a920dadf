package signin

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadChallenge(t *testing.T) {
	tests := []struct {
		values []string
		want   challenge
		found  bool
	}{
		{nil, challenge{}, false},
		{[]string{""}, challenge{}, false},
		{[]string{"Bearer"}, challenge{}, true},
		{[]string{`bearer resource_metadata="https://x/y"`}, challenge{metadata: "https://x/y"}, true},
		{[]string{`Bearer error="invalid_token", error_description="The \"token\", expired", scope="a b", resource_metadata="https://x"`}, challenge{"https://x", "a b", "invalid_token"}, true},
		{[]string{`Bearer error=insufficient_scope,scope="a"`}, challenge{"", "a", "insufficient_scope"}, true},
		{[]string{`Basic realm="Bearer scope=x"`}, challenge{}, false},
		{[]string{`Basic realm="x"`, `Bearer scope="a"`}, challenge{scope: "a"}, true},
		{[]string{`Basic realm="x", charset="UTF-8", Bearer scope="a", Digest realm="y", scope="z"`}, challenge{scope: "a"}, true},
		{[]string{`Bearer scope="unterminated`}, challenge{}, true},
		{[]string{`"Bearer"`}, challenge{}, false},
		{[]string{`Bearer scope = "a"`}, challenge{scope: "a"}, true},
	}
	for _, tt := range tests {
		got, found := readChallenge(tt.values)
		if got != tt.want || found != tt.found {
			t.Errorf("%q is read as %+v, %v; want %+v, %v", tt.values, got, found, tt.want, tt.found)
		}
	}
}

func FuzzReadChallenge(f *testing.F) {
	for _, s := range []string{`Bearer a="b"`, `Basic x, Bearer`, `Bearer scope="\`, `=,=",`, "Bearer \x00="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, found := readChallenge([]string{s})
		if !found && c != (challenge{}) {
			t.Errorf("%q: nothing was found, yet %+v", s, c)
		}
		if len(c.metadata)+len(c.scope)+len(c.code) > len(s) {
			t.Errorf("%q: more was read than is there: %+v", s, c)
		}
	})
}

func TestCovers(t *testing.T) {
	tests := []struct {
		resource, server string
		want             bool
	}{
		{"https://a.example/mcp", "https://a.example/mcp", true},
		{"https://a.example", "https://a.example/mcp", true},
		{"https://a.example/", "https://a.example/mcp", true},
		{"https://A.example/mcp", "https://a.example/mcp", true},
		{"https://a.example/mcp/", "https://a.example/mcp", true},
		{"https://a.example/m", "https://a.example/mcp", false},
		{"https://a.example/mcp/x", "https://a.example/mcp", false},
		{"http://a.example/mcp", "https://a.example/mcp", false},
		{"https://a.example:8443/mcp", "https://a.example/mcp", false},
		{"https://a.example.evil/mcp", "https://a.example/mcp", false},
		{"https://a.example@evil/mcp", "https://evil/mcp", false},
		{"https://a.example/mcp?x=1", "https://a.example/mcp", false},
		{"", "https://a.example/mcp", false},
	}
	for _, tt := range tests {
		if got := covers(tt.resource, tt.server); got != tt.want {
			t.Errorf("%q covers %q: %v, want %v", tt.resource, tt.server, got, tt.want)
		}
	}
}

func TestScopes(t *testing.T) {
	p := &protected{Scopes: []string{"x", "y"}}
	offline := &authServer{Scopes: []string{"offline_access"}}
	tests := []struct {
		name, challenge, granted string
		as                       *authServer
		want                     string
	}{
		{"what the server advertises", "", "", &authServer{}, "x y"},
		{"what the challenge names comes first", "b a", "", &authServer{}, "a b"},
		{"what was granted stays", "b", "a b", &authServer{}, "a b"},
		{"a refresh token is asked for where it must be", "b", "", offline, "b offline_access"},
	}
	for _, tt := range tests {
		if got := scopes(tt.challenge, tt.granted, p, tt.as); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := scopes("", "", &protected{}, offline); got != "" {
		t.Errorf("nothing is known, and %q is asked for", got)
	}
}

func TestStoreKeepsServersApart(t *testing.T) {
	s := &Store{Dir: filepath.Join(t.TempDir(), "made", "when needed")}
	want := map[string]*grant{}
	for _, server := range []string{"https://a.example/mcp", "https://a.example/mcp2"} {
		want[server] = &grant{Server: server, AccessToken: "token of " + server, Client: client{ID: "c"}}
		if err := s.save(want[server]); err != nil {
			t.Fatal(err)
		}
	}
	for server, g := range want {
		got, err := s.load(server)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", server, diff)
		}
	}
	if g, err := s.load("https://b.example/mcp"); g != nil || err != nil {
		t.Errorf("an unknown server has %v (%v)", g, err)
	}
	if ok, err := s.Forget("https://b.example/mcp"); ok || err != nil {
		t.Errorf("an unknown server is forgotten: %v, %v", ok, err)
	}
	if info, err := os.Stat(s.Dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}

func TestOpenBrowser(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // the programs here are scripts of a Unix shell
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := filepath.Join(dir, "browser")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$@\" > "+out+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	const page = "https://login.example/authorize?a=1&b=$(date)"
	tests := []struct{ browser, want string }{
		{script, page},
		{script + " --new", "--new " + page},
		{script + " --app=%s --x", "--app=" + page + " --x"},
		{filepath.Join(dir, "missing") + ":" + script, page},
		{"false:" + script, page},
	}
	for _, tt := range tests {
		env := func(name string) string { return map[string]string{"BROWSER": tt.browser}[name] }
		if err := OpenBrowser("linux", env, page); err != nil {
			t.Errorf("BROWSER=%s: %v", tt.browser, err)
			continue
		}
		got, err := os.ReadFile(out)
		if err != nil || strings.TrimSpace(string(got)) != tt.want {
			t.Errorf("BROWSER=%s was called with %q (%v), want %q", tt.browser, got, err, tt.want)
		}
	}
	if err := OpenBrowser("linux", func(string) string { return "" }, page); !errors.Is(err, ErrNoProgram) {
		t.Errorf("without a desktop: %v", err)
	}
}
