package house

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestArchitecture: ARCHITECTURE.md has a line for each package, and no line for one that is gone.
func TestArchitecture(t *testing.T) {
	listed := map[string]bool{}
	name := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(read(t, "ARCHITECTURE.md")) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		last := ""
		for _, m := range name.FindAllStringSubmatch(cells[1], -1) {
			pkg := m[1]
			if below, ok := strings.CutPrefix(pkg, "…/"); ok {
				pkg = path.Join(last, below) // a folder of the package before it
			} else {
				last = pkg
			}
			listed[pkg] = true
		}
	}
	out, err := command(t, ".", nil, "go", "list", "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range strings.Fields(out) {
		if rel := strings.TrimPrefix(pkg, modulePath+"/"); !listed[rel] {
			t.Errorf("ARCHITECTURE.md says nothing of %s", rel)
		}
	}
	for pkg := range listed {
		dir := strings.TrimSuffix(pkg, "/…")
		if info, err := os.Stat(filepath.Join(root(t), filepath.FromSlash(dir))); err != nil || !info.IsDir() {
			t.Errorf("ARCHITECTURE.md lists %s, which is not there", pkg)
		}
	}
}
