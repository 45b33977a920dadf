package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const pluginPath = "example.com/apikey"

// middleware is src/middleware.go before the plugin is added.
const middleware = `package src

import (
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Plugins are set up in this order.
func Plugins() []xmcp.Plugin {
	return []xmcp.Plugin{
	}
}
`

// A plugin that lives outside the tree, and is made of nothing but the code of docs/plugins.md, passes the conformance test
// in its own module. An app gets it by go get and one line, and it then guards, counts, serves its route and signs callers in.
func TestPluginFromTheDocs(t *testing.T) {
	root := repository(t)
	page := readFile(t, filepath.Join(root, "docs", "plugins.md"))
	code := pageFiles(page)
	plugin := pluginModule(t, root, code)
	testPlugin(t, root, plugin)
	proxy := serveModule(t, pluginPath, plugin)

	dir := t.TempDir()
	xmcpgo := filepath.Join(dir, "xmcpgo")
	goCommand(t, root, nil, "build", "-o", xmcpgo, "./cmd/xmcpgo")
	app := filepath.Join(dir, "my-app")
	command(t, dir, nil, xmcpgo, "create", app, "-y", "--module", "my-app", "--replace", root)
	writeFile(t, filepath.Join(app, "src", "middleware.go"), middleware)
	goCommand(t, app, nil, "generate", "./...")
	goCommand(t, app, nil, "build", "-o", filepath.Join(dir, "without"), ".")

	goCommand(t, app, proxy, "get", pluginPath)
	mod := readFile(t, filepath.Join(app, "go.mod"))
	if !strings.Contains(mod, pluginPath+" v1.0.0-") {
		t.Fatalf("go get did not add the plugin:\n%s", mod)
	}
	edited := strings.Replace(middleware, "[]xmcp.Plugin{\n\t}", "[]xmcp.Plugin{\n\t\tapikey.New(),\n\t}", 1)
	edited = strings.Replace(edited, "import (\n", "import (\n\t\""+pluginPath+"\"\n", 1)
	writeFile(t, filepath.Join(app, "src", "middleware.go"), edited)
	// The line is all it takes: no generation, and the app still builds from what was generated before.
	goCommand(t, app, nil, "build", "-o", filepath.Join(dir, "with"), ".")

	whoami := code["src/tools/whoami.go"]
	if whoami == "" {
		t.Fatal("docs/plugins.md no longer shows src/tools/whoami.go")
	}
	writeFile(t, filepath.Join(app, "src", "tools", "whoami.go"), strings.ReplaceAll(whoami, "my-app/apikey", pluginPath))
	goCommand(t, app, nil, "generate", "./...")
	goCommand(t, app, nil, "vet", "./...")
	server := filepath.Join(dir, "server")
	goCommand(t, app, nil, "build", "-o", server, ".")

	t.Run("serves", func(t *testing.T) { checkServer(t, server) })
	t.Run("refuses to start", func(t *testing.T) {
		code, _, stderr := run(t, []string{"API_KEYS="}, server, "--addr", "127.0.0.1:0")
		if want := `server: plugin "apikey": API_KEYS must be a list of user:key, with keys of 16 bytes or more` + "\n"; code != 1 || stderr != want {
			t.Errorf("exit code %d, %q; want 1, %q", code, stderr, want)
		}
	})
}

// pluginModule writes the plugin's files as a module outside the tree.
func pluginModule(t *testing.T, root string, code map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"session.go", "apikey.go", "apikey_test.go"} {
		content := code["apikey/"+name]
		if content == "" {
			t.Fatalf("docs/plugins.md no longer shows apikey/%s", name)
		}
		writeFile(t, filepath.Join(dir, name), strings.ReplaceAll(content, "my-app/apikey", pluginPath))
	}
	writeFile(t, filepath.Join(dir, "go.mod"), "module "+pluginPath+"\n\ngo 1.26.0\n\nrequire github.com/xmcpgo/xmcpgo v0.0.0\n")
	return dir
}

// testPlugin runs the plugin's own test. The copy that it works on replaces xmcpgo, as its author would while xmcpgo is a checkout.
func testPlugin(t *testing.T, root, plugin string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "apikey")
	if err := os.CopyFS(dir, os.DirFS(plugin)); err != nil {
		t.Fatal(err)
	}
	goCommand(t, dir, nil, "mod", "edit", "-replace", "github.com/xmcpgo/xmcpgo="+root)
	writeFile(t, filepath.Join(dir, "go.sum"), readFile(t, filepath.Join(root, "go.sum")))
	out := goCommand(t, dir, []string{"GOFLAGS=-mod=mod"}, "test", "-v", "./...")
	for _, step := range []string{"authentication", "principal", "tools", "stdio", "order", "isolation", "concurrency", "lifecycle"} {
		if !strings.Contains(out, "--- PASS: TestPlugin/"+step) {
			t.Errorf("the conformance test has not passed %s:\n%s", step, out)
		}
	}
}

// checkServer drives the built app over HTTP.
func checkServer(t *testing.T, bin string) {
	srv := start(t, []string{"API_KEYS=ann:0123456789abcdef, bob:fedcba9876543210"}, bin, "--addr", "127.0.0.1:0", "--log-format", "text")
	const whoami = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}`

	refused := srv.post(t, whoami, "")
	if refused.status != 401 || refused.header.Get("WWW-Authenticate") != `Bearer realm="apikey"` {
		t.Errorf("without a key: %d %v", refused.status, refused.header)
	}
	if wrong := srv.post(t, whoami, "Bearer 0123456789abcdeX"); wrong.status != 401 {
		t.Errorf("with a wrong key: %d", wrong.status)
	}
	for user, key := range map[string]string{"ann": "0123456789abcdef", "bob": "fedcba9876543210"} {
		got := srv.post(t, whoami, "Bearer "+key)
		if got.status != 200 || !strings.Contains(got.body, `"text":"`+user+`"`) {
			t.Errorf("%s was answered %d %s", user, got.status, got.body)
		}
		if got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the HTTP middleware did not run: %v", got.header)
		}
	}
	if usage := srv.get(t, "/usage"); usage.status != 200 || strings.TrimSpace(usage.body) != `{"whoami":2}` {
		t.Errorf("usage: %d %s", usage.status, usage.body)
	}
	if ready := srv.get(t, "/readyz"); ready.status != 200 {
		t.Errorf("readyz: %d", ready.status)
	}
	if code := srv.stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d after SIGTERM; log:\n%s", code, srv.log.String())
	}
}
