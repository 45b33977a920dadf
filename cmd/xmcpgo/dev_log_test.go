package main

import (
	"bytes"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/devloop"
	"github.com/xmcpgo/xmcpgo/codegen"
)

// logOf returns the report of an app below root, and what a person sees of it.
func logOf(root string) (*devReport, *strings.Builder) {
	out := &strings.Builder{}
	return &devReport{t: terminal.New(strings.NewReader(""), io.Discard, out), root: root, module: root}, out
}

const devTrace = `goroutine 35 [running]:
runtime/debug.Stack()
	/go/src/runtime/debug/stack.go:26 +0x5e
github.com/xmcpgo/xmcpgo/runtime.(*call).run.func1()
	/mod/xmcpgo/runtime/toolrun.go:99 +0x4c
panic({0x7f1c20, 0xc0001a})
	/go/src/runtime/panic.go:783 +0x132
runtime.goPanicIndex(0x3, 0x3)
	/go/src/runtime/panic.go:115 +0x74
sort.Sort({0x1, 0x2})
	/go/src/sort/sort.go:10 +0x10
runtime.example/app/src/tools.check(...)
	ROOT/src/tools/check.go:5
app/src/tools.(*Notes).pick(...)
	ROOT/src/tools/pick.go:12
example.com/lib.Each(0xc0001)
	ROOT/vendor/example.com/lib/each.go:7 +0x10
app/src/tools.(*Notes).Greet(0x0, {0x8a3b60, 0xc00011}, {{0xc0002, 0x3}})
	ROOT/src/tools/greet.go:23 +0x1d
app/src.Registry.func1({0x8a3b60, 0xc00011})
	ROOT/src/xmcp_gen.go:40 +0x1d
github.com/xmcpgo/xmcpgo/runtime.(*call).run(0xc0)
	/mod/xmcpgo/runtime/toolrun.go:80 +0x9c
created by net/http.(*Server).Serve in goroutine 1
	/go/src/net/http/server.go:3454 +0x485
`

// A trace is lines, from the panic to the last line of the app, in whatever form the app logs and however the bytes come.
func TestTracesAreLines(t *testing.T) {
	root := t.TempDir()
	trace := strings.ReplaceAll(devTrace, "ROOT", filepath.ToSlash(root))
	at := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	frames := "\t/go/src/sort/sort.go:10: sort.Sort\n" +
		"\t" + at("src/tools/check.go") + ":5: runtime.example/app/src/tools.check\n" +
		"\t" + at("src/tools/pick.go") + ":12: app/src/tools.(*Notes).pick\n" +
		"\t" + at("vendor/example.com/lib/each.go") + ":7: example.com/lib.Each\n" +
		"\t" + at("src/tools/greet.go") + ":23: app/src/tools.(*Notes).Greet\n"
	type attr = slog.Attr
	without := func(groups []string, a attr) attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			return slog.String(slog.TimeKey, "now")
		}
		return a
	}
	for name, form := range map[string]struct {
		handler func(io.Writer) slog.Handler
		want    string
	}{
		"text": {
			func(w io.Writer) slog.Handler {
				return slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: without})
			},
			`time=now level=ERROR msg="panic in tool" error="index \"3\"" tool=greet`,
		},
		"json": {
			func(w io.Writer) slog.Handler {
				return slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: without})
			},
			`{"time":"now","level":"ERROR","msg":"panic in tool","error":"index \"3\"","tool":"greet"}`,
		},
	} {
		var logged bytes.Buffer
		slog.New(form.handler(&logged)).Error("panic in tool", "error", `index "3"`, "stack", trace, "tool", "greet")
		for _, size := range []int{1 << 20, 700, 17} {
			r, out := logOf(root)
			w := r.appLog()
			for part := range chunks("before\n"+logged.String()+"after\n", size) {
				if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			if diff := cmp.Diff("before\n"+form.want+"\n"+frames+"after\n", out.String()); diff != "" {
				t.Errorf("%s in parts of %d (-want +got):\n%s", name, size, diff)
			}
		}
	}
}

func chunks(s string, size int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > 0 {
			n := min(size, len(s))
			if !yield(s[:n]) {
				return
			}
			s = s[n:]
		}
	}
}

