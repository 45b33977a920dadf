//go:build unix

package dev

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/test/browser"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestStory runs dev on a copy of examples/notes. The story saves files of it by requests to this test.
func TestStory(t *testing.T) {
	root := program.Repository(t)
	app := filepath.Join(t.TempDir(), "notes")
	if err := os.CopyFS(app, os.DirFS(filepath.Join(root, "examples", "notes"))); err != nil {
		t.Fatal(err)
	}
	gomod := filepath.Join(app, "go.mod")
	data, err := os.ReadFile(gomod)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gomod, []byte(strings.Replace(string(data), "=> ../..", "=> "+root, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	seen := filepath.Join(t.TempDir(), "seen")
	editor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if name := filepath.Base(r.URL.Path); name == "seen" {
			err = os.WriteFile(seen, nil, 0o644)
		} else {
			err = save(app, name)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
	t.Cleanup(editor.Close)
	url := runDev(t, app, "TIDY_WHEN_THERE="+seen)
	browser.Start(t).Story(t, "testdata/story.mjs", url, browser.Env{"editor": editor.URL})
}

// save writes a version of the tool.
func save(app, name string) error {
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(app, "src", "tools", "tidy_notes.go"), text, 0o644)
}

// runDev runs the command until the end of the test and returns the address of its page.
func runDev(t *testing.T, app string, env ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "xmcpgo")
	program.Run(t, program.Repository(t), "go", "build", "-o", bin, "./cmd/xmcpgo")
	program.Run(t, app, "go", "build", "-o", os.DevNull, ".") // from an empty build cache it takes minutes on a busy machine
	cmd := exec.Command(bin, "dev", "--addr", "127.0.0.1:0", "--auth-port", "0", app)
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), env...)
	cmd.Dir = t.TempDir()
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var said strings.Builder
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		endpoint := regexp.MustCompile(`"url":"(http://127\.0\.0\.1:\d+)/mcp"`)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			mu.Lock()
			said.WriteString(lines.Text() + "\n")
			mu.Unlock()
			if m := endpoint.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1] + "/_dev/":
				default:
				}
			}
		}
	}()
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("stop dev: %v", err)
		}
		timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("dev did not end cleanly: %v", err)
		}
		_ = in.Close()
		<-read
		if t.Failed() {
			t.Logf("dev said:\n%s", said.String())
		}
	})
	select {
	case url := <-found:
		return url
	case <-time.After(2 * time.Minute):
		mu.Lock()
		defer mu.Unlock()
		t.Fatalf("dev names no address:\n%s", said.String())
	}
	return ""
}
