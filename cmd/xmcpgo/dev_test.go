//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// devApp is an app under dev, which runs in this process.
type devApp struct {
	t    *testing.T
	dir  string
	url  string
	out  *watchedOutput
	said int
	stop func() (code int)
}

const devMain = `package main

import (
	"os/signal"
	"syscall"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"app/src"
)

// Signals are ignored, as a program with a handler of its own may do.
func main() {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	xmcp.Main(src.Registry(), xmcp.Config{Name: "app"})
}
`

const devTools = `package tools

import (
	"context"
	"os"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

const edition = "edition 0"

// EditionMetadata makes Edition a tool.
var EditionMetadata = xmcp.ToolMetadata{}

// Edition tells which build answers: edition 0.
func Edition(ctx context.Context) (string, error) { return edition, nil }

// WaitInput is the file to wait for.
type WaitInput struct {
	File string ` + "`json:\"file\"`" + `
}

// WaitMetadata makes Wait a tool.
var WaitMetadata = xmcp.ToolMetadata{}

// Wait waits for a file.
func Wait(ctx context.Context, in WaitInput) (string, error) {
	xmcp.Progress(ctx, 0, 1, "waiting")
	for ctx.Err() == nil {
		if _, err := os.Stat(in.File); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return edition, ctx.Err()
}

// Choice is an answer.
type Choice struct {
	Colour string ` + "`json:\"colour\"`" + `
}

// ChooseMetadata makes Choose a tool.
var ChooseMetadata = xmcp.ToolMetadata{}

// Choose asks for a colour.
func Choose(ctx context.Context) (string, error) {
	c, err := xmcp.Elicit[Choice](ctx, "colour", "Which colour?")
	return c.Colour + ", " + edition, err
}
`

// develop creates an app and runs dev on it until the end of the test.
func develop(t *testing.T) *devApp {
	t.Helper()
	t.Setenv("NO_COLOR", "1")
	dir := filepath.Join(t.TempDir(), "app")
	var created bytes.Buffer
	if code := run(t.Context(), []string{"create", dir, "-y"}, strings.NewReader(""), &created, &created); code != 0 {
		t.Fatalf("create: %d\n%s", code, &created)
	}
	a := &devApp{t: t, dir: dir, out: &watchedOutput{url: make(chan string, 1)}}
	a.write("main.go", devMain)
	a.write("src/tools/greet.go", devTools)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"dev", "--addr", "127.0.0.1:0", dir}, strings.NewReader(""), a.out, a.out)
	}()
	a.stop = sync.OnceValue(func() int { cancel(); return <-done })
	t.Cleanup(func() {
		a.stop()
		if t.Failed() {
			t.Log(a.out)
		}
	})
	a.url = a.says(`"url":"([^"]+)"`)
	return a
}

// write saves a file as editors do, in one step: what reads it meanwhile has the old text or the new one.
func (a *devApp) write(name, text string) {
	a.t.Helper()
	file := filepath.Join(a.dir, filepath.FromSlash(name))
	fresh := filepath.Join(filepath.Dir(file), "."+filepath.Base(file))
	if err := errors.Join(os.WriteFile(fresh, []byte(text), 0o600), os.Rename(fresh, file)); err != nil {
		a.t.Fatal(err)
	}
}

// edit saves edition n of the tools.
func (a *devApp) edit(n int) {
	a.t.Helper()
	a.write("src/tools/greet.go", strings.ReplaceAll(devTools, "edition 0", fmt.Sprint("edition ", n)))
}

// says waits for output that matches behind what was found before, and returns its last group.
func (a *devApp) says(pattern string) string {
	a.t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(sayTimeout); ; time.Sleep(5 * time.Millisecond) {
		text := a.out.String()
		if m := re.FindStringSubmatchIndex(text[a.said:]); m != nil {
			found := text[a.said:][m[len(m)-2]:m[len(m)-1]]
			a.said += m[1]
			return found
		}
		if time.Now().After(end) {
			a.t.Fatalf("dev does not say %s", pattern)
		}
	}
}

// children are the processes that this one has started and that run, on systems that tell it.
func children(t *testing.T) (running []string) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(rest); len(fields) > 2 && fields[1] == strconv.Itoa(os.Getpid()) && fields[0] != "Z" {
			running = append(running, string(stat))
		}
	}
	return running
}

// mcpConn speaks one era to an endpoint, message by message.
type mcpConn struct {
	t       *testing.T
	url     string
	session string // of 2025-11-25; empty is 2026-07-28
	ids     int
	once    sync.Once
	checked *http.Client
}

// client has every message checked against the official schemas; it fails the test in the end.
func (c *mcpConn) client() *http.Client {
	c.once.Do(func() {
		seen := &messages{}
		c.checked = seen.client()
		c.t.Cleanup(func() {
			if err := seen.err(); err != nil {
				c.t.Errorf("the server sent what the official schema does not allow: %v", err)
			}
		})
	})
	return c.checked
}

