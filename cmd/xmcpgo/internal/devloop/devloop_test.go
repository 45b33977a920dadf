//go:build unix

package devloop

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shell is an app that is a script, so that nothing needs to be compiled.
func shell(t *testing.T, script string) (*App, string, *output) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "app")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	out := &output{}
	return &App{Dir: filepath.Dir(program), Args: []string{"an argument"}, Stdout: out, Log: out.log}, program, out
}

func shellEnv() []string { return []string{"PATH=" + os.Getenv("PATH"), "WHO=Ada"} }

func start(t *testing.T, script string) (*Process, *output) {
	t.Helper()
	app, program, out := shell(t, script)
	p, err := app.Start(program, shellEnv())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(0) })
	return p, out
}

func TestRun(t *testing.T) {
	p, out := start(t, `echo "$WHO, $1, $(basename "$PWD")"; read line || echo no input; exit 3`)
	if err := p.input.Close(); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	var exit *exec.ExitError
	if !errors.As(p.Err(), &exit) || exit.ExitCode() != 3 {
		t.Errorf("the end is %v, want exit code 3", p.Err())
	}
	if got := out.String(); !strings.HasPrefix(got, "Ada, an argument, ") || !strings.Contains(got, "no input") {
		t.Errorf("output %q", got)
	}
	if err := p.Stop(time.Second); err != nil {
		t.Errorf("stopping what has ended: %v", err)
	}
}

// closedLog is a log of one process that tells where it ends.
type closedLog struct{ io.Writer }

func (l closedLog) Close() error {
	_, err := io.WriteString(l, "end of the log\n")
	return err
}

// Each process has a log of its own, which is closed after all that was written and before the process is done.
func TestLogOfAProcess(t *testing.T) {
	app, program, out := shell(t, `echo hello >&2; printf unfinished >&2`)
	made := 0
	app.Log = func() io.WriteCloser { made++; return closedLog{out} }
	for run := 1; run <= 2; run++ {
		p, err := app.Start(program, shellEnv())
		if err != nil {
			t.Fatal(err)
		}
		<-p.Done()
		if got, want := out.String(), strings.Repeat("hello\nunfinishedend of the log\n", run); got != want || made != run {
			t.Errorf("run %d: output %q, %d logs", run, got, made)
		}
		if got := p.LastLine(); got != "unfinished" {
			t.Errorf("last line %q", got)
		}
	}
	before := out.String()
	if _, err := app.Start(program+".gone", shellEnv()); err == nil || out.String() != before+"end of the log\n" {
		t.Errorf("a program that does not start: %v, output %q", err, out)
	}
}

// Where no signal gets through, the end of the input does.
func TestStopEndsTheInput(t *testing.T) {
	p, out := start(t, `trap '' TERM; echo ready; read line; echo the input has ended`)
	out.wait(t, "ready")
	if err := p.Stop(10 * time.Second); err != nil || !strings.Contains(out.String(), "the input has ended") {
		t.Errorf("stop: %v, output %q", err, out)
	}
}

func TestLastLine(t *testing.T) {
	for script, want := range map[string]string{
		``:                   "",
		`echo one; echo two`: "two",
		`printf 'one\n\033[31mred\033[0m \t\n\n'`:                        "[31mred[0m",
		`printf 'panic: oh\n\ngoroutine 1:\n\tmain.go\n'`:                "panic: oh",
		`printf 'x\nfatal error: deadlock\n\ngoroutine 1:\n\tmain.go\n'`: "fatal error: deadlock",
	} {
		p, _ := start(t, "exec >&2; "+script)
		if <-p.Done(); p.LastLine() != want {
			t.Errorf("%s: the last line is %q, want %q", script, p.LastLine(), want)
		}
	}
	long := &tail{w: io.Discard}
	for range 100 {
		if _, err := long.Write(bytes.Repeat([]byte("x"), 5000)); err != nil {
			t.Fatal(err)
		}
	}
	if len(long.kept) > maxTail || len(long.last()) > 500 {
		t.Errorf("%d bytes are kept, %d shown", len(long.kept), len(long.last()))
	}
}

func TestStopAsks(t *testing.T) {
	p, out := start(t, `trap 'echo cleaning up; exit 0' TERM; echo ready; while :; do sleep 0.05; done`)
	out.wait(t, "ready")
	if err := p.Stop(10 * time.Second); err != nil {
		t.Error(err)
	}
	if p.Err() != nil || !strings.Contains(out.String(), "cleaning up") {
		t.Errorf("the end is %v, output %q", p.Err(), out)
	}
}