// What is not a record with a trace of ours goes through as it is, at once when it is no record.
func TestTheLogOfAnApp(t *testing.T) {
	root := t.TempDir()
	for name, test := range map[string]struct{ in, want string }{
		"a record":               {"time=now level=INFO msg=hi n=1\n", ""},
		"no record":              {"panic: oh\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:3 +0x1\n", ""},
		"text that looks so":     {"time=now stack\n{\"time\":1,\n{\"time\":1}}\n{\"time\":[\n", ""},
		"a prompt":               {"Name? ", ""},
		"the end of a record":    {"time=now level=INFO", ""},
		"broken quotes":          {"time=now stack=\"x\n", ""},
		"a stack that is a word": {"time=now level=INFO msg=x stack=\"a\\nb\" n=1\n", "time=now level=INFO msg=x n=1\n\ta\n\tb\n"},
		"a stack of one line":    {"time=now level=INFO msg=x stack=lifo n=1\n", ""},
		"a trace of others":      {"time=now stack=\"goroutine 1 [running]:\\nx.f(1)\\n\\t/x/y.go:3 +0x1\\n\"\n", "time=now\n\t/x/y.go:3: x.f\n"},
		"nothing but a stack":    {`{"stack":"a\nb"}` + "\n", ""},
		"colours":                {"time=now stack=\"a\\n\\x1b[31mb\"\n", "time=now\n\ta\n\t[31mb\n"},
		"without a line's end":   {strings.Repeat("time=now", maxRecord/8+1), ""},
	} {
		r, out := logOf(root)
		w := r.appLog()
		if _, err := io.WriteString(w, test.in); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(test.in, "Name") && out.String() != test.in {
			t.Errorf("%s: it is held back", name)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		want := test.want
		if want == "" {
			want = test.in
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// On a terminal what is looked for first stands out: positions of the person's own code, and whether it serves.
func TestDevIsColoured(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "src", "a.go")
	r, out := logOf(root)
	r.t.ErrColour = true
	told := func(want string) {
		t.Helper()
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		out.Reset()
	}
	wrong := codegen.Diagnostic{Code: "XG010", Message: "no", Severity: codegen.SeverityError}
	wrong.File, wrong.Line, wrong.Column = "src/a.go", 1, 2
	r.generated(&codegen.Result{Root: root, Diagnostics: []codegen.Diagnostic{wrong}})
	told("\x1b[1m" + file + ":1:2:\x1b[0m no \x1b[2m(XG010)\x1b[0m\n")
	err := r.compiled(&devloop.CompileError{Output: "src/a.go:5:5: undefined\n"})
	told("\x1b[1m" + file + ":5:5:\x1b[0m undefined\n")
	r.event(devloop.Event{Kind: devloop.Failed, Build: 1, Err: err}, true)
	told("\x1b[31mxmcpgo: 1 problem; build 1 serves on\x1b[0m\n")
	r.event(devloop.Event{Kind: devloop.Serving, Build: 2, Took: time.Second}, true)
	told("\x1b[32mxmcpgo: build 2 serves\x1b[0m \x1b[2mafter 1s\x1b[0m\n")
	if _, err := io.WriteString(r.appLog(), "time=now stack=\"panic(1)\\n\\t/go/panic.go:1\\nx.f(1)\\n\\t"+filepath.ToSlash(file)+":3 +0x1\\n\"\n"); err != nil {
		t.Fatal(err)
	}
	told("time=now\n\t\x1b[1m" + file + ":3:\x1b[0m \x1b[2mx.f\x1b[0m\n")
}

// Which Server URL to register is told once, and again when it is another one.
func TestSignInIsToldOnce(t *testing.T) {
	r, out := logOf(t.TempDir())
	start := func(at, resource string) {
		w := r.appLog()
		for _, line := range []string{
			"time=" + at + " level=INFO msg=\"X protects this server\" resource=" + resource + " authorization_server=https://auth.example",
			"time=" + at + " level=INFO msg=ready",
			`{"time":"` + at + `","level":"INFO","msg":"Y protects this server","resource":"` + resource + `","authorization_server":"https://auth.example"}`,
			"time=" + at + " level=WARN msg=\"X protects this server\" resource=" + resource + " authorization_server=https://auth.example",
		} {
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, step := range []struct {
		resource string
		told     bool
	}{{"a", true}, {"a", false}, {"b", true}, {"b", false}, {"a", true}} {
		out.Reset()
		start(string(rune('0'+i)), step.resource)
		want := 4 // lines
		if !step.told {
			want = 2 // a warning is told again, as is all else
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("step %d: %d lines, want %d:\n%s", i, got, want, out)
		}
	}
}

// Only what a build before has said word for word is left out; what an app logs with such attributes again and again is shown.
func TestRecordsOfSignInsAreShown(t *testing.T) {
	r, out := logOf(t.TempDir())
	const record = "time=now level=INFO msg=refreshed resource=a authorization_server=b"
	for _, lines := range []string{
		record + " user=alice\n" + record + " user=bob\n" + record + " user=bob\n",
		record + " user=alice\n" + record + " user=bob\n",
		strings.ReplaceAll(record+" user=bob\n", " resource=a", ""),
	} {
		out.Reset()
		if _, err := io.WriteString(r.appLog(), lines); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines, out.String()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
