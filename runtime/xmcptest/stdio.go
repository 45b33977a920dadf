package xmcptest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// stdioLink is one connection to a stdio server; both eras share it, as they may (MCP 2026-07-28, basic/versioning).
type stdioLink struct {
	in      io.WriteCloser
	answers func(Question) Answer
	started sync.Once
	refused error

	mu      sync.Mutex
	last    int
	waiting map[int]*pending
	broken  error // why no more answers will come
}

type pending struct {
	reply reply
	done  chan error
}

func dialStdio(t testing.TB, srv *xmcp.Server, answers func(Question) Answer) *stdioLink {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	l := &stdioLink{in: inW, answers: answers, waiting: map[int]*pending{}}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		err := srv.ServeStdio(ctx, inR, outW)
		outW.Close()
		served <- err
	}()
	read := make(chan struct{})
	go func() { defer close(read); l.read(outR) }()
	t.Cleanup(func() {
		defer cancel()
		inW.Close()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("xmcptest: the server does not stop: %v", err)
			}
			<-read
		case <-time.After(shutdownTimeout):
			t.Errorf("xmcptest: the server does not stop within %v", shutdownTimeout)
		}
	})
	return l
}

// read hands each line of the server to the request it belongs to.
func (l *stdioLink) read(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if lineErr := l.take(line); lineErr != nil {
				err = lineErr
			}
		}
		if err != nil {
			if err == io.EOF {
				err = errors.New("the server has ended")
			}
			l.fail(err)
			_, _ = io.Copy(io.Discard, out) // let the server finish
			return
		}
	}
}

func (l *stdioLink) take(line []byte) error {
	var e envelope
	if err := json.Unmarshal(line, &e); err != nil {
		return fmt.Errorf("the server sent %q, which is not JSON-RPC: %w", line, err)
	}
	if e.Method != "" && len(e.ID) > 0 {
		if err := check(Legacy, "", line); err != nil { // the modern era has no requests of the server
			return err
		}
		body, err := respond(l.answers, &e)
		if err != nil {
			return err
		}
		go func() { _ = l.write(body) }() // the server may not read before its own line was read
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Method != "" { // a notification goes to the request it names, else to the only one that runs
		var of struct {
			ProgressToken int `json:"progressToken"`
		}
		_ = json.Unmarshal(e.Params, &of)
		for id, p := range l.waiting {
			if id == of.ProgressToken || len(l.waiting) == 1 {
				_, _, err := p.reply.take(line, id)
				return err
			}
		}
		return check(Legacy, "", line) // what belongs to no request is sent in a session
	}
	var id int
	if err := json.Unmarshal(e.ID, &id); err != nil || l.waiting[id] == nil {
		return fmt.Errorf("the server answered no request of ours: %s", line)
	}
	p := l.waiting[id]
	delete(l.waiting, id)
	_, _, err := p.reply.take(line, id)
	p.done <- err
	return nil
}

func (l *stdioLink) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
	for id, p := range l.waiting {
		delete(l.waiting, id)
		p.done <- err
	}
}

func (l *stdioLink) send(ctx context.Context, m message, era Era) (*reply, error) {
	l.mu.Lock()
	if l.broken != nil {
		l.mu.Unlock()
		return nil, l.broken
	}
	l.last++
	id, p := l.last, &pending{reply: reply{era: era, method: m.method}, done: make(chan error, 1)}
	if !m.notify {
		l.waiting[id] = p
	}
	l.mu.Unlock()
	line, err := m.encode(era, id, capabilities(l.answers))
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	if err := l.write(line); err != nil {
		return nil, err
	}
	if m.notify {
		return &p.reply, nil
	}
	select {
	case err := <-p.done:
		return &p.reply, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write sends one line; a pipe takes it whole.
func (l *stdioLink) write(line []byte) error {
	_, err := l.in.Write(append(line, '\n'))
	return err
}

func (l *stdioLink) exchange(ctx context.Context, _ *Client, era Era, m message) (*reply, error) {
	if era == Legacy {
		l.started.Do(func() { l.refused = l.begin(ctx) })
		if l.refused != nil {
			return nil, l.refused
		}
	}
	return l.send(ctx, m, era)
}

// begin is the handshake of the legacy era.
func (l *stdioLink) begin(ctx context.Context) error {
	for _, m := range []message{
		handshake(capabilities(l.answers)),
		{method: "notifications/initialized", notify: true},
		{method: "logging/setLevel", params: map[string]any{"level": "debug"}},
	} {
		r, err := l.send(ctx, m, Legacy)
		if err == nil && r.err != nil {
			err = r.err
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.method, err)
		}
	}
	return nil
}
