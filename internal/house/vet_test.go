package house

import (
	"path/filepath"
	"testing"
)

// TestVet type-checks and vets every module for the systems that users develop and deploy on.
func TestVet(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, dir := range modules(t) {
			if dir == "tools" { // pins programs, has no package
				continue
			}
			t.Run(goos+"/"+filepath.ToSlash(dir), func(t *testing.T) {
				if _, err := command(t, dir, []string{"GOOS=" + goos, "CGO_ENABLED=0"}, "go", "vet", "./..."); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestGeneratedFresh: what is committed is what the generator writes.
func TestGeneratedFresh(t *testing.T) {
	for _, dir := range examples(t) {
		t.Run(dir, func(t *testing.T) {
			if _, err := command(t, dir, nil, "go", "tool", "xmcpgo", "generate", "-check"); err != nil {
				t.Errorf("run `make generate`:\n%v", err)
			}
		})
	}
}
