package clients

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// repository is the root of the checkout.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// goCommand runs the go command, or another program, in dir.
func goCommand(t *testing.T, dir string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// build compiles the app in dir into a folder of the test.
func build(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "server")
	goCommand(t, dir, "go", "build", "-o", bin, ".")
	return bin
}

// endpoint is where a server says it serves.
var endpoint = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/mcp`)

// serveHTTP starts a server on a free port of the loopback interface and returns
// the URL of its endpoint. The end of the test tells it to stop and expects that
// it drains and exits with 0.
func serveHTTP(t *testing.T, bin string) string {
	t.Helper()
	cmd := exec.Command(bin, "--addr", "127.0.0.1:0")
	cmd.Dir = t.TempDir() // no .env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := &tail{}
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewReader(io.TeeReader(stderr, log))
		for {
			line, err := lines.ReadString('\n')
			if url := endpoint.FindString(line); url != "" {
				select {
				case found <- url:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stop the server: %v", err)
		}
		timer := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		<-read
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not end cleanly: %v\n%s", err, log)
		} else if t.Failed() {
			t.Logf("the server said:\n%s", log)
		}
	})
	select {
	case url := <-found:
		return url
	case <-read:
		t.Fatalf("the server ended:\n%s", log)
	case <-time.After(30 * time.Second):
		t.Fatalf("the server names no endpoint:\n%s", log)
	}
	return ""
}

// tail keeps what a server wrote.
type tail struct {
	mu sync.Mutex
	b  strings.Builder
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// deadline bounds one exchange with a server.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
