package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/codegen"
)

func TestAppFlag(t *testing.T) {
	for _, test := range []struct {
		args, value string
		given       bool
	}{
		{"--endpoint /x", "/x", true},
		{"-endpoint /x --other", "/x", true},
		{"--endpoint=/x", "/x", true},
		{"--endpoint=/x -endpoint=/y", "/y", true},
		{"--endpoint", "", true},
		{"--endpoints /x", "", false},
		{"endpoint /x", "", false},
		{"-- --endpoint /x", "", false},
		{"", "", false},
	} {
		if value, given := appFlag(strings.Fields(test.args), "endpoint"); value != test.value || given != test.given {
			t.Errorf("%s: %q %v", test.args, value, given)
		}
	}
}

func TestCompilerProblems(t *testing.T) {
	var got []string
	for _, p := range compilerProblems("go: downloading example.com/y v1.0.0\n# app/src/tools\nsrc/tools/greet.go:3:5: undefined: x\n./main.go:7: too old\n\thave (int)\n\twant (string)\n" +
		"main.go:4:2: no required module provides package example.com/x; to add it:\n\tgo get example.com/x\n" +
		"C:\\app\\main.go:1:1: expected 'package'\r\ngo: updates to go.mod needed\n\ntoo many errors\n") {
		got = append(got, p.String())
	}
	want := []string{
		"src/tools/greet.go:3:5: undefined: x",
		"main.go:7: too old\n\thave (int)\n\twant (string)",
		"main.go:4:2: no required module provides package example.com/x; to add it:\n\tgo get example.com/x",
		`C:\app\main.go:1:1: expected 'package'`,
		"go: updates to go.mod needed",
		"too many errors",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A problem is told when it appears, and again only when it comes back.
func TestProblemsAreToldOnce(t *testing.T) {
	var out strings.Builder
	r := &devReport{t: terminal.New(strings.NewReader(""), io.Discard, &out), root: t.TempDir(), url: "http://127.0.0.1:3001/mcp"}
	told := func(want string) {
		t.Helper()
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		out.Reset()
	}
	generated := func(severity codegen.Diagnostic, lines ...int) []string {
		result := &codegen.Result{Root: r.root}
		for _, line := range lines {
			d := severity
			d.File, d.Line, d.Column = "src/a.go", line, 1
			result.Diagnostics = append(result.Diagnostics, d)
		}
		return r.generated(result)
	}
	shown := filepath.Join(r.root, "src", "a.go")
	wrong := codegen.Diagnostic{Code: "XG010", Message: "no", Severity: codegen.SeverityError}
	odd := codegen.Diagnostic{Code: "XG050", Message: "hm", Severity: codegen.SeverityWarning}
	fail := func(details []string) {
		r.event(devloop.Event{Kind: devloop.Failed, Build: 1, Err: &devloop.Broken{Reason: "the app has errors", Details: details}}, true)
	}

	fail(generated(wrong, 1, 2))
	told(shown + ":1:1: no (XG010)\n" + shown + ":2:1: no (XG010)\nxmcpgo: 2 problems; build 1 serves on\n")
	fail(generated(wrong, 1, 3))
	told(shown + ":3:1: no (XG010)\nxmcpgo: 2 problems (1 as before); build 1 serves on\n")
	compile := func(output string) error {
		generated(odd, 9)
		if output == "" {
			return r.compiled(nil)
		}
		return r.compiled(&devloop.CompileError{Output: output})
	}
	var broken *devloop.Broken
	if err := compile("src/a.go:5:5: undefined\n"); !errors.As(err, &broken) || len(broken.Details) != 1 {
		t.Errorf("error %v", err)
	}
	told(shown + ":9:1: warning: hm (XG050)\n" + shown + ":5:5: undefined\n")
	_ = compile("src/a.go:5:5: undefined\nsrc/a.go:6:6: undefined\n")
	told(shown + ":6:6: undefined\n")
	if err := compile(""); err != nil {
		t.Error(err)
	}
	told("") // the warning stays, and was told
	r.event(devloop.Event{Kind: devloop.Serving, Build: 2, Took: 1234 * time.Millisecond}, true)
	told("xmcpgo: build 2 serves after 1.23s\n")
	_ = compile("src/a.go:5:5: undefined\n")
	told(shown + ":5:5: undefined\n") // it is back

	r.trouble("go.mod has no module line")
	r.trouble("go.mod has no module line")
	told("xmcpgo: go.mod has no module line\n")
	r.event(devloop.Event{Kind: devloop.Failed, Err: &devloop.Broken{Reason: "x"}}, false)
	told("xmcpgo: 1 problem (1 as before); http://127.0.0.1:3001/mcp answers 503 until it is mended\n")
	r.event(devloop.Event{Kind: devloop.Ended, Build: 2, Err: &devloop.EndedError{}}, false)
	r.event(devloop.Event{Kind: devloop.Cut, Build: 2}, false)
	told("xmcpgo: the app has ended by itself; it is started again when a file is saved\nxmcpgo: build 2 did not end in time and was killed\n")
}

// The page of dev is not for names that somebody else has pointed at this machine.
func TestThePageAnswersThisMachineOnly(t *testing.T) {
	settings := &appSettings{lookup: func(name string) (string, bool) { return "https://Notes.example.com", name == envBaseURL }}
	d := &dev{root: "notes", settings: settings}
	h := d.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "the app") }))
	for _, test := range []struct {
		from, host, path string
		status           int
		app              bool
	}{
		{"127.0.0.1:5000", "127.0.0.1:3001", "/_dev/", http.StatusOK, false},
		{"127.0.0.1:5000", "localhost:3001", "/_dev/status", http.StatusOK, false},
		{"127.0.0.1:5000", "notes.example.com", "/_dev/", http.StatusOK, false},
		{"127.0.0.1:5000", "evil.example.com", "/_dev/", http.StatusForbidden, false},
		{"[::1]:5000", "localhost:3001", "/_dev/", http.StatusOK, false},
		{"192.0.2.7:5000", "localhost:3001", "/_dev/", http.StatusForbidden, false}, // who is elsewhere can say so, too
		{"192.0.2.7:5000", "localhost:3001", "/_dev/status", http.StatusForbidden, false},
		{"192.0.2.7:5000", "localhost:3001", "/mcp", http.StatusOK, true},
		{"127.0.0.1:5000", "evil.example.com", "/mcp", http.StatusOK, true}, // it is for the app to judge
		{"127.0.0.1:5000", "127.0.0.1:3001", "/_developers", http.StatusOK, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil)
		r.RemoteAddr, r.Host = test.from, test.host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != test.status || (w.Body.String() == "the app") != test.app {
			t.Errorf("%s: %s%s: %d %s", test.from, test.host, test.path, w.Code, w.Body)
		}
	}
}
