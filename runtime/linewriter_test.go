package xmcp

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A client that does not read must not keep a stdio server from ending, whatever waits to be written to it.
func TestStdioEndsWithoutAReader(t *testing.T) {
	const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}` + "\n"
	for name, tt := range map[string]struct {
		sent  string
		close bool // the client ends the input; else the server is told to stop
	}{
		"refusals":                     {"no JSON\nno JSON\nno JSON\n", false},
		"the answer to a call":         {call, false},
		"the answer at the end":        {call, true},
		"the answer to initialize":     {`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}` + "\n" + call, false},
		"progress in the middle":       {strings.Replace(call, `"t"`, `"t","_meta":{"progressToken":1}`, 1), false},
		"the end of a subscription":    {`{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},` + modernMeta + `}}` + "\n", false},
		"a message beyond the bound":   {strings.Repeat("x", 2000) + "\n", false},
		"a batch of an older revision": {"[" + strings.TrimSpace(call) + "]\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := stdioServerWith(t, Config{ShutdownTimeout: time.Minute, Limits: Limits{Body: 1000}}, func(ctx context.Context) error {
					Progress(ctx, 1, 2, "")
					return nil
				})
				inR, inW := io.Pipe()
				outR, outW := io.Pipe()
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- s.ServeStdio(ctx, inR, outW) }()
				go func() { _, _ = io.WriteString(inW, tt.sent) }() // the server may not read all of it
				synctest.Wait()
				begin := time.Now()
				if tt.close {
					_ = inW.Close()
				} else {
					stop()
				}
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took > endOfInputGrace+2*endOfOutputGrace {
					t.Errorf("the server took %v to end", took)
				}
				stop()
				_, _, _ = inW.Close(), inR.Close(), outR.Close() // ends the write that nobody has taken
			})
		})
	}
}

// A client that reads slowly gets all of its answer, though the server was told to stop.
func TestStdioWaitsForASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("x", 5*answerPart)
		s := newTestServer(t, Config{Stdio: true, ShutdownTimeout: time.Minute}, func(r *Registry) {
			r.AddTool(ToolItem{Name: "t", Description: "T.", Handler: HandleToolNoInput(func(context.Context) (string, error) { return long, nil })})
		})
		inR, inW := io.Pipe()
		outR, outW := io.Pipe()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.serveStdio(ctx, inR, outW) }()
		_, _ = io.WriteString(inW, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`+"\n")
		synctest.Wait()
		l := bufio.NewReaderSize(slowly{outR}, answerPart)
		stop()
		line, err := l.ReadString('\n')
		if err != nil || !strings.Contains(line, long) {
			t.Errorf("%d bytes, %v", len(line), err)
		}
		_, _ = inW.Close(), inR.Close()
		<-ended
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// slowly takes its time for each part.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(endOfOutputGrace * 8 / 10)
	return s.Reader.Read(p)
}
