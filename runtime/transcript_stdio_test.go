package xmcp

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// stdioPlayer is a client on the other end of a stdio server.
type stdioPlayer struct {
	in    *io.PipeWriter
	lines chan string
	ended chan error
	stop  context.CancelFunc
	open  map[string]string // id of a request → the request
}

func (p *player) startStdio() *stdioPlayer {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	s := &stdioPlayer{in: inW, lines: make(chan string, 100), ended: make(chan error, 1), stop: cancel, open: map[string]string{}}
	go func() {
		err := p.srv.serveStdio(ctx, inR, outW)
		_ = outW.Close()
		s.ended <- err
	}()
	go func() {
		r := bufio.NewReader(outR)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				close(s.lines)
				return
			}
			s.lines <- line
		}
	}()
	return s
}

// greeted tells whether the client has sent initialize.
func (s *stdioPlayer) greeted() bool {
	for _, request := range s.open {
		if sentMessage(request).method == wire.Initialize {
			return true
		}
	}
	return false
}

// lines sends lines to the server and returns its answers. Every request is answered before the next line is sent, unless its
// line begins with "&".
func (p *player) lines(text string) []byte {
	if p.stdio == nil {
		p.stdio = p.startStdio()
	}
	s := p.stdio
	var out bytes.Buffer
	for line := range strings.Lines(text) {
		if method, ok := strings.CutPrefix(strings.TrimSpace(line), "@"); ok {
			for p.receive(&out, !s.greeted()) != method {
			}
			continue
		}
		line, parallel := strings.CutPrefix(p.expand(line), "&")
		if _, err := io.WriteString(s.in, line); err != nil {
			p.t.Fatal(err)
		}
		var m struct {
			ID     json.RawMessage
			Method string
			Params struct {
				Meta map[string]any `json:"_meta"`
			}
		}
		err := json.Unmarshal([]byte(line), &m)
		if strings.TrimSpace(line) == "" || err == nil && m.ID == nil && m.Method != "" {
			continue
		}
		if err == nil && m.Method == "" && strings.Contains(line, `"result"`) {
			continue // an answer to the server; "@" waits for what comes of it
		}
		if m.ID != nil {
			s.open[string(m.ID)] = line
		}
		for method := "none"; method != "" && !parallel; {
			method = p.receive(&out, m.Params.Meta[wire.KeyProtocolVersion] != nil)
		}
	}
	return p.steady(out.Bytes())
}

// receive takes one line of the server's and returns its method; what has none ends a request.
func (p *player) receive(out *bytes.Buffer, modern bool) string {
	select {
	case line, ok := <-p.stdio.lines:
		if !ok {
			p.t.Fatal("the server has ended")
		}
		out.WriteString(line)
		var m struct {
			ID     json.RawMessage
			Method string
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil && !isBatch([]byte(line)) {
			p.t.Fatalf("%v in %s", err, line)
		}
		if m.Method != "" && m.ID != nil {
			_ = json.Unmarshal(m.ID, &p.question)
		}
		sent := p.stdio.open[string(m.ID)]
		if sentMessage(sent).method == wire.Initialize {
			p.revision = cmp.Or(negotiated([]byte(line)), p.revision) // a refused handshake changes nothing
		}
		revision := p.revision
		if modern {
			revision = wire.Version20260728
		}
		p.check(revision, sent, []byte(line))
		return m.Method
	case <-time.After(10 * time.Second):
		p.t.Fatalf("no answer after\n%s", out.String())
	}
	return ""
}

func (p *player) close() {
	if p.stdio == nil {
		return
	}
	_ = p.stdio.in.Close()
	if err := <-p.stdio.ended; err != nil {
		p.t.Error(err)
	}
	p.stdio.stop()
	for line := range p.stdio.lines {
		p.t.Errorf("the server said after the end: %s", line)
	}
}
