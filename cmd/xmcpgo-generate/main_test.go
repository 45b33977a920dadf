package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	broken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(broken, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "go.mod"), []byte("module example.com/broken\n\ngo 1.26.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "src", "middleware.go"), []byte("package src\n\nvar x int = \"\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	hello := filepath.Join("..", "..", "examples", "hello")
	t.Setenv("GOWORK", "off")
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr string // each in what is printed; "" when nothing may be
	}{
		{"fresh", []string{"-check", hello}, 0, "", ""},
		{"flags behind the folder", []string{hello, "--check", "-json"}, 0, `"counts"`, ""},
		{"errors", []string{broken}, 1, "", "middleware.go:3:13: "},
		{"no module", []string{"/"}, 2, "", "xmcpgo-generate: generate: "},
		{"help", []string{"-h"}, 0, "xmcpgo-generate [flags] [DIR]", ""},
		{"version", []string{"-version"}, 0, "xmcpgo ", ""},
		{"unknown flag", []string{"-chek"}, 2, "", "-chek\nRun 'xmcpgo-generate -help' for usage."},
		{"contradiction", []string{"-check", "-diff"}, 2, "", "--check and --diff exclude each other"},
		{"two folders", []string{"a", "b"}, 2, "", `unexpected argument "b"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), tt.args, &stdout, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, s := range []struct{ name, got, want string }{{"stdout", stdout.String(), tt.stdout}, {"stderr", stderr.String(), tt.stderr}} {
				if !strings.Contains(s.got, s.want) || s.want == "" && s.got != "" {
					t.Errorf("%s is %q, want %q", s.name, s.got, s.want)
				}
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{filepath.Join("..", "..", "examples", "hello")}, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
}
