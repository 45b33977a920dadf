package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
	"github.com/xmcpgo/xmcpgo/bench/internal/side"
)

// server is a process that is measured.
type server struct {
	name       string
	addr, side string
	cmd        *exec.Cmd
	log        bytes.Buffer
	ended      chan struct{}
}

// pin returns a command that stays on one core. Without taskset it runs anywhere.
func pin(ctx context.Context, core, name string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil && core != "" {
		return exec.CommandContext(ctx, taskset, append([]string{"-c", core, name}, args...)...)
	}
	return exec.CommandContext(ctx, name, args...)
}

// freePort returns an address that nobody listens on right now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start runs a server on one core and waits until it answers.
func (h *harness) start(ctx context.Context, name string, env []string, args ...string) (*server, error) {
	s := &server{name: name, ended: make(chan struct{})}
	var err error
	if s.addr, err = freePort(); err != nil {
		return nil, err
	}
	if s.side, err = freePort(); err != nil {
		return nil, err
	}
	s.cmd = pin(ctx, h.serverCPU, filepath.Join(h.bin, name), append([]string{"-addr", s.addr}, args...)...)
	s.cmd.Env = append(append(os.Environ(), "GOMAXPROCS=1", side.Env+"="+s.side), env...)
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if c, err := net.Dial("tcp", s.addr); err == nil {
			_ = c.Close()
			return s, nil
		}
		select {
		case <-s.ended:
			return nil, fmt.Errorf("%s ended: %s", name, s.log.String())
		default:
		}
	}
	s.stop()
	return nil, fmt.Errorf("%s does not answer", name)
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}

func (s *server) stats(collect bool) (st side.Stats, err error) {
	url := "http://" + s.side + "/stats"
	if collect {
		url += "?gc"
	}
	res, err := http.Get(url)
	if err != nil {
		return st, fmt.Errorf("%s: %w", s.name, err)
	}
	defer res.Body.Close()
	return st, json.NewDecoder(res.Body).Decode(&st)
}

// cpu returns the processor time that the process has used (proc(5), schedstat of each thread); zero where the system does not
// tell. It is what a request costs even while other programs take the core away.
func (s *server) cpu() time.Duration {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var sum int64
	for _, t := range tasks {
		b, err := os.ReadFile(t)
		if err != nil {
			continue
		}
		first, _, _ := strings.Cut(string(b), " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		sum += n
	}
	return time.Duration(sum)
}

// load runs the load generator on its own core, by a command that runs others if one is given.
func (h *harness) load(ctx context.Context, p load.Plan, by ...string) (*load.Result, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	in, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	args := append(by, self, "load")
	cmd := pin(ctx, h.loadCPU, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stdin = bytes.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(err, errors.New(strings.TrimSpace(errs.String())))
	}
	var r load.Result
	return &r, json.Unmarshal(out.Bytes(), &r)
}
