package signin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
	"github.com/xmcpgo/xmcpgo/test/browser"
)

// patience is how long a client may take for one step; on a busy machine its start alone takes seconds.
const patience = 90 * time.Second

// openVariable makes this test binary the program that opens pages: it passes its argument on to the test.
const openVariable = "XMCPGO_OPEN"

// openPage is what the clients' browser does: it tells the test which page to open.
func openPage(to, page string) int {
	res, err := http.Post(to, "text/plain", strings.NewReader(page))
	if err != nil {
		return 1
	}
	_ = res.Body.Close()
	return 0
}

// home is where one client keeps its settings and its tokens, and how it opens pages.
type home struct {
	t     testing.TB
	dir   string
	env   []string
	pages chan string // that the client wants to be opened
}

// newHome makes a home. The client sees nothing of the environment but the PATH and what is named here.
func newHome(t testing.TB, env ...string) *home {
	t.Helper()
	h := &home{t: t, dir: t.TempDir(), pages: make(chan string, 8)}
	mail := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		page, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("open a page: %v", err)
		}
		h.pages <- string(page)
	}))
	t.Cleanup(mail.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opener := filepath.Join(h.dir, "browser")
	// Programs call it xdg-open where they do not heed BROWSER.
	script := "#!/bin/sh\nfor page; do :; done\n" + openVariable + "='" + mail.URL + "' exec '" + self + "' \"$page\"\n"
	for _, name := range []string{opener, filepath.Join(h.dir, "xdg-open")} {
		if err := os.WriteFile(name, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	milliseconds := strconv.FormatInt(patience.Milliseconds(), 10)
	h.env = append([]string{
		"PATH=" + h.dir + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + h.dir, "BROWSER=" + opener, "TERM=xterm", "LANG=C.UTF-8",
		// Claude Code waits five seconds for its servers before it asks the model, which then knows no tools; on a busy machine that is little.
		"CLAUDE_CODE_MCP_STARTUP_WAIT_MS=" + milliseconds, "MCP_TIMEOUT=" + milliseconds,
		// Nothing but the loopback interface is needed, and nothing else is to be tried.
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_AUTOUPDATER=1", "DISABLE_TELEMETRY=1", "DISABLE_ERROR_REPORTING=1",
		"MCP_AUTO_OPEN_ENABLED=true", "MCP_INSPECTOR_SECRET_STORE=file", // the Inspector has no terminal here
		"XDG_CONFIG_HOME=" + filepath.Join(h.dir, "config"), "XDG_DATA_HOME=" + filepath.Join(h.dir, "data"), "XDG_CACHE_HOME=" + filepath.Join(h.dir, "cache"),
	}, env...)
	return h
}

// process is a client that runs.
type process struct {
	name   string
	ctx    context.Context // ends when the client has taken too long, and the client with it
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    journal.Journal
	ended  chan struct{}
	err    error
	cancel context.CancelFunc
}

// start runs a client; its standard input stays open until it ends.
func (h *home) start(args ...string) *process {
	h.t.Helper()
	p := h.prepare(args...)
	p.cmd.Stdout = &p.out
	h.begin(p)
	return p
}

func (h *home) prepare(args ...string) *process {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*patience)
	p := &process{name: filepath.Base(args[0]) + " " + strings.Join(args[1:], " "), ctx: ctx, ended: make(chan struct{}), cancel: cancel}
	p.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	p.cmd.Dir, p.cmd.Env, p.cmd.WaitDelay = h.dir, h.env, 5*time.Second
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) } // so that it ends what it has started
	p.cmd.Stderr = &p.out
	return p
}

func (h *home) begin(p *process) {
	h.t.Helper()
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.cancel()
		h.t.Fatalf("%s: %v", p.name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	h.t.Cleanup(func() {
		p.cancel()
		<-p.ended
	})
}

// onTerminal runs a client that wants a person at a terminal.
func (h *home) onTerminal(args ...string) *process {
	h.t.Helper()
	if runtime.GOOS == "darwin" {
		return h.start(append([]string{"script", "-q", "/dev/null"}, args...)...)
	}
	for i, a := range args {
		args[i] = "'" + a + "'"
	}
	return h.start("script", "-qec", strings.Join(args, " "), "/dev/null")
}

// done waits for the end and returns the output. A client that fails fails the test.
func (p *process) done(t testing.TB) string {
	t.Helper()
	<-p.ended
	_ = p.stdin.Close() // it is gone already
	if p.err != nil {
		t.Fatalf("%s: %v\n%s", p.name, p.err, &p.out)
	}
	return p.out.String()
}

// run runs a client to its end, with nothing on standard input.
func (h *home) run(args ...string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = h.dir, h.env, 5*time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		h.t.Fatalf("%s %v: %v\n%s", filepath.Base(args[0]), args[1:], errors.Join(err, ctx.Err()), &out)
	}
	return out.String()
}

// signIn waits until the client wants a page to be opened, and there is the person who is named, or "deny".
func (h *home) signIn(b *browser.Browser, p *process, person string) {
	h.t.Helper()
	answer(h.t, b, h.asked(p), person)
}

// asked waits until the client wants a page to be opened.
func (h *home) asked(p *process) (page string) {
	h.t.Helper()
	select {
	case page = <-h.pages:
	case <-p.ended:
		h.t.Fatalf("%s opens no page: %v\n%s", p.name, p.err, &p.out)
	case <-time.After(patience):
		h.t.Fatalf("%s opens no page\n%s", p.name, &p.out)
	}
	return page
}

// says waits until the client says something.
func (p *process) says(t testing.TB, text string) {
	t.Helper()
	for end := time.Now().Add(patience); !strings.Contains(p.out.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not say %q:\n%s", p.name, text, &p.out)
		}
	}
}

// answer is the person who is named, or "deny", at a page that a client has opened. People are slower than clients: mcp-remote
// opens the page of a step-up half a second before it listens for the code, and never asks again when that is lost.
func answer(t testing.TB, b *browser.Browser, page, person string) {
	t.Helper()
	asked, err := url.Parse(page)
	if err != nil {
		t.Error(err)
		return
	}
	back, err := url.Parse(asked.Query().Get("redirect_uri"))
	if err != nil {
		t.Error(err)
		return
	}
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", back.Host, time.Second)
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(end) {
			t.Errorf("no client listens where it wants the answer: %v", err)
			return
		}
	}
	b.Story(t, "testdata/person.mjs", page, browser.Env{"person": person})
}

// signedIn signs the person in and waits until the client has ended, which it must do well.
func (h *home) signedIn(b *browser.Browser, p *process, person string) {
	h.t.Helper()
	h.signIn(b, p, person)
	p.done(h.t)
}
