package program

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
	"github.com/xmcpgo/xmcpgo/internal/overhear"
)

// endpoint is where a server says it serves.
var endpoint = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/mcp`)

// Serve starts a server on a free port of the loopback interface and returns the URL of its endpoint, behind a proxy that checks
// every message of the server. The end of the test
// tells it to stop and expects that it drains and exits with 0, which it does not when the race detector has found something.
func Serve(t testing.TB, bin string) string {
	t.Helper()
	cmd := exec.Command(bin, "--addr", "127.0.0.1:0")
	cmd.Dir = t.TempDir() // no .env
	cmd.Env = append(os.Environ(), "GORACE=exitcode=66")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := &journal.Journal{Also: os.Stderr}
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
		return overhear.HTTP(t, url)
	case <-read:
		t.Fatalf("the server ended:\n%s", log)
	case <-time.After(30 * time.Second):
		t.Fatalf("the server names no endpoint:\n%s", log)
	}
	return ""
}
