package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/journal"
)

// devServer is xmcpgo dev at work.
type devServer struct {
	cmd    *exec.Cmd
	output *journal.Journal
	url    string
	done   chan struct{}
}

// patience is longer than anything here may take.
const patience = 3 * time.Minute

var endpoint = regexp.MustCompile(`"url":"([^"]+)"`)

// startDev runs the command on an app and waits until it serves.
func startDev(ctx context.Context, command, dir string) (*devServer, error) {
	s := &devServer{cmd: exec.Command(command, "dev", "--addr", "127.0.0.1:0", dir), output: &journal.Journal{}, done: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), "GOWORK=off")
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { defer close(s.done); _ = s.cmd.Wait() }()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if m := endpoint.FindStringSubmatch(s.output.String()); m != nil {
			s.url = m[1]
			return s, nil
		}
		if time.Now().After(end) || ctx.Err() != nil || s.ended() {
			return nil, errors.Join(fmt.Errorf("dev does not serve:\n%s", s.output), s.stop())
		}
	}
}

func (s *devServer) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *devServer) stop() error {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.done:
		return nil
	case <-time.After(30 * time.Second):
		return s.cmd.Process.Kill()
	}
}

// answers waits until the first tool answers with a text.
func (s *devServer) answers(ctx context.Context, want string) error {
	const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"order0","arguments":{}}}`
	last := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(call))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		_ = res.Body.Close()
		if err != nil {
			return err
		}
		if last = string(body); strings.Contains(last, want+".") {
			return nil
		}
	}
	return fmt.Errorf("no answer with %s in %s, the last one is %s\n%s", want, patience, last, s.output)
}
