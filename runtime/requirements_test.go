package xmcp

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// requirements is how many requirements of the protocol the table counts.
const requirements = 36

// TestRequirements holds the table of testdata/transcripts/README.md: each requirement has a row, and what a row names exists.
func TestRequirements(t *testing.T) {
	table, err := os.ReadFile("testdata/transcripts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	transcripts, tests := evidence(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|\\w+\\.txtar)`")
	number, row := regexp.MustCompile(`^\| R(\d+) \|`), 0
	used := map[string]bool{}
	for line := range strings.Lines(string(table)) {
		found := named.FindAllStringSubmatch(line, -1)
		for _, f := range found {
			used[f[1]] = true
			if strings.HasSuffix(f[1], ".txtar") && !transcripts[f[1]] || !strings.HasSuffix(f[1], ".txtar") && !tests[f[1]] {
				t.Errorf("there is no %s", f[1])
			}
		}
		if m := number.FindStringSubmatch(line); m != nil {
			if row++; m[0] != "| R"+strconv.Itoa(row)+" |" {
				t.Errorf("row %d is %s", row, m[0])
			}
			if len(found) == 0 {
				t.Errorf("R%d is shown by nothing", row)
			}
		}
	}
	if row != requirements {
		t.Errorf("%d requirements, want %d", row, requirements)
	}
	own, err := filepath.Glob("testdata/transcripts/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range own {
		if name := filepath.Base(file); !used[name] {
			t.Errorf("the table does not say what %s shows", name)
		}
	}
}

// evidence lists the txtar files and the test functions of the repository.
func evidence(t *testing.T) (transcripts, tests map[string]bool) {
	t.Helper()
	transcripts, tests = map[string]bool{}, map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != ".." && (strings.HasPrefix(name, ".") || name == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".txtar"):
			transcripts[name] = true
		case strings.HasSuffix(name, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, f := range function.FindAllStringSubmatch(string(source), -1) {
				tests[f[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return transcripts, tests
}
