package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
)

// watched is a terminal with a person at it who types answers.
func watched(answers string) (t *terminal.Terminal, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return &terminal.Terminal{Stdin: bufio.NewReader(strings.NewReader(answers)), Stdout: stdout, Stderr: stderr, Interactive: true, Live: true}, stdout, stderr
}

func moduleLine(t *testing.T, dir string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return line
}

func TestCreateAsks(t *testing.T) {
	const (
		examples = "Which example to start from?\n" +
			"  1  default   a tool, a prompt, a static and a templated resource, a test\n" +
			"  2  scalekit  Scalekit sign-in, and notes kept apart by person and organization\n" +
			"Name or number? (default) "
		signIn = "Who may call it?\n" +
			"  1  none      anybody who reaches the server may call it\n" +
			"  2  scalekit  people sign in with Scalekit\n" +
			"  3  oauth     people sign in with any issuer of OAuth 2.1\n" +
			"  4  apikey    callers have a key\n" +
			"Name or number? (none) "
	)
	for _, tt := range []struct {
		name, answers, questions, dir, module, plugin string
		args                                          []string
	}{
		{
			name: "everything", answers: "notes\nexample.com/notes\n1\n4\n",
			questions: "Folder of the new app? (my-app) Module path? (notes) " + examples + signIn,
			dir:       "notes", module: "module example.com/notes", plugin: "apikey",
		},
		{
			name: "an empty line takes the preset", answers: "\n\n\n\n",
			questions: "Folder of the new app? (my-app) Module path? (my-app) " + examples + signIn,
			dir:       "my-app", module: "module my-app",
		},
		{
			name: "only what is missing", answers: "\n", args: []string{"chat", "--example", "default", "--sign-in", "oauth"},
			questions: "Module path? (chat) ",
			dir:       "chat", module: "module chat", plugin: "oauth",
		},
		{
			name: "an example with a sign-in of its own", answers: "\nscalekit\n", args: []string{"chat"},
			questions: "Module path? (chat) " + examples,
			dir:       "chat", module: "module chat", plugin: "scalekit",
		},
		{
			name: "nothing when all is said", args: []string{"chat", "--module", "example.com/chat", "--example=default", "--sign-in=none"},
			dir: "chat", module: "module example.com/chat",
		},
		{
			name: "nothing with -y", args: []string{"-y", "chat"},
			dir: "chat", module: "module chat",
		},
		{
			name: "the last line needs no newline", answers: "notes\nexample.com/notes\n1\nscalekit",
			questions: "Folder of the new app? (my-app) Module path? (notes) " + examples + signIn,
			dir:       "notes", module: "module example.com/notes", plugin: "scalekit",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			term, _, stderr := watched(tt.answers)
			if err := dispatch(context.Background(), term, append([]string{"create", "--skip-install"}, tt.args...)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.questions, stderr.String()); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
			if got := moduleLine(t, tt.dir); got != tt.module {
				t.Errorf("go.mod says %q, want %q", got, tt.module)
			}
			middleware, err := os.ReadFile(filepath.Join(tt.dir, "src", "middleware.go"))
			if installed := err == nil; installed != (tt.plugin != "") || !strings.Contains(string(middleware), "plugins/"+tt.plugin) && installed {
				t.Errorf("src/middleware.go (%v) is\n%s", err, middleware)
			}
		})
	}
}

func TestCreateEndsWithoutAnAnswer(t *testing.T) {
	for name, answers := range map[string]string{"no answer": "", "no second answer": "app\n", "a bad answer": "app\nno good\n", "no third answer": "app\n\n", "nonsense": "app\n\n1\nno\nnein\nnon\n"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			term, stdout, _ := watched(answers)
			if err := dispatch(context.Background(), term, []string{"create", "--skip-install"}); err == nil {
				t.Error("create succeeded")
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
				t.Errorf("left behind: %v (%v)", entries, err)
			}
			if stdout.Len() > 0 {
				t.Errorf("printed %q", stdout)
			}
		})
	}
}

// An interrupted create says what is there and how to go on.
func TestCreateInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"create", "app"}, strings.NewReader(""), &stdout, &stderr); code != exitTrouble {
		t.Errorf("exit code %d", code)
	}
	want := "xmcpgo: interrupted: go mod tidy: context canceled\n" +
		"The files are in place. When it is mended: cd app && go mod tidy && go generate ./...\n"
	if diff := cmp.Diff(want, stderr.String()); diff != "" {
		t.Errorf("stderr (-want +got):\n%s", diff)
	}
	if got := moduleLine(t, "app"); got != "module app" {
		t.Errorf("go.mod says %q", got)
	}
}
