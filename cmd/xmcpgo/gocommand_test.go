package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIndenter(t *testing.T) {
	var b bytes.Buffer
	w := &indenter{w: &b, prefix: "  ", lineStart: true}
	for _, part := range []string{"go: down", "loading a\ngo: ", "", "b\n", "\n", "end"} {
		if n, err := w.Write([]byte(part)); err != nil || n != len(part) {
			t.Fatalf("Write(%q) = %d, %v", part, n, err)
		}
	}
	if diff := cmp.Diff("  go: downloading a\n  go: b\n  \n  end", b.String()); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
}

func TestInPlainWords(t *testing.T) {
	for output, want := range map[string]string{
		"go: go.mod requires go >= 1.26.0 (running go 1.24.1; GOTOOLCHAIN=local)":                              "this Go is too old",
		"dial tcp: lookup proxy.example on 127.0.0.53:53: no such host":                                        "cannot be reached",
		"verifying module: checksum mismatch\n\nSECURITY ERROR\nThis download does NOT match":                  "do not use it",
		"open go.sum: permission denied":                                                                       "may not be written",
		"go: module example.com/nope: reading https://proxy.example/nope/@v/list: 404 Not Found":               "with the messages above",
		"tls: failed to verify certificate: x509: certificate signed by unknown authority":                     "not trusted",
		"write /home/me/go/pkg/mod/cache/download/x: no space left on device":                                  "disk is full",
		"Get \"https://proxy.example/x\": dial tcp 192.0.2.1:443: i/o timeout":                                 "does not answer",
		"Get \"https://proxy.example/x\": proxyconnect tcp: dial tcp 127.0.0.1:9: connect: connection refused": "refuses connections",
		"go: example.com/x@v1.0.0: module lookup disabled by GOPROXY=off":                                      "switched off",
	} {
		if got := inPlainWords(output); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want something with %q", output, got, want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for path, want := range map[string]string{
		"my-app":       "my-app",
		"../a/b_c.d":   "../a/b_c.d",
		"My Notes":     "'My Notes'",
		"it's":         `'it'\''s'`,
		"$(rm -rf ~)":  "'$(rm -rf ~)'",
		"a;b":          "'a;b'",
		"":             "''",
		"new\nline":    "'new\nline'",
		"/home/ü/apps": "'/home/ü/apps'",
	} {
		if got := shellWord(path); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", path, got, want)
		}
	}
}
