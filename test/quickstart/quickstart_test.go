//go:build unix

package quickstart

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The words of the README that a run replaces.
const (
	readmeApp      = "../my-app"
	readmeEndpoint = "http://127.0.0.1:3001/mcp"
)

func TestQuickStart(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Quick start\n")
	if !found {
		t.Fatal("README.md has no quick start")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(section, -1)
	if len(blocks) == 0 {
		t.Fatal("the quick start shows nothing to do")
	}
	s := &session{dir: root, app: filepath.Join(t.TempDir(), "my-app")}
	t.Cleanup(func() { s.stop(t) })
	for _, block := range blocks {
		switch lang, text := block[1], block[2]; lang {
		case "sh":
			for line := range strings.Lines(text) {
				s.do(t, strings.TrimSpace(line))
			}
		case "json":
			if s.answer == "" {
				t.Fatalf("the README shows an answer and no request before it:\n%s", text)
			}
			if diff := cmp.Diff(strings.TrimSpace(text), strings.TrimSpace(s.answer)); diff != "" {
				t.Errorf("the README shows another answer (-README +server):\n%s", diff)
			}
			s.answer = ""
		case "go":
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "// "), "\n")
			if filepath.Ext(name) != ".go" {
				t.Fatalf("the first line names no file:\n%s", text)
			}
			path := filepath.Join(s.dir, filepath.FromSlash(name))
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("the quick start has a block of %s, which nothing runs", lang)
		}
	}
	if s.calls < 2 {
		t.Errorf("the quick start made %d calls, want one before and one after the new tool", s.calls)
	}
}

// session is the terminal of the person who follows the quick start.
type session struct {
	dir, app string
	server   *exec.Cmd
	ended    chan string // gets the last line of the server's log at its end
	endpoint string
	answer   string // of the last request
	calls    int
}

func (s *session) do(t *testing.T, line string) {
	t.Helper()
	t.Log("$", line)
	args := words(strings.ReplaceAll(line, readmeApp, s.app))
	switch {
	case len(args) == 0:
	case args[0] == "cd":
		s.dir = args[1]
	case args[0] == "curl":
		s.request(t, args[1:])
	case line == "go run .":
		s.stop(t)
		s.start(t)
	case args[0] == "go":
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir, cmd.Env = s.dir, environment()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	default:
		t.Fatalf("the quick start uses %s, which not every machine has", args[0])
	}
}

func environment() []string {
	return append(os.Environ(), "GOWORK=off", "PORT=0")
}

// start runs the app until stop, and waits for the line that names its endpoint.
func (s *session) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command("go", "run", ".")
	cmd.Dir, cmd.Env = s.dir, environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // go run and the app, as Ctrl-C reaches both
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.server, s.ended = cmd, make(chan string, 1)
	found := make(chan string, 1)
	ended := s.ended
	go func() {
		var last string
		defer func() { ended <- last }()
		endpoint := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/mcp`)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			last = lines.Text()
			if url := endpoint.FindString(last); url != "" {
				select {
				case found <- url:
				default:
				}
			}
		}
	}()
	select {
	case s.endpoint = <-found:
	case last := <-ended:
		ended <- last
		t.Fatalf("go run . ended without serving: %s", last)
	case <-time.After(2 * time.Minute):
		t.Fatal("go run . names no endpoint")
	}
}

// stop is Ctrl-C.
func (s *session) stop(t *testing.T) {
	t.Helper()
	if s.server == nil {
		return
	}
	cmd := s.server
	s.server = nil
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Errorf("stop the server: %v", err)
	}
	timer := time.AfterFunc(30*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer timer.Stop()
	last := <-s.ended
	// An interrupted go run ends with 1 whatever the program does, but says so when the program failed.
	_ = cmd.Wait()
	if strings.HasPrefix(last, "exit status") || strings.HasPrefix(last, "signal:") {
		t.Errorf("the server did not end cleanly: %s", last)
	}
}

// request does what curl does with the options that the README uses.
func (s *session) request(t *testing.T, args []string) {
	t.Helper()
	header := http.Header{"Accept": {"*/*"}}
	var url, body string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch arg {
		case "-s":
		case "-H", "-d":
			if len(args) == 0 {
				t.Fatalf("curl %s lacks its value", arg)
			}
			if arg == "-d" {
				body = args[0]
			} else {
				name, value, _ := strings.Cut(args[0], ": ")
				header.Set(name, value)
			}
			args = args[1:]
		case readmeEndpoint:
			url = s.endpoint
		default:
			t.Fatalf("curl %s is unknown to this test", arg)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Errorf("the request is answered with %s", response.Status)
	}
	s.answer = string(data)
	s.calls++
}

// words splits a line as a shell does, as far as the README goes: blanks, single quotes, comments.
func words(line string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([^']*)'|#.*|([^\s']+)`).FindAllStringSubmatch(line, -1) {
		switch {
		case strings.HasPrefix(m[0], "#"):
			return out
		case m[0][0] == '\'':
			out = append(out, m[1])
		default:
			out = append(out, m[2])
		}
	}
	return out
}

func TestWords(t *testing.T) {
	got := words(`curl -s http://host/ -H 'A: b' -d '{"x": 1}' # comment`)
	want := []string{"curl", "-s", "http://host/", "-H", "A: b", "-d", `{"x": 1}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := words("# only a comment"); len(got) != 0 {
		t.Errorf("a comment has the words %q", got)
	}
}
