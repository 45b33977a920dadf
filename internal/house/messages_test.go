package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestMessages: the messages that the page on troubleshooting explains are in the code, whatever stands for … in them. Those of the
// go command are not ours.
func TestMessages(t *testing.T) {
	const name = "docs/troubleshooting.md"
	var all strings.Builder
	for _, file := range files(t, func(p string) bool { return goFile(p) && !strings.HasSuffix(p, "_test.go") }) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					all.WriteString(text + "\n")
				}
			}
			return true
		})
	}
	literals := regexp.MustCompile(`%(?:\[\d+\])?[qvsdw]`).ReplaceAllString(all.String(), "…")
	_, page, found := strings.Cut(read(t, name), "\n## When a server starts\n")
	page, _, _ = strings.Cut(page, "\n## Other symptoms\n")
	checked := 0
	for line := range strings.Lines(page) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			for part := range strings.SplitSeq(m[1], "…") {
				if part = strings.TrimSpace(part); len(part) < 4 {
					continue
				}
				checked++
				if !strings.Contains(literals, part) {
					t.Errorf("%s: no code says %q", name, part)
				}
			}
		}
	}
	if !found || checked < 20 {
		t.Errorf("%s has %d messages", name, checked)
	}
}
