package main

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTool(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "src", "tools"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeTool(dir, 7, 2, 3); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "src", "tools", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v (%v)", files, err)
	}
	content, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if formatted, err := format.Source(content); err != nil || !bytes.Equal(formatted, content) {
		t.Errorf("the tool is not formatted (%v):\n%s", err, content)
	}
	for _, want := range []string{"func Order7(", `"edition 2."`, "revision 3."} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the tool has no %s", want)
		}
	}
}

func TestMedian(t *testing.T) {
	if got := median([]time.Duration{5, 1, 9}); got != 5 {
		t.Errorf("median %d", got)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-tools", "0"}, {"-tools", "x"}, {"-runs", "0"}, {"extra"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
