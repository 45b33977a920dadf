package xmcp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// People read neither a file nor a pipe, and nobody the null device, although it is a device as terminals are.
func TestTerminals(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if isTerminal(null) || isTerminal(file) || isTerminal(w) || isTerminal(&strings.Builder{}) {
		t.Error("taken for a terminal")
	}
	if (Config{stderr: null}).plainLog() || !(Config{stderr: null, LogFormat: "text"}).plainLog() {
		t.Error("the log that nobody reads is JSON unless it is told otherwise")
	}
}
