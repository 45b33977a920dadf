package xmcp

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipeListener accepts one end of each pipe that is sent to it, until its server closes it.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// A client that does not read its answer gives the slot back when its time is over; one that reads slowly gets all of it.
func TestUnreadAnswersHoldNoSlot(t *testing.T) {
	const size = 1 << 20
	for name, tt := range map[string]struct {
		reads bool
		after time.Duration
	}{
		"never":  {false, writeTimeout + time.Second},
		"slowly": {true, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTestServer(t, Config{}, func(r *Registry) {
					r.AddTool(ToolItem{Name: "large", Description: "Says much.", Handler: HandleToolNoInput(func(context.Context) (string, error) {
						return strings.Repeat("x", size), nil
					})})
				})
				l := make(pipeListener)
				web := &http.Server{Handler: s.Handler(), ErrorLog: log.New(io.Discard, "", 0)}
				go func() { _ = web.Serve(l) }()
				client, server := net.Pipe()
				defer func() { _ = client.Close(); _ = web.Close() }()
				l <- server
				body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"large"}}`
				if _, err := fmt.Fprintf(client, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
					t.Fatal(err)
				}
				for read := 0; tt.reads && read < size; read += answerPart {
					time.Sleep(writeTimeout/2 - time.Second)
					if _, err := io.ReadFull(client, make([]byte, answerPart)); err != nil {
						t.Errorf("after %d bytes: %v", read, err)
						break
					}
				}
				time.Sleep(tt.after)
				synctest.Wait()
				if n := s.life.gate.running(); n != 0 {
					t.Errorf("%d requests still run", n)
				}
			})
		})
	}
}
