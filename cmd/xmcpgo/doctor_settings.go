package main

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// examine runs all checks. What stands on a check that failed is left out.
func examine(ctx context.Context, root string, s *appSettings) *report {
	r := &report{ServerURL: s.serverURL(s.addr())}
	r.checkSource(root, s)
	if r.checkSettings(s) {
		e := newEnvironment(s)
		r.checkEnvironment(ctx, e)
	}
	r.checkServer(ctx, s)
	r.conclude()
	return r
}

// checkSource looks whether the app puts sign-in in front of its tools at all.
func (r *report) checkSource(root string, s *appSettings) {
	const check = "plugin"
	const fix = "let the function Plugins in src/middleware.go return scalekit.FromEnv(), and run go generate ./..."
	switch {
	case !imports(filepath.Join(root, "src"), scalekitPackage):
		r.problem(check, "src/middleware.go does not use the Scalekit plugin, so nobody is asked to sign in", "src/middleware.go", fix, symptomSession)
	case !usesPlugins(filepath.Join(root, "src", "xmcp_gen.go")):
		r.problem(check, "the generated registry does not use the plugins of src/middleware.go", "src/middleware.go", "run go generate ./...", symptomSession)
	default:
		r.ok(check, "src/middleware.go uses the Scalekit plugin")
	}
	if v := strings.ToLower(s.get("XMCP_STDIO")); slices.Contains([]string{"1", "true", "yes", "on"}, v) {
		r.problem("transport", "the server is told to serve standard input and output, where nobody signs in", "XMCP_STDIO", "remove it, so that the server listens on HTTP", symptomSession)
	}
}

// imports tells whether a file of a package, tests aside, imports another one.
func imports(dir, path string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well formed
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, i := range f.Imports {
			if p, err := strconv.Unquote(i.Path.Value); err == nil && p == path {
				return true
			}
		}
	}
	return false
}

func usesPlugins(file string) bool {
	raw, err := os.ReadFile(file)
	return err == nil && strings.Contains(string(raw), ".Use(Plugins)")
}

var resourceIDs = regexp.MustCompile(`^res_[A-Za-z0-9_-]{1,64}$`)

// checkSettings looks at the variables alone. It tells whether they lead to an environment.
func (r *report) checkSettings(s *appSettings) bool {
	usable := true
	missing := func(name, what string) {
		r.problem("settings", name+" is not set", name, what+"; to try without an account, run go tool xmcpgo dev", symptomRefused, symptomToken)
		usable = false
	}
	env, id := s.get(envEnvironmentURL), s.get(envResourceID)
	if env == "" {
		missing(envEnvironmentURL, "copy the Environment URL from the Scalekit dashboard, Settings, into .env")
	} else if err := checkServerURL(envEnvironmentURL, env); err != nil {
		r.problem("settings", err.Error(), envEnvironmentURL, "copy the Environment URL from the Scalekit dashboard, Settings", symptomToken)
		usable = false
	}
	if id == "" {
		missing(envResourceID, "copy the id of the MCP server, res_…, from the Scalekit dashboard, MCP Servers, into .env")
	} else if !resourceIDs.MatchString(id) {
		r.problem("settings", fmt.Sprintf("%s %q is not an id like res_123456", envResourceID, id), envResourceID, "copy the id of the MCP server from the Scalekit dashboard, MCP Servers", symptomRefused, symptomToken)
		usable = false
	}
	for _, name := range []string{envBaseURL, envResourceURL} {
		if v := s.get(name); v != "" {
			if err := checkServerURL(name, v); err != nil {
				r.problem("settings", err.Error(), name, "write the URL by which clients reach the server", symptomToken)
			}
		}
	}
	if (s.get(envClientID) == "") != (s.get(envClientSecret) == "") {
		r.problem("settings", envClientID+" and "+envClientSecret+" go together, and one of them is not set", envClientID+", "+envClientSecret,
			"set both from the Scalekit dashboard, API credentials, or neither")
	}
	if usable {
		r.ok("settings", "environment "+env+", MCP server "+id)
	}
	return usable
}
