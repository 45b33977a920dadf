package xmcp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
)

// pipe is a client of a stdio server that reads what it is told line by line.
type pipe struct {
	t     *testing.T
	in    *io.PipeWriter
	lines chan string
	ended chan error
	check *checkedLines
}

func newPipe(ctx context.Context, t *testing.T, s *Server) *pipe {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	p := &pipe{t: t, in: inW, lines: make(chan string, 1000), ended: make(chan error, 1), check: newCheckedLines(t)}
	go func() {
		err := s.ServeStdio(ctx, inR, outW)
		_ = outW.Close()
		p.ended <- err
	}()
	go func() {
		r := bufio.NewScanner(outR)
		r.Buffer(nil, 8<<20)
		for r.Scan() {
			p.check.received(r.Text())
			p.lines <- r.Text()
		}
		close(p.lines)
	}()
	return p
}

func (p *pipe) send(format string, args ...any) {
	p.t.Helper()
	text := fmt.Sprintf(format+"\n", args...)
	p.check.sent(text)
	if _, err := io.WriteString(p.in, text); err != nil {
		p.t.Fatal(err)
	}
}

// receive returns the next line, or "" when the server says nothing more.
func (p *pipe) receive() string {
	p.t.Helper()
	select {
	case line := <-p.lines:
		return line
	case <-time.After(10 * time.Second):
		p.t.Fatal("the server says nothing")
		return ""
	}
}

func (p *pipe) end() error {
	p.t.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(10 * time.Second):
		p.t.Fatal("the server does not end")
		return nil
	}
}

// stdioServerWith is a server that was not started, with the tool "t".
func stdioServerWith(t *testing.T, cfg Config, fn func(context.Context) error) *Server {
	t.Helper()
	cfg.Stdio, cfg.stderr = true, io.Discard
	r := NewRegistry()
	tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(fn))
	greetTool(r)
	s, err := New(r, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStdioCallsRunBesideEachOther(t *testing.T) {
	const n = 20
	var together sync.WaitGroup
	together.Add(n)
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{}, func(context.Context) error { together.Done(); together.Wait(); return nil }))
	for i := range n {
		p.send(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"t"}}`, i)
	}
	seen := map[int]bool{}
	for range n {
		var m struct {
			ID     int
			Result json.RawMessage
		}
		if err := json.Unmarshal([]byte(p.receive()), &m); err != nil || m.Result == nil || seen[m.ID] {
			t.Fatalf("%v, %+v", err, m)
		}
		seen[m.ID] = true
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// A cancelled request is never spoken of again, and others are not touched.
func TestStdioCancel(t *testing.T) {
	for era, meta := range map[string]string{"legacy": "", "modern": `"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"debug",`} {
		t.Run(era, func(t *testing.T) { cancelOnStdio(t, meta) })
	}
}

func cancelOnStdio(t *testing.T, meta string) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{}, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		Progress(ctx, 1, 0, "too late")
		Logger(ctx).Error("too late")
		ended <- context.Cause(ctx)
		return ctx.Err()
	}))
	p.send(`{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","_meta":{%s"progressToken":1}}}`, meta)
	<-begun
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"b"}}`)
	p.send(`{"jsonrpc":"2.0","id":"a","method":"ping"}`)
	if got := p.receive(); !strings.Contains(got, "the id is in use") {
		t.Errorf("a second request with the id: %s", got)
	}
	p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"a","reason":"enough"}}`)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	p.send(`{"jsonrpc":"2.0","id":"c","method":"ping"}`)
	for got := p.receive(); !strings.Contains(got, `"id":"c"`); got = p.receive() {
		t.Errorf("said of a cancelled request: %s", got)
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
	for line := range p.lines {
		t.Errorf("said after the end: %s", line)
	}
}

