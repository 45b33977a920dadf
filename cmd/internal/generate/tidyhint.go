package generate

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/xmcpgo/xmcpgo/codegen"
)

// The package that checks schemas of the user's own, and the module that it brings. An app without such a schema has no use
// for either, so go.sum may not know the module yet.
const (
	rawschemaImport = `"github.com/xmcpgo/xmcpgo/runtime/rawschema"`
	rawschemaModule = "github.com/santhosh-tekuri/jsonschema/v6 "
)

// tidyHint says what to run before the app builds, when generated code uses a module that go.sum does not know; empty when there is
// nothing to run. An app with a vendor folder or without a go.sum resolves its modules in its own way.
func tidyHint(result *codegen.Result) string {
	sum, err := os.ReadFile(filepath.Join(result.Root, "go.sum"))
	if err != nil || bytes.Contains(sum, []byte(rawschemaModule)) {
		return ""
	}
	for _, f := range result.Files {
		if bytes.Contains(f.Content, []byte(rawschemaImport)) {
			return "The InputSchema of a tool is checked by a package that this app has not used before: run go mod tidy once."
		}
	}
	return ""
}
