package house

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

func goFile(p string) bool { return strings.HasSuffix(p, ".go") && !strings.Contains(p, "testdata/") }

func generated(content string) bool {
	return strings.HasPrefix(content, "// Code generated ")
}

// TestFileLength: one concept a file.
func TestFileLength(t *testing.T) {
	const limit = 600
	for _, name := range files(t, goFile) {
		content := read(t, name)
		if lines := strings.Count(content, "\n"); lines > limit && !generated(content) {
			t.Errorf("%s has %d lines, the limit is %d", name, lines, limit)
		}
	}
}

// TestPackageNames: packages are called after what they provide.
func TestPackageNames(t *testing.T) {
	clause := regexp.MustCompile(`(?m)^package (\w+)`)
	vague := map[string]bool{"util": true, "utils": true, "helper": true, "helpers": true, "common": true, "misc": true, "base": true, "shared": true}
	for _, name := range files(t, goFile) {
		if m := clause.FindStringSubmatch(read(t, name)); m != nil && vague[m[1]] {
			t.Errorf("%s: package %s says nothing", name, m[1])
		}
		if vague[path.Base(path.Dir(name))] {
			t.Errorf("%s: the folder's name says nothing", name)
		}
	}
}

// TestProcessEnds: a library leaves the end of the process to its caller, and
// never to log.Fatal, which skips every deferred call.
func TestProcessEnds(t *testing.T) {
	fatal := regexp.MustCompile(`\blog\.(Fatal|Panic)(f|ln)?\(`)
	for _, name := range files(t, func(p string) bool { return goFile(p) && !strings.HasSuffix(p, "_test.go") }) {
		if found := fatal.FindString(read(t, name)); found != "" {
			t.Errorf("%s calls %s)", name, found)
		}
	}
}

// TestSkips: a test that does not run proves nothing.
func TestSkips(t *testing.T) {
	skip := regexp.MustCompile(`\b[tbf]\.Skip(f|Now)?\(|testing\.Short\(\)`)
	for _, name := range files(t, func(p string) bool {
		// testall's own test shows how it counts a skipped test.
		return goFile(p) && strings.HasSuffix(p, "_test.go") && p != "internal/testall/main_test.go"
	}) {
		if found := skip.FindString(read(t, name)); found != "" && !strings.Contains(name, "internal/house/") {
			t.Errorf("%s calls %s", name, found)
		}
	}
}

// TestText keeps out of the repository what only one machine knows: folders of
// a home, addresses of package registries (each user has their
// own), and unresolved merges.
func TestText(t *testing.T) {
	forbidden := []struct {
		what    string
		pattern *regexp.Regexp
	}{
		{"a folder of one machine", regexp.MustCompile(`(?:^|[\s"'(=:])/root/[\w.]`)},
		{"a package registry", regexp.MustCompile(`(?i)\b(?:registry|proxy|sum)\.(?:npmjs|golang|yarnpkg)\.\w+`)},
		{"a resolved address of a package", regexp.MustCompile(`"resolved":\s*"http`)},
		{"an unresolved merge", regexp.MustCompile(`(?m)^(?:<{7}|>{7}) `)},
		{"an unfinished part", regexp.MustCompile(`\b(?:TO` + `DO|FIX` + `ME|XX` + `X)\b`)},
	}
	for _, name := range files(t, func(string) bool { return true }) {
		content := read(t, name)
		if !isText(content) {
			continue
		}
		for _, rule := range forbidden {
			if strings.Contains(name, "testdata/") && rule.what == "an unresolved merge" {
				continue // a golden can show one
			}
			if loc := rule.pattern.FindStringIndex(content); loc != nil {
				t.Errorf("%s:%d: %s: %q", name, 1+strings.Count(content[:loc[0]], "\n"), rule.what, strings.TrimSpace(content[loc[0]:loc[1]]))
			}
		}
		if strings.Contains(content, "\r\n") && !strings.Contains(name, "testdata/") {
			t.Errorf("%s has Windows line ends", name)
		}
	}
}

// TestLinterExceptions: what the linter is told to pass over has its reason beside it.
func TestLinterExceptions(t *testing.T) {
	found := 0
	for _, name := range files(t, func(p string) bool { return path.Base(p) == "staticcheck.conf" }) {
		reason := ""
		for i, line := range strings.Split(read(t, name), "\n") {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "#"):
				reason += line
			case strings.HasPrefix(line, `"-`):
				found++
				if len(reason) < 40 {
					t.Errorf("%s:%d: %s has no reason in a comment above it", name, i+1, line)
				}
				reason = ""
			default:
				reason = ""
			}
		}
	}
	if found < 4 {
		t.Errorf("found only %d exceptions", found)
	}
	bare := regexp.MustCompile(`(?m)//(?:lint:(?:file-)?ignore(?: \S+)?|nolint\S*(?: *//)?)[ \t]*$`)
	for _, name := range files(t, goFile) {
		if found := bare.FindString(read(t, name)); found != "" {
			t.Errorf("%s: %q has no reason", name, found)
		}
	}
}
