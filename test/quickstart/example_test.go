//go:build unix

package quickstart

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuickStartShowsTheExample holds the tool file of the quick start equal to the one in examples/hello.
func TestQuickStartShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const file = "src/tools/count_words.go"
	example, err := os.ReadFile("../../examples/hello/" + file)
	if err != nil {
		t.Fatal(err)
	}
	_, shown, found := strings.Cut(string(readme), "```go\n// "+file+"\n")
	shown, _, closed := strings.Cut(shown, "```")
	if !found || !closed {
		t.Fatalf("the README does not show %s", file)
	}
	if diff := cmp.Diff(string(example), shown); diff != "" {
		t.Errorf("the README shows another file (-example +README):\n%s", diff)
	}
}
