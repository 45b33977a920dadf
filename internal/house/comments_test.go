package house

import (
	"strings"
	"testing"
)

// TestPackageComments: the package comment is the manual, and each package begins with one.
func TestPackageComments(t *testing.T) {
	out, err := command(t, ".", nil, "go", "list", "-f", "{{if and .GoFiles (not .Doc)}}{{.ImportPath}}{{end}}", "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(out) {
		t.Errorf("package %s has no package comment", path)
	}
}
