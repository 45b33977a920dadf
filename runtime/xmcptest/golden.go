package xmcptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// updateGolden is the variable that lets [Golden] write files.
const updateGolden = "XMCP_UPDATE_GOLDEN"

// Golden fails the test when what a client was told is not what a file says, such as testdata/greet.json. A string or a []byte is the text of the
// file; any other value is its JSON, indented, so that a list, a schema or a whole [CallResult] can be read and reviewed. How lines end does
// not matter, nor whether the last one does.
//
// With XMCP_UPDATE_GOLDEN=1 in the environment the file is written instead. Read the difference before you commit it.
func Golden(t testing.TB, file string, got any) {
	t.Helper()
	text, err := goldenText(got)
	if err != nil {
		t.Fatalf("golden file %s: %v", file, err)
	}
	if os.Getenv(updateGolden) == "1" {
		if err := writeGolden(file, text); err != nil {
			t.Fatalf("golden file %s: %v", file, err)
		}
		return
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("there is no golden file %s: %s=1 writes it", file, updateGolden)
	}
	if err != nil {
		t.Fatalf("golden file: %v", err)
	}
	want, have := goldenLines(string(data)), goldenLines(text)
	for i := range max(len(want), len(have)) {
		if w, h := lineOf(want, i), lineOf(have, i); w != h {
			t.Fatalf("%s:%d: want %s, got %s; %s=1 writes the file anew", file, i+1, w, h, updateGolden)
		}
	}
}

func goldenText(got any) (string, error) {
	switch v := got.(type) {
	case string:
		return strings.TrimSuffix(v, "\n") + "\n", nil
	case []byte:
		return goldenText(string(v))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(got)
	return b.String(), err
}

func writeGolden(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

func goldenLines(text string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
}

// lineOf is a line as a message shows it.
func lineOf(lines []string, i int) string {
	if i >= len(lines) {
		return "the end"
	}
	return `"` + lines[i] + `"`
}
