package main

import (
	"path/filepath"
	"testing"

	"github.com/xmcpgo/xmcpgo/codegen"
)

// The binary is named as go build would name it, and as .gitignore of a created app has it.
func TestNameOfTheBinary(t *testing.T) {
	t.Setenv("GOOS", "linux")
	for importPath, want := range map[string]string{"example.com/notes": "notes", "example.com/notes/v2": "notes", "example.com/notes/v2/cmd/app": "app", "v2": "v2"} {
		got, err := buildOptions{}.file(codegen.App{Root: "root", ImportPath: importPath})
		if err != nil || got != filepath.Join("root", want) {
			t.Errorf("%s is built as %s (%v), want %s", importPath, got, err, want)
		}
	}
}