// A server at the end of a pipe answers what it was sent before the pipe was closed, slow calls and a last line without a
// line break included.
func TestStdioAnswersWhatCameBeforeTheEndOfInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t.Context(), t, stdioServerWith(t, Config{}, func(ctx context.Context) error { time.Sleep(endOfInputGrace * 9 / 10); return ctx.Err() }))
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`)
		const last = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t"}}`
		p.check.sent(last)
		if _, err := io.WriteString(p.in, last); err != nil {
			t.Fatal(err)
		}
		_ = p.in.Close()
		for range 2 {
			if got := p.receive(); !strings.Contains(got, `"content":[]`) {
				t.Errorf("got %q", got)
			}
		}
		if err := p.end(); err != nil {
			t.Error(err)
		}
	})
}

func TestStdioCancelsCallsThatOutliveTheInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe(t.Context(), t, stdioServerWith(t, Config{}, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
		p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`)
		_ = p.in.Close()
		if err := p.end(); err != nil {
			t.Error(err)
		}
		for line := range p.lines {
			t.Errorf("said of a cancelled call: %s", line)
		}
	})
}

// The end of the context is what a signal brings: calls in flight finish within the time of the drain.
func TestStdioDrains(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	begun := make(chan struct{})
	p := newPipe(ctx, t, stdioServerWith(t, Config{}, func(ctx context.Context) error {
		close(begun)
		time.Sleep(50 * time.Millisecond)
		return ctx.Err()
	}))
	p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`)
	<-begun
	stop()
	if got := p.receive(); !strings.Contains(got, `"content":[]`) {
		t.Errorf("got %q", got)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

func TestStdioCutsOffCallsThatOutliveTheDrain(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	begun, cut := make(chan struct{}), make(chan struct{})
	p := newPipe(ctx, t, stdioServerWith(t, Config{ShutdownTimeout: 20 * time.Millisecond}, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		close(cut)
		return nil
	}))
	p.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`)
	<-begun
	stop()
	if err := p.end(); err == nil || !strings.Contains(err.Error(), "did not finish in time") {
		t.Errorf("the server ends with %v", err)
	}
	<-cut
}

func TestStdioLineLimits(t *testing.T) {
	p := newPipe(t.Context(), t, stdioServerWith(t, Config{Limits: Limits{Body: 100_000}}, nil))
	fits := `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("a", 100_000-100) + `"}}`
	fits = strings.Replace(fits, `"x":"`, `"x":"`+strings.Repeat("b", 100_000-len(fits)), 1)
	p.send("%s", fits)
	if got := p.receive(); got != `{"jsonrpc":"2.0","id":1,"result":{}}` {
		t.Errorf("a line of the limit is answered with %s", got)
	}
	p.send("%s", " "+fits)
	if got := p.receive(); !strings.Contains(got, "too long") {
		t.Errorf("a longer one with %s", got)
	}
	p.send(`{"jsonrpc":"2.0","id":2,"method":"ping"}`)
	if got := p.receive(); got != `{"jsonrpc":"2.0","id":2,"result":{}}` {
		t.Errorf("the next one with %s", got)
	}
	if _, err := io.WriteString(p.in, strings.Repeat("[", 200_000)); err != nil {
		t.Fatal(err)
	}
	_ = p.in.Close()
	if got := p.receive(); !strings.Contains(got, "too long") {
		t.Errorf("a long line at the end with %s", got)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("the terminal is gone") }

func TestStdioReportsWhatItCannotRead(t *testing.T) {
	err := stdioServerWith(t, Config{}, nil).ServeStdio(t.Context(), failingReader{}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the terminal is gone") {
		t.Errorf("got %v", err)
	}
}

func FuzzStdioAnswersLines(f *testing.F) {
	for _, s := range []string{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"x"}}}`, `nope`, "\n\n", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"x"}}` + "\n" + `{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"info"}}`, callTModern, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		s := newTestServer(t, Config{Stdio: true}, greetTool)
		var out journal.Journal
		if err := s.serveStdio(t.Context(), strings.NewReader(string(input)), &out); err != nil {
			t.Fatal(err)
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		messages := 0
		check := newCheckedLines(t)
		check.sent(string(input))
		for line := range strings.Lines(string(input)) {
			if strings.TrimSpace(line) != "" {
				messages++
			}
		}
		answers := 0
		for line := range strings.Lines(out.String()) {
			answers++
			check.received(line)
			if strings.HasPrefix(line, "[") && json.Valid([]byte(line)) {
				continue // answers a batch
			}
			var m struct{ Result, Error json.RawMessage }
			if err := json.Unmarshal([]byte(line), &m); err != nil || (m.Result == nil) == (m.Error == nil) {
				t.Errorf("%q is answered with %q: %v", input, line, err)
			}
		}
		if answers > messages {
			t.Errorf("%d messages have %d answers", messages, answers)
		}
	})
}

