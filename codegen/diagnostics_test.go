package codegen

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each code that the generator can report has a page, and a golden that produces it.
func TestEachCodeHasPageAndGolden(t *testing.T) {
	declared := matches(t, "internal", ".go", regexp.MustCompile(`"(XG\d{3})"`))
	if len(declared) < 40 {
		t.Fatalf("found only %d codes in the source", len(declared))
	}
	page, err := os.ReadFile("../docs/diagnostics.md")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, m := range regexp.MustCompile(`(?m)^## (XG\d{3})$`).FindAllStringSubmatch(string(page), -1) {
		pages = append(pages, m[1])
	}
	if diff := cmp.Diff(declared, pages); diff != "" {
		t.Errorf("codes without a page (-) and pages without a code (+):\n%s", diff)
	}
	produced := slices.Concat(matches(t, "testdata", ".txtar", regexp.MustCompile(`\((XG\d{3})\)`)),
		matches(t, "internal/schema/testdata", ".txtar", regexp.MustCompile(`\((XG\d{3})\)`)))
	for _, code := range declared {
		if !slices.Contains(produced, code) {
			t.Errorf("no golden produces %s", code)
		}
	}
}

// matches are the texts that a pattern finds in the files below a folder, sorted, each once.
func matches(t *testing.T, dir, ext string, pattern *regexp.Regexp) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ext) || strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, m := range pattern.FindAllStringSubmatch(string(data), -1) {
			found[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}
