package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNoColourWithoutATerminal(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	pipe, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, f := range []*os.File{pipe, null} {
		term := newTerminal(f, f, f)
		if term.interactive || term.live || bool(term.outColour || term.errColour) {
			t.Errorf("%s is taken for a terminal: %+v", f.Name(), term)
		}
		if got := term.outColour.bold("x") + term.errColour.red("y"); got != "xy" {
			t.Errorf("coloured: %q", got)
		}
	}
}

func TestPalette(t *testing.T) {
	p := palette(true)
	if got, want := p.red("a")+p.green("b")+p.yellow("c")+p.dim("d")+p.bold(""), "\x1b[31ma\x1b[0m\x1b[32mb\x1b[0m\x1b[33mc\x1b[0m\x1b[2md\x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProgressShowsOnlyWhatTakesLong(t *testing.T) {
	for _, tt := range []struct {
		name string
		live bool
		took time.Duration
		want string
	}{
		{"quick", true, progressDelay - time.Millisecond, ""},
		{"slow", true, progressDelay + time.Second, "\r\x1b[Kload …\r\x1b[Krender …\r\x1b[K"},
		{"slow, but nobody watches", false, progressDelay + time.Second, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var stderr bytes.Buffer
				p := startProgress(&terminal{stderr: &stderr, live: tt.live})
				p.say("load")
				time.Sleep(tt.took)
				synctest.Wait()
				p.say("render")
				p.stop()
				p.say("too late")
				time.Sleep(2 * progressDelay)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, stderr.String()); diff != "" {
					t.Errorf("written (-want +got):\n%s", diff)
				}
			})
		})
	}
}

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
