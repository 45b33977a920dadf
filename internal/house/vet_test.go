package house

import (
	"path/filepath"
	"strings"
	"testing"
)

// oddTags are packages whose types have every kind of struct tag on purpose, the
// ones that vet warns of among them: encoding/json defines what they mean, and the
// generator has to agree with it.
var oddTags = map[string]bool{
	modulePath + "/internal/corpus": true,
}

// TestVet type-checks and vets every module for the systems that users develop and deploy on.
func TestVet(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, dir := range modules(t) {
			if dir == "tools" { // pins programs, has no package
				continue
			}
			t.Run(goos+"/"+filepath.ToSlash(dir), func(t *testing.T) {
				env := []string{"GOOS=" + goos, "CGO_ENABLED=0"}
				out, err := command(t, dir, env, "go", "list", "./...")
				if err != nil {
					t.Fatal(err)
				}
				var usual, odd []string
				for _, pkg := range strings.Fields(out) {
					if oddTags[pkg] {
						odd = append(odd, pkg)
					} else {
						usual = append(usual, pkg)
					}
				}
				if _, err := command(t, dir, env, "go", append([]string{"vet"}, usual...)...); err != nil {
					t.Error(err)
				}
				if len(odd) == 0 {
					return
				}
				if _, err := command(t, dir, env, "go", append([]string{"vet", "-structtag=false"}, odd...)...); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestWebAssembly: an app's handler also compiles for hosts that run WebAssembly, which have no signals of Unix.
func TestWebAssembly(t *testing.T) {
	if _, err := command(t, ".", []string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "./runtime", "./plugins/..."); err != nil {
		t.Error(err)
	}
}

// TestGeneratedFresh: what is committed is what the generator writes.
func TestGeneratedFresh(t *testing.T) {
	for _, dir := range examples(t) {
		t.Run(dir, func(t *testing.T) {
			if _, err := command(t, dir, nil, "go", "tool", "xmcpgo-generate", "-check"); err != nil {
				t.Errorf("run `make generate`:\n%v", err)
			}
		})
	}
}
