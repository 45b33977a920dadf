package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckoutAroundTheWorkingDirectory(t *testing.T) {
	root := t.TempDir()
	writeTree(t, root, map[string]string{
		"xmcpgo/go.mod":                     "module github.com/xmcpgo/xmcpgo\n",
		"xmcpgo/codegen/gen.go":             "",
		"xmcpgo/examples/hello/go.mod":      "module github.com/xmcpgo/xmcpgo/examples/hello\n",
		"xmcpgo/examples/hello/src/tool.go": "",
	})
	want := filepath.Join(root, "xmcpgo")
	for _, dir := range []string{"xmcpgo", "xmcpgo/codegen", "xmcpgo/examples/hello/src"} {
		if got := Checkout(filepath.Join(root, filepath.FromSlash(dir))); got != want {
			t.Errorf("Checkout(%s) = %q, want %q", dir, got, want)
		}
	}
}

func TestCheckoutThisBinaryWasBuiltFrom(t *testing.T) {
	got := Checkout(t.TempDir())
	if err := CheckCheckout(got); err != nil {
		t.Fatalf("Checkout = %q: %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(got, "cmd", "xmcpgo", "internal", "scaffold", "checkout_test.go")); err != nil {
		t.Error(err)
	}
}

func TestCheckCheckout(t *testing.T) {
	dir := t.TempDir()
	if err := CheckCheckout(dir); err == nil || !strings.Contains(err.Error(), "go.mod") {
		t.Errorf("a folder without go.mod: %v", err)
	}
	writeTree(t, dir, map[string]string{"go.mod": "module example.com/other\n"})
	if err := CheckCheckout(dir); err == nil || !strings.Contains(err.Error(), "example.com/other") {
		t.Errorf("another module: %v", err)
	}
	writeTree(t, dir, map[string]string{"go.mod": "go 1.26\n"})
	if err := CheckCheckout(dir); err == nil || !strings.Contains(err.Error(), "declares no module") {
		t.Errorf("a go.mod without module line: %v", err)
	}
}

func TestReplacePath(t *testing.T) {
	root := t.TempDir()
	checkout := filepath.Join(root, "xmcpgo")
	for app, want := range map[string]string{
		"xmcpgo/my-app":         "..",
		"xmcpgo/examples/hello": "../..",
		"my-app":                filepath.ToSlash(checkout),
		"xmcpgo":                filepath.ToSlash(checkout),
		"xmcpgo-apps/one":       filepath.ToSlash(checkout),
	} {
		if got := ReplacePath(filepath.Join(root, filepath.FromSlash(app)), checkout); got != want {
			t.Errorf("ReplacePath(%s) = %q, want %q", app, got, want)
		}
	}
}