// What a request changes is heard by a subscription that was asked for before it, although requests run beside each other.
func TestStdioSubscriptionsHearOfWhatFollows(t *testing.T) {
	s := stdioServerWith(t, Config{}, func(ctx context.Context) error { return GetServer(ctx).Update(another("late")) })
	p := newPipe(t.Context(), t, s)
	listen, _ := listenBody(`"s"`, `{"toolsListChanged":true}`)
	p.send("%s\n%s", listen, callT)
	var seen []string
	for len(seen) < 3 {
		seen = append(seen, p.receive())
	}
	if all := strings.Join(seen, "\n"); !strings.Contains(all, "notifications/tools/list_changed") || !strings.Contains(all, "acknowledged") {
		t.Errorf("the client hears\n%s", all)
	}
	_ = p.in.Close()
	if err := p.end(); err != nil {
		t.Error(err)
	}
}

// A cancelled subscription hears nothing more, not even of what changes at once, nor of the end of the server.
func TestStdioCancelledSubscriptionsHearNothing(t *testing.T) {
	s := stdioServerWith(t, Config{}, nil)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	p := newPipe(ctx, t, s)
	const rounds, n = 20, 50
	for round := range rounds {
		for i := range n {
			listen, _ := listenBody(strconv.Itoa(round*n+i), `{"toolsListChanged":true}`)
			p.send("%s", listen)
		}
		for range n {
			if got := p.receive(); !strings.Contains(got, "acknowledged") {
				t.Fatalf("got %s", got)
			}
		}
		for i := range n {
			p.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d}}`, round*n+i)
		}
		p.send(`{"jsonrpc":"2.0","id":"x","method":"ping"}`) // messages are taken one after another
		if got := p.receive(); got != `{"jsonrpc":"2.0","id":"x","result":{}}` {
			t.Fatalf("got %s", got)
		}
		if round == rounds-1 {
			stop()
		}
		if err := s.Update(another(fmt.Sprintf("late%d", round))); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	for line := range p.lines {
		t.Errorf("said of a cancelled subscription: %s", line)
	}
}

// A subscription on stdio ends with a word, as over HTTP: it is cancelled and answered when the server is to end.
func TestStdioSubscriptionsEndWithAWord(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	p := newPipe(ctx, t, stdioServerWith(t, Config{}, nil))
	listen, _ := listenBody(`"s"`, `{"toolsListChanged":true}`)
	p.send("%s", listen)
	if got := p.receive(); !strings.Contains(got, "acknowledged") {
		t.Fatalf("got %s", got)
	}
	stop()
	const tag = `"_meta":{"io.modelcontextprotocol/subscriptionId":"s"`
	if got := p.receive(); !strings.Contains(got, `"method":"notifications/cancelled"`) || !strings.Contains(got, tag) || !strings.Contains(got, `"requestId":"s"`) {
		t.Errorf("got %s", got)
	}
	if got, want := p.receive(), `{"jsonrpc":"2.0","id":"s","result":{"resultType":"complete",`+tag+`,"io.modelcontextprotocol/serverInfo":{"name":"xmcpgo","version":"0.0.0-dev"}}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := p.end(); err != nil {
		t.Error(err)
	}
	if more := p.receive(); more != "" {
		t.Errorf("the server goes on: %s", more)
	}
}
