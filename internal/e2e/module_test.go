package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// pageFiles are the Go files that a page shows, by the path in their first line.
func pageFiles(page string) map[string]string {
	files := map[string]string{}
	for _, m := range regexp.MustCompile("(?ms)^```go\n// ([\\w./-]+\\.go)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		files[m[1]] = m[2]
	}
	return files
}

// serveModule lays a module out as a module proxy of the file system (go.dev/ref/mod, module proxies) and returns the environment in
// which the go command finds it there. The version depends on the content, since the module cache keeps what it once had.
func serveModule(t *testing.T, path, dir string) []string {
	t.Helper()
	digest := sha256.New()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		fmt.Fprintf(digest, "%s\n%s\n", e.Name(), readFile(t, filepath.Join(dir, e.Name())))
	}
	version := module.Version{Path: path, Version: "v1.0.0-h" + hex.EncodeToString(digest.Sum(nil))[:12]}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, version, dir); err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	at := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	for name, content := range map[string]string{
		"list":                    version.Version + "\n",
		version.Version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version.Version),
		version.Version + ".mod":  readFile(t, filepath.Join(dir, "go.mod")),
		version.Version + ".zip":  archive.String(),
	} {
		writeFile(t, filepath.Join(at, name), content)
	}
	rest := strings.TrimSpace(goCommand(t, proxy, nil, "env", "GOPROXY"))
	return []string{
		"GOPROXY=" + (&url.URL{Scheme: "file", Path: filepath.ToSlash(proxy)}).String() + "," + rest,
		"GONOSUMDB=" + path,
	}
}
