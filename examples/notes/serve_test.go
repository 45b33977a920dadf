package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// app is the server, served over HTTP with a stand-in for the Scalekit environment beside it.
type app struct {
	url     string // without the endpoint
	server  *xmcp.Server
	standIn *scalekitdev.StandIn
	log     *logBuffer
	client  *http.Client // checks every message of the server
}

// serve runs the app until the test ends, on a database and with its store changed by wrap, if that is given.
func serve(t *testing.T, databaseURL string, people []scalekitdev.Person, wrap func(notes.Store) notes.Store) *app {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{url: "http://" + l.Addr().String(), log: &logBuffer{}}
	a.client = &http.Client{Transport: xmcptest.Transport(t, "/mcp", nil)}

	var environment http.Handler
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { environment.ServeHTTP(w, r) }))
	t.Cleanup(web.Close)
	a.standIn, err = scalekitdev.New(scalekitdev.Config{URL: web.URL, People: people, Server: scalekitdev.Server{URL: a.url + "/mcp"}})
	if err != nil {
		t.Fatal(err)
	}
	environment = a.standIn.Handler()
	for name, value := range a.standIn.Environment() {
		t.Setenv(name, value)
	}
	t.Setenv(notes.EnvURL, databaseURL)

	database := &notes.Database{}
	var store notes.Store = database
	if wrap != nil {
		store = wrap(store)
	}
	r := registry(store)
	r.Use(func() []xmcp.Plugin { return []xmcp.Plugin{database.Plugin()} })
	a.server, err = xmcp.New(r, xmcp.Config{Name: "notes", BaseURL: a.url, Logger: slog.New(slog.NewTextHandler(a.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.server.Serve(ctx, l) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server ended: %v", err)
		}
	})
	a.waitUntilReady(t, ended)
	return a
}

func (a *app) waitUntilReady(t *testing.T, ended chan error) {
	t.Helper()
	for range 500 {
		res, err := http.Get(a.url + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- nil // for the clean-up
			t.Fatalf("the server does not start: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("the server is not ready after 10 s")
}

// sqliteFile is a new database.
func sqliteFile(t *testing.T) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "notes.db")
}

// logBuffer keeps what the server logs, and passes it on to the output of the tests.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Write(p)
	return os.Stderr.Write(p)
}

func (b *logBuffer) contains(s string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(b.buf.String(), s)
}