const (
	modernMeta   = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}`
	modernHeader = "2026-07-28"
)

func (c *mcpConn) do(method, body string, header ...string) *http.Response {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json, text/event-stream")
	r.Header.Set("Content-Type", "application/json")
	if c.session != "" {
		r.Header.Set("Mcp-Session-Id", c.session)
		r.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.client().Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return res
}

// initialize opens a session.
func (c *mcpConn) initialize() {
	c.t.Helper()
	res := c.do(http.MethodPost, `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`)
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if c.session = res.Header.Get("Mcp-Session-Id"); c.session == "" {
		c.t.Fatalf("no session: %s", res.Status)
	}
}

// call calls a tool in the session and returns the messages that come back.
func (c *mcpConn) call(tool, arguments string) *events {
	c.t.Helper()
	c.ids++
	return receive(c.t, c.do(http.MethodPost, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s,"_meta":{"progressToken":%d}}}`, c.ids, tool, arguments, c.ids)))
}

// events are the messages of an answer, be it one or a stream.
type events struct {
	t  *testing.T
	ch chan string
}

func receive(t *testing.T, res *http.Response) *events {
	e := &events{t, make(chan string, 100)}
	go func() {
		defer close(e.ch)
		defer func() { _ = res.Body.Close() }()
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
			b, _ := io.ReadAll(res.Body)
			e.ch <- string(b)
			return
		}
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				e.ch <- data
			}
		}
	}()
	return e
}

// wants reads until a message has a text.
func (e *events) wants(text string) string {
	e.t.Helper()
	timeout := time.After(sayTimeout)
	var seen []string
	for {
		select {
		case m, ok := <-e.ch:
			if !ok {
				e.t.Fatalf("the stream ends without %s:\n%s", text, strings.Join(seen, "\n"))
			}
			if strings.Contains(m, text) {
				return m
			}
			seen = append(seen, m)
		case <-timeout:
			e.t.Fatalf("no %s:\n%s", text, strings.Join(seen, "\n"))
		}
	}
}

// ends waits for the end.
func (e *events) ends() {
	for range e.ch {
	}
}

// Three builds come and go. A client of 2025-11-25 keeps its session, a call and a question in flight go on where they began, listeners of
// both eras hear that lists may have changed, and nothing is left in the end.
func TestDevSwaps(t *testing.T) {
	a := develop(t)
	legacy := &mcpConn{t: t, url: a.url}
	legacy.initialize()
	modern := &mcpConn{t: t, url: a.url}
	listen := func() *events {
		return receive(t, modern.do(http.MethodPost, `{"jsonrpc":"2.0","id":"l","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},`+modernMeta+`}}`,
			"Mcp-Protocol-Version", modernHeader, "Mcp-Method", "subscriptions/listen"))
	}
	stream := func() *events { return receive(t, legacy.do(http.MethodGet, "")) }

	release := filepath.Join(t.TempDir(), "release")
	file, err := json.Marshal(release)
	if err != nil {
		t.Fatal(err)
	}
	slow := legacy.call("wait", `{"file":`+string(file)+`}`)
	slow.wants(`"message":"waiting"`)
	question := legacy.call("choose", `{}`)
	var asked struct{ ID json.RawMessage }
	if err := json.Unmarshal([]byte(question.wants(`"elicitation/create"`)), &asked); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		heardModern, heardLegacy := listen(), stream()
		heardModern.wants("notifications/subscriptions/acknowledged")
		if n > 1 { // another build has opened the session
			heardLegacy.wants("notifications/tools/list_changed")
		} else {
			legacy.call("edition", `{}`).wants("edition 0") // meanwhile the stream is open
		}
		a.edit(n)
		heardModern.wants("notifications/tools/list_changed")
		heardLegacy.wants("notifications/tools/list_changed")
		heardModern.ends()
		heardLegacy.ends()
		a.says(fmt.Sprintf("(build %d serves)", n+1))
		edition := fmt.Sprint("edition ", n)
		legacy.call("edition", `{}`).wants(edition)
		receive(t, legacy.do(http.MethodPost, `{"jsonrpc":"2.0","id":"list","method":"tools/list"}`)).wants(edition)
		receive(t, modern.do(http.MethodPost, `{"jsonrpc":"2.0","id":"list","method":"tools/list","params":{`+modernMeta+`}}`,
			"Mcp-Protocol-Version", modernHeader, "Mcp-Method", "tools/list")).wants(edition)
		if n == 2 {
			res := legacy.do(http.MethodPost, `{"jsonrpc":"2.0","id":`+string(asked.ID)+`,"result":{"action":"accept","content":{"colour":"red"}}}`)
			if _ = res.Body.Close(); res.StatusCode != http.StatusAccepted {
				t.Errorf("the answer: %s", res.Status)
			}
			question.wants("red, edition 0")
		}
	}
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	slow.wants("edition 0")
	if code := a.stop(); code != exitOK {
		t.Errorf("dev exits with %d", code)
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes are left:\n%s", strings.Join(left, "\n"))
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "xmcpgo-dev-*", "*", "app")); slices.ContainsFunc(left, func(f string) bool { return strings.Contains(a.out.String(), f) }) {
		t.Errorf("programs are left: %v", left)
	}
}

// Twenty saves within a second are one rebuild.
func TestDevSaveStorm(t *testing.T) {
	a := develop(t)
	for n := 1; n <= 20; n++ {
		a.edit(n)
		time.Sleep(40 * time.Millisecond)
	}
	a.says("(build 2 serves)")
	c := &mcpConn{t: t, url: a.url}
	c.initialize()
	c.call("edition", `{}`).wants("edition 20")
	if text := a.out.String(); strings.Contains(text, "build 3") || strings.Contains(text, "problem") {
		t.Error("the storm is more than one rebuild")
	}
}
