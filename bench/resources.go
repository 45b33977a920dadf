package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/bench/internal/load"
)

// measureCold finds what a token costs when it is first seen: its signature is checked.
func (h *harness) measureCold(ctx context.Context, r *report) error {
	s, err := h.server(ctx, "signed")
	if err != nil {
		return err
	}
	const fresh = 2000
	requests, err := h.issuer.signed(legacy, 1_000_000, fresh)
	if err != nil {
		return err
	}
	var cost [2]float64 // µs a request, cold and warm
	for i := range cost {
		before := s.cpu()
		if _, err := h.load(ctx, load.Plan{Addr: s.addr, Requests: requests, Conns: 1, Count: fresh}); err != nil {
			return err
		}
		cost[i] = float64((s.cpu() - before).Nanoseconds()) / 1000 / fresh
	}
	r.note("A token that is seen for the first time costs %.0f µs of processor time more than a remembered one (RS256, 2048 bits).", cost[0]-cost[1])
	return nil
}

// measureMemory looks at the process after many calls.
func (h *harness) measureMemory(ctx context.Context, r *report) error {
	s, err := h.start(ctx, "ours", nil)
	if err != nil {
		return err
	}
	defer s.stop()
	requests := [][]byte{call(legacy, "greet", greetArguments), call(modern, "greet", greetArguments)}
	if _, err := h.load(ctx, load.Plan{Addr: s.addr, Requests: requests, Conns: 64, Count: h.calls}); err != nil {
		return err
	}
	st, err := s.stats(false)
	if err != nil {
		return err
	}
	r.note("Resident after %d calls from 64 connections: %.1f MB.", h.calls, float64(st.Resident)/1e6)
	return nil
}

// measureStreams compares an open subscription with an event stream of net/http's own.
func (h *harness) measureStreams(ctx context.Context, r *report) error {
	bare, err := h.bare(ctx, nil)
	if err != nil {
		return err
	}
	defer bare.stop()
	floor, err := h.openStreams(bare, []byte("GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"))
	if err != nil {
		return err
	}
	body := []byte(`{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true}` + modernMeta + `}}`)
	ours, err := h.start(ctx, "ours", nil)
	if err != nil {
		return err
	}
	defer ours.stop()
	listen, err := h.openStreams(ours, request(modern, "subscriptions/listen", "", body))
	if err != nil {
		return err
	}
	r.note("An open listen stream takes %v, an event stream of net/http %v: %+.1f KB.", listen, floor, listen.total()-floor.total())
	return nil
}

// perStream is what one stream keeps in memory, in KB.
type perStream struct{ heap, stacks float64 }

func (p perStream) total() float64 { return p.heap + p.stacks }
func (p perStream) String() string {
	return fmt.Sprintf("%.1f KB (heap %.1f, stacks %.1f)", p.total(), p.heap, p.stacks)
}

// openStreams opens streams and returns what each of them keeps in memory.
func (h *harness) openStreams(s *server, request []byte) (perStream, error) {
	var none perStream
	open := func(n int64) (list []net.Conn, err error) {
		for range n {
			c, err := net.Dial("tcp", s.addr)
			if err != nil {
				return list, err
			}
			list = append(list, c)
			if _, err := c.Write(request); err != nil {
				return list, err
			}
			b := make([]byte, 4096)
			n, err := c.Read(b) // the stream is open when something was said
			if err != nil {
				return list, err
			}
			if !strings.HasPrefix(string(b[:n]), "HTTP/1.1 200") {
				return list, fmt.Errorf("stream: %.200s", b[:n])
			}
		}
		return list, nil
	}
	warm, err := open(50)
	defer closeAll(warm)
	if err != nil {
		return none, err
	}
	before, err := s.stats(true)
	if err != nil {
		return none, err
	}
	list, err := open(h.streams)
	defer closeAll(list)
	if err != nil {
		return none, err
	}
	after, err := s.stats(true)
	each := func(after, before uint64) float64 { return float64(int64(after-before)) / 1024 / float64(h.streams) }
	return perStream{each(after.Heap, before.Heap), each(after.Stacks, before.Stacks)}, err
}

func closeAll(list []net.Conn) {
	for _, c := range list {
		_ = c.Close()
	}
}

// measureStart compares the time from exec to the first answered call.
func (h *harness) measureStart(ctx context.Context, r *report) error {
	request := list(modern)
	var took [2][]float64
	for range h.starts {
		for i, program := range []struct{ name, want string }{{"importing", "{}"}, {"hundred", listed}} {
			ms, err := h.timeToAnswer(ctx, program.name, request, program.want)
			if err != nil {
				return err
			}
			took[i] = append(took[i], ms)
		}
	}
	floor, ours := spreadOf(took[0]), spreadOf(took[1])
	r.note("From exec to the first answered request with 100 tools: %.1f ms (%.1f–%.1f); a binary that only imports mcp-go's server: %.1f ms (%.1f–%.1f); ratio %.2f.",
		ours.median, ours.min, ours.max, floor.median, floor.min, floor.max, ours.median/floor.median)
	return nil
}

// timeToAnswer starts a program and returns the milliseconds until it has answered a request with what is wanted.
func (h *harness) timeToAnswer(ctx context.Context, name string, request []byte, want string) (float64, error) {
	addr, err := freePort()
	if err != nil {
		return 0, err
	}
	cmd := pin(ctx, h.serverCPU, filepath.Join(h.bin, name), "-addr", addr)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	for time.Since(start) < 10*time.Second {
		if body, err := load.Once(addr, request); err == nil {
			took := time.Since(start)
			if !bytes.Contains(body, []byte(want)) {
				return 0, fmt.Errorf("%s: %q is not in the answer %.500q", name, want, body)
			}
			return float64(took.Microseconds()) / 1000, nil
		}
		time.Sleep(100 * time.Microsecond)
	}
	return 0, errors.New(name + " does not answer")
}
