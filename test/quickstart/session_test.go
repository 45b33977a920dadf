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
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/wireschema"
)

// session is the terminal of the person who follows the quick start.
type session struct {
	dir, app string
	env      []string
	server   *exec.Cmd
	ended    chan string // gets the last line of the server's log at its end
	endpoint string
	answer   string // of the last request
	calls    int
}

func newSession(t *testing.T, root string) *session {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temporary := t.TempDir()
	s := &session{dir: root, app: filepath.Join(temporary, "my-app")}
	s.env = append(os.Environ(), "GOWORK=off", "PORT=0", "BROWSER="+self+" "+signInAs+"usr_alice@org_acme",
		"XDG_CONFIG_HOME="+filepath.Join(temporary, "config"))
	if *newcomer {
		s.env = append(s.env, "GOCACHE="+filepath.Join(temporary, "build"), "GOMODCACHE="+filepath.Join(temporary, "modules"),
			"GOFLAGS="+os.Getenv("GOFLAGS")+" -modcacherw") // so that the folder can be removed
	}
	t.Cleanup(func() { s.stop(t) })
	return s
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
		s.start(t, args)
	case line == "go tool xmcpgo dev":
		s.stop(t)
		s.start(t, append(args, "--auth-port", "0"))
	case args[0] == "go":
		s.command(t, args)
	default:
		t.Fatalf("the quick start uses %s, which not every machine has", args[0])
	}
}

// command runs a command of the README to its end. What a call prints is an answer.
func (s *session) command(t *testing.T, args []string) {
	t.Helper()
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, readmeEndpoint, s.endpoint)
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = s.dir, s.env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	if slices.Contains(args, "call") {
		s.answer = stdout.String()
		s.calls++
	}
}

// start runs the app until stop, and waits for the line that names its endpoint, and for an answer there.
func (s *session) start(t *testing.T, args []string) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = s.dir, s.env
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
		s.await(t)
	case last := <-ended:
		ended <- last
		t.Fatalf("%s ended without serving: %s", strings.Join(args, " "), last)
	case <-time.After(limit):
		t.Fatalf("%s names no endpoint", strings.Join(args, " "))
	}
}

// await returns when the server answers, whatever it says to a request that is none.
func (s *session) await(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(s.endpoint)
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
		if resp.StatusCode < http.StatusInternalServerError {
			return
		}
	}
	t.Fatalf("%s does not answer", s.endpoint)
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
	var talk wireschema.Conversation
	talk.Sent(header.Get("MCP-Protocol-Version"), []byte(body))
	if err := talk.Received(data); err != nil {
		t.Errorf("the server sent what the official schema does not allow: %v", err)
	}
	s.answer = string(data)
	s.calls++
}
