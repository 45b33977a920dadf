//go:build unix

package quickstart

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The words of the README that a run replaces.
const (
	readmeApp      = "../my-app"
	readmeEndpoint = "http://127.0.0.1:3001/mcp"
)

// newcomer is set by `make quickstart`: nothing is built and no module is there, and the whole must not take longer than limit.
var newcomer = flag.Bool("newcomer", false, "begin with empty module and build caches, and hold the time limit")

const limit = 300 * time.Second

func TestQuickStart(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Quick start\n")
	if !found {
		t.Fatal("README.md has no quick start")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(section, -1)
	if len(blocks) == 0 {
		t.Fatal("the quick start shows nothing to do")
	}
	s := newSession(t, root)
	start := time.Now()
	for _, block := range blocks {
		began := time.Now()
		switch lang, text := block[1], block[2]; lang {
		case "sh":
			for line := range strings.Lines(text) {
				s.do(t, strings.TrimSpace(line))
				if took := time.Since(began); *newcomer && took > time.Second {
					t.Logf("%5.1fs", took.Seconds())
				}
				began = time.Now()
			}
		case "json":
			if s.answer == "" {
				t.Fatalf("the README shows an answer and no request before it:\n%s", text)
			}
			if diff := cmp.Diff(strings.TrimSpace(text), strings.TrimSpace(s.answer)); diff != "" {
				t.Errorf("the README shows another answer (-README +server):\n%s", diff)
			}
			s.answer = ""
		case "go":
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "// "), "\n")
			if filepath.Ext(name) != ".go" {
				t.Fatalf("the first line names no file:\n%s", text)
			}
			path := filepath.Join(s.dir, filepath.FromSlash(name))
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("the quick start has a block of %s, which nothing runs", lang)
		}
	}
	if s.calls < 3 {
		t.Errorf("the quick start made %d calls, want one before and one after the new tool, and one by somebody", s.calls)
	}
	if took := time.Since(start); *newcomer {
		t.Logf("From the README to a signed-in call: %.0f s", took.Seconds())
		if took > limit {
			t.Errorf("the quick start took %v, the limit is %v", took.Round(time.Second), limit)
		}
	}
}

// words splits a line as a shell does, as far as the README goes: blanks, single quotes, comments.
func words(line string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([^']*)'|#.*|([^\s']+)`).FindAllStringSubmatch(line, -1) {
		switch {
		case strings.HasPrefix(m[0], "#"):
			return out
		case m[0][0] == '\'':
			out = append(out, m[1])
		default:
			out = append(out, m[2])
		}
	}
	return out
}

func TestWords(t *testing.T) {
	got := words(`curl -s http://host/ -H 'A: b' -d '{"x": 1}' # comment`)
	want := []string{"curl", "-s", "http://host/", "-H", "A: b", "-d", `{"x": 1}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := words("# only a comment"); len(got) != 0 {
		t.Errorf("a comment has the words %q", got)
	}
}
