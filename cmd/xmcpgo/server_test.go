package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const (
	startTimeout = sayTimeout  // go run compiles first
	stopTimeout  = time.Minute // dev alone gives its builds 12 s
)

var endpointURL = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/mcp`)

// server is a process that a script has started.
type server struct {
	cmd *exec.Cmd
	// interrupt ends it as Ctrl-C in a terminal does: the whole process group gets SIGINT. "go run" needs that, for it does not
	// pass signals on.
	interrupt bool
	output    *watchedOutput
	said      int // how much of the output the command says has read
	done      chan error
}

// watchedOutput keeps what a server writes and tells where it listens. It is safe for concurrent use.
type watchedOutput struct {
	mu  sync.Mutex
	buf bytes.Buffer
	url chan string
}

func (w *watchedOutput) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf.Write(p)
	_, _ = os.Stderr.Write(p) // where secrets are looked for
	if url := endpointURL.Find(w.buf.Bytes()); url != nil {
		select {
		case w.url <- string(url):
		default: // it was told before
		}
	}
	return len(p), nil
}

func (w *watchedOutput) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	s := &server{output: &watchedOutput{url: make(chan string, 1)}, done: make(chan error, 1)}
	if len(args) > 0 && args[0] == "-interrupt" {
		s.interrupt, args = true, args[1:]
	}
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve [-interrupt] PROGRAM [ARG...]")
	}
	s.cmd = state(ts).command(ts, args)
	newGroup(s.cmd)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	ts.Check(s.cmd.Start())
	go func() { s.done <- s.cmd.Wait() }()
	ts.Setenv("URL", "")
	state(ts).server = s
	ts.Defer(func() { s.kill() })
	select {
	case url := <-s.output.url:
		ts.Setenv("URL", url)
	case err := <-s.done:
		s.done <- err
		ts.Fatalf("%v ended before it listened: %v\n%s", args, err, s.output)
	case <-time.After(startTimeout):
		ts.Fatalf("%v does not listen\n%s", args, s.output)
	}
}

// stopServer ends the server cleanly: it must exit with 0.
func stopServer(ts *testscript.TestScript, neg bool, args []string) {
	s := state(ts).server
	if neg || len(args) > 0 || s == nil {
		ts.Fatalf("usage: shutdown, after serve")
	}
	ts.Check(s.signal())
	select {
	case err := <-s.done:
		s.done <- err
		fmt.Fprint(ts.Stderr(), s.output)
		if s.interrupt && !strings.Contains(s.output.String(), "exit status") {
			err = nil // an interrupted "go run" exits with 1 itself, and names the status of a program that failed
		}
		if err != nil {
			ts.Fatalf("%v: %v\n%s", s.cmd.Args, err, s.output)
		}
	case <-time.After(stopTimeout):
		ts.Fatalf("%v does not end\n%s", s.cmd.Args, s.output)
	}
}

// over tells whether the server has ended, and how. Then its output is complete.
func (s *server) over() (bool, error) {
	select {
	case err := <-s.done:
		s.done <- err
		return true, err
	default:
		return false, nil
	}
}

// kill ends what a failing script left behind.
func (s *server) kill() {
	select {
	case err := <-s.done:
		s.done <- err
	default:
		_ = errors.Join(killGroup(s.cmd), <-s.done)
	}
}
