package scaffold

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Plugin is one of xmcpgo's own plugins, as it is added to an app.
type Plugin struct {
	// Name is what the commands call it.
	Name string
	// Summary is one line for people who choose.
	Summary string
	// Import is the package, Expr the plugin in the slice that the function Plugins of src/middleware.go returns.
	Import, Expr string

	// settings are the variables that it reads, with values for tests.
	settings [][2]string
}

// Plugins lists them.
func Plugins() []Plugin {
	const plugins = modulePath + "/plugins/"
	return []Plugin{
		{
			"scalekit", "people sign in with Scalekit", plugins + "scalekit", "scalekit.FromEnv()",
			[][2]string{{"SCALEKIT_ENVIRONMENT_URL", "https://acme.scalekit.example"}, {"SCALEKIT_RESOURCE_ID", "res_1"}},
		},
		{
			"oauth", "people sign in with any issuer of OAuth 2.1", plugins + "oauth", `oauth.New(oauth.Config{Issuer: os.Getenv("OAUTH_ISSUER")})`,
			[][2]string{{"OAUTH_ISSUER", "https://login.example.com"}},
		},
		{
			"apikey", "callers have a key", plugins + "apikey", "apikey.FromEnv()",
			[][2]string{{"API_KEYS", "test:not-a-secret-but-long-enough"}},
		},
	}
}

// FindPlugin finds the plugin with that name.
func FindPlugin(name string) (Plugin, bool) {
	all := Plugins()
	i := slices.IndexFunc(all, func(p Plugin) bool { return p.Name == name })
	if i < 0 {
		return Plugin{}, false
	}
	return all[i], true
}

// Middleware is a src/middleware.go that installs the plugin.
func (p Plugin) Middleware() []byte { return part("plugin/" + p.Name + ".go.tmpl") }

// AddSettings adds the plugin's variables to the content of an .env.example. It is unchanged when they are there already.
func (p Plugin) AddSettings(content []byte) []byte {
	for _, s := range p.settings {
		if regexp.MustCompile(`(?m)^#?\s*` + s[0] + `=`).Match(content) {
			return content
		}
	}
	block := part("plugin/" + p.Name + ".env.tmpl")
	if len(content) == 0 {
		return block
	}
	return slices.Concat(bytes.TrimRight(content, "\n"), []byte("\n\n"), block)
}

// ClientTest is the client_test.go of the default app behind the plugin: its tests call in the name of somebody.
func (p Plugin) ClientTest(module string) ([]byte, error) {
	var settings strings.Builder
	for _, s := range p.settings {
		fmt.Fprintf(&settings, "\tt.Setenv(%q, %q)\n", s[0], s[1])
	}
	source := strings.ReplaceAll(string(part("plugin/client_test.go.tmpl")), "[[.Settings]]", settings.String())
	return render("client_test.go", source, Params{Module: module})
}

// ApplyTo makes the plugin part of a new app's files. The registry is left to the generator then: the one of the template would
// serve without the plugin.
func (p Plugin) ApplyTo(files map[string][]byte, module string) error {
	if files["src/middleware.go"] != nil {
		return fmt.Errorf("this example brings a sign-in of its own")
	}
	files["src/middleware.go"] = p.Middleware()
	files[".env.example"] = p.AddSettings(files[".env.example"])
	delete(files, "src/xmcp_gen.go")
	if files["client_test.go"] == nil {
		return nil
	}
	test, err := p.ClientTest(module)
	files["client_test.go"] = test
	return err
}

// part is a file of the folder parts. Its names are written in this package.
func part(name string) []byte {
	content, err := templates.ReadFile("parts/" + name)
	if err != nil {
		panic("scaffold: " + err.Error())
	}
	return content
}