func TestStopKills(t *testing.T) {
	p, out := start(t, `trap '' TERM; echo ready; while :; do sleep 0.05; done`)
	out.wait(t, "ready")
	err := p.Stop(100 * time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("stop: %v", err)
	}
	select {
	case <-p.Done():
	default:
		t.Error("it still runs")
	}
}

// What an app has started ends with it, whether it is stopped or ends by itself.
func TestNoOrphans(t *testing.T) {
	for name, script := range map[string]string{
		"stopped":   `sleep 600 & echo "child $!."; wait`,
		"by itself": `sleep 600 & echo "child $!."; exit 0`,
		"obstinate": `trap '' TERM; (trap '' TERM; echo "child $(exec sh -c 'echo $PPID')."; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`,
	} {
		t.Run(name, func(t *testing.T) {
			p, out := start(t, script)
			out.wait(t, ".\n")
			_, rest, _ := strings.Cut(out.String(), "child ")
			number, _, _ := strings.Cut(rest, ".")
			pid, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			if name == "by itself" {
				<-p.Done()
			} else {
				_ = p.Stop(200 * time.Millisecond) // the obstinate one is killed
			}
			for end := time.Now().Add(10 * time.Second); running(pid); time.Sleep(5 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("process %d still runs", pid)
				}
			}
		})
	}
}

// running tells whether a process runs; one that has ended and that nobody has asked about does not.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(state), ") Z ")
}

func TestStopIsSafeForConcurrentUse(t *testing.T) {
	p, out := start(t, `echo ready; sleep 600`)
	out.wait(t, "ready")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := p.Stop(10 * time.Second); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestStartFails(t *testing.T) {
	app, program, _ := shell(t, "")
	if _, err := app.Start(program+"-missing", nil); err == nil || !strings.Contains(err.Error(), "start the app") {
		t.Errorf("error %v", err)
	}
}

func TestBuild(t *testing.T) {
	dir, out := t.TempDir(), &output{}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/app\n\ngo 1.26\n\nrequire example.com/near v0.0.0\n\nreplace example.com/near => ./near\n")
	write("near/go.mod", "module example.com/near\n\ngo 1.26\n")
	write("near/near.go", "package near\n\nimport _ \"embed\"\n\n//go:embed sub/x.txt\nvar X string\n")
	write("near/sub/x.txt", "x")
	write("pages/index.html", "hello\n")
	write("main.go", "package main\n\nimport (\n\t\"embed\"\n\t\"os\"\n\n\t_ \"example.com/near\"\n)\n\n//go:embed pages/*.html\nvar pages embed.FS\n\n"+
		"func main() {\n\tb, _ := pages.ReadFile(\"pages/index.html\")\n\tos.Stdout.Write(b)\n}\n")
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	app := &App{Go: goCommand, Dir: dir, Stdout: out, Log: out.log}
	program, err := app.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := app.Start(program, os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	if <-p.Done(); p.Err() != nil || out.String() != "hello\n" {
		t.Errorf("the app says %q and ends with %v", out, p.Err())
	}
	sources, err := app.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"os": true, "example.com/near": true, "net/http": false} {
		if got := sources.Has(path); got != want {
			t.Errorf("has %s: %v, want %v", path, got, want)
		}
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{"dirs": sources.Dirs, "modules": sources.Modules, "embedded": sources.Embedded}
	want := map[string][]string{
		"dirs": {real, filepath.Join(real, "near")}, "modules": {real, filepath.Join(real, "near")},
		"embedded": {filepath.Join(real, "near", "sub", "x.txt"), filepath.Join(real, "pages")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}

	write("main.go", "package main\n\nfunc main() { undefined() }\n")
	var refused *CompileError
	if _, err := app.Build(t.Context()); !errors.As(err, &refused) || !strings.Contains(refused.Output, "main.go:3:15: undefined") {
		t.Errorf("a broken app: %v", err)
	}
	if sources, err := app.List(t.Context()); err != nil || len(sources.Dirs) != 1 {
		t.Errorf("a broken app is made of %v (%v)", sources, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := app.Build(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted build: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 4 {
		t.Errorf("the app's folder has %v", entries)
	}
	if err := app.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(program); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the program is still there: %v", err)
	}
}

func TestEmbedRoot(t *testing.T) {
	for pattern, want := range map[string]string{
		"a.txt": "a.txt", "all:static": "static", "static/*.html": "static/", "a/b?/c": "a/", "*": "", "a/[bc]/d": "a/",
	} {
		if got := filepath.ToSlash(embedRoot(pattern)); got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}
