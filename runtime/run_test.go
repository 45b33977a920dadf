package xmcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// running is a server on a loopback port of its own.
type running struct {
	url  string
	stop context.CancelFunc
	done chan error
}

func startServer(t *testing.T, s *Server) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{url: "http://" + l.Addr().String(), stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- s.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return r
}

// status of a request on a connection of its own; 0 when it was refused before HTTP.
func status(method, url string) int { return statusOver(nil, method, url) }

func statusOver(dial func(context.Context, string, string) (net.Conn, error), method, url string) int {
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	req, err := http.NewRequest(method, url, strings.NewReader("{}"))
	if err != nil {
		return 0
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func TestDrainFinishesCallsAndRefusesNewOnes(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	s := newChainServer(t, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		if r.Context().Err() != nil {
			t.Error("the context of the call was cancelled by the drain")
		}
		_, _ = io.WriteString(w, "done")
	}))
	srv := startServer(t, s)
	call := make(chan int, 1)
	go func() { call <- status("POST", srv.url+"/mcp") }()
	<-inside
	srv.stop()
	<-s.life.draining
	if got := status("POST", srv.url+"/mcp"); got != 503 {
		t.Errorf("a new call while draining: %d, want 503", got)
	}
	if got := status("GET", srv.url+"/readyz"); got != 503 {
		t.Errorf("readyz while draining: %d, want 503", got)
	}
	if got := status("GET", srv.url+"/healthz"); got != 200 {
		t.Errorf("healthz while draining: %d, want 200", got)
	}
	close(release)
	if got := <-call; got != 200 {
		t.Errorf("the call in flight: %d, want 200", got)
	}
	if err := <-srv.done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if got := status("GET", srv.url+"/healthz"); got != 0 {
		t.Errorf("the port still answers: %d", got)
	}
}

// A call that waits for its client finishes in a drain, since the answer still gets in, and nothing else does.
func TestDrainLetsAnswersIn(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "ask", Description: "Asks.", Position: "src/tools/ask.go:1", InputSchema: `{"type":"object"}`,
			Handler: HandleToolNoInput(func(ctx context.Context) (string, error) {
				_, err := ElicitRaw(ctx, "k", "Sure?", `{"type":"object","properties":{}}`)
				return "asked", err
			})})
	})
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	send := func(body, session string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), "POST", web.URL+"/mcp", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		if session != "" {
			req.Header.Set("Mcp-Session-Id", session)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	session := send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}`, "").Header.Get("Mcp-Session-Id")
	stream := bufio.NewReader(send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"ask"}}`, session).Body)
	next := func() string {
		for {
			line, err := stream.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if data, ok := strings.CutPrefix(line, "data: {"); ok {
				return "{" + data
			}
		}
	}
	var question struct{ ID string }
	if err := json.Unmarshal([]byte(next()), &question); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(t.Context()) }()
	<-s.life.draining
	if got := send(`{"jsonrpc":"2.0","id":3,"method":"tools/list"}`, session).StatusCode; got != 503 {
		t.Errorf("a new request while draining: %d, want 503", got)
	}
	if got := status("GET", web.URL+"/mcp"); got != 503 {
		t.Errorf("a new stream while draining: %d, want 503", got)
	}
	if got := send(`{"jsonrpc":"2.0","id":"`+question.ID+`","result":{"action":"accept","content":{}}}`, session).StatusCode; got != 202 {
		t.Errorf("the answer while draining: %d, want 202", got)
	}
	if got := next(); !strings.Contains(got, `"text":"asked"`) {
		t.Errorf("the call ended with %s", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if got := send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`, session).StatusCode; got != 503 {
		t.Errorf("a message after the drain: %d, want 503", got)
	}
}

func TestDrainCutsOffCallsAtTheDeadline(t *testing.T) {
	inside, cut := make(chan struct{}), make(chan struct{})
	s := newChainServer(t, Config{ShutdownTimeout: 50 * time.Millisecond}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
		close(cut)
	}))
	srv := startServer(t, s)
	go status("POST", srv.url+"/mcp")
	<-inside
	srv.stop()
	if err := <-srv.done; err == nil || err.Error() != "shutdown: 1 call in flight did not finish in time" {
		t.Errorf("Serve: %v", err)
	}
	<-cut
}

func TestDrainEndsStreams(t *testing.T) {
	inside := make(chan struct{})
	var s *Server
	s = newChainServer(t, Config{}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		s.life.gate.park()
		defer s.life.gate.unpark()
		close(inside)
		<-s.life.draining
	}))
	srv := startServer(t, s)
	call := make(chan int, 1)
	go func() { call <- status("GET", srv.url+"/mcp") }()
	<-inside
	srv.stop()
	if got := <-call; got != 200 {
		t.Errorf("the stream ended with %d", got)
	}
	if err := <-srv.done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestReadyOnlyAfterTheStartHooks(t *testing.T) {
	hook := make(chan error)
	s := newChainServer(t, Config{}, echo, PluginFunc("slow", func(h *Host) error {
		h.OnStart(func(context.Context) error { return <-hook })
		return nil
	}))
	srv := startServer(t, s)
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/mcp": 503} {
		if got := status("GET", srv.url+path); got != want {
			t.Errorf("%s while starting: %d, want %d", path, got, want)
		}
	}
	hook <- nil
	for range 1000 {
		if status("GET", srv.url+"/readyz") == 200 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for path, want := range map[string]int{"/readyz": 200, "/healthz": 200, "/mcp": 200} {
		if got := status("GET", srv.url+path); got != want {
			t.Errorf("%s after the start: %d, want %d", path, got, want)
		}
	}
	srv.stop()
	if err := <-srv.done; err != nil {
		t.Error(err)
	}
}

func TestHealthChecksAnswerAnyHostAndOnlyReading(t *testing.T) {
	s := newChainServer(t, Config{}, echo)
	for _, tt := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/healthz", 200, "ok\n"}, {"HEAD", "/healthz", 200, ""}, {"POST", "/healthz", 405, "method not allowed\n"},
		{"GET", "/readyz", 200, "ok\n"}, {"HEAD", "/readyz", 200, ""}, {"DELETE", "/readyz", 405, "method not allowed\n"},
		{"GET", "/healthz/", 403, "host not allowed\n"},
	} {
		w := serve(s, request(tt.method, "http://10.1.2.3:99"+tt.path))
		if w.Code != tt.status || w.Body.String() != tt.body {
			t.Errorf("%s %s: %d %q, want %d %q", tt.method, tt.path, w.Code, w.Body, tt.status, tt.body)
		}
	}
}

func TestSlowBodiesAreCutOffButLongCallsAreNot(t *testing.T) {
	for name, cfg := range map[string]Config{"plain": {}, "audited": {Audit: slog.New(slog.DiscardHandler)}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { slowBodiesAndLongCalls(t, cfg) })
		})
	}
}

func slowBodiesAndLongCalls(t *testing.T, cfg Config) {
	t.Helper()
	const long = 2 * readTimeout
	s := newChainServer(t, cfg, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, "slow", http.StatusRequestTimeout)
			return
		}
		select { // a call that takes longer than its body may
		case <-r.Context().Done():
			http.Error(w, "cancelled", http.StatusInternalServerError)
		case <-time.After(long):
		}
	}), PluginFunc("route", func(h *Host) error {
		h.Handle("/wait", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(long):
				w.WriteHeader(http.StatusAccepted)
			}
		}))
		return nil
	}))
	l, ended := make(pipeListener), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { ended <- s.Serve(ctx, l) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	dial := func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		l <- server
		return client, nil
	}
	for _, tt := range []struct {
		method, path string
		want         int
	}{{"POST", "/mcp", 200}, {"GET", "/mcp", 200}, {"GET", "/wait", 202}} {
		if got := statusOver(dial, tt.method, "http://localhost"+tt.path); got != tt.want {
			t.Errorf("%s %s that takes long: %d, want %d", tt.method, tt.path, got, tt.want)
		}
	}
	conn, _ := dial(ctx, "", "")
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := conn.SetDeadline(began.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") || time.Since(began) > long {
		t.Errorf("a body that does not come: %q, %v after %v", answer, err, time.Since(began))
	}
}

func TestOversizedHeadersAreRefused(t *testing.T) {
	srv := startServer(t, newChainServer(t, Config{Limits: Limits{Header: 8 << 10}}, echo))
	req, err := http.NewRequest("POST", srv.url+"/mcp", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Big", strings.Repeat("a", 32<<10))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d, want 431", resp.StatusCode)
	}
}

func TestTakenPortIsAnErrorThatNamesTheFlag(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := newChainServer(t, Config{Addr: l.Addr().String()}, echo)
	err = s.Run(t.Context())
	if want := "address " + l.Addr().String() + " is taken by another program: choose another one with --addr or PORT"; err == nil || err.Error() != want {
		t.Errorf("Run: %v, want %s", err, want)
	}
}

func TestFailedStartHookEndsTheServer(t *testing.T) {
	stopped := false
	s := newChainServer(t, Config{}, echo, PluginFunc("db", func(h *Host) error {
		h.OnStart(func(context.Context) error { return io.ErrUnexpectedEOF })
		h.OnShutdown(func(context.Context) error { stopped = true; return nil })
		return nil
	}))
	if err := <-startServer(t, s).done; err == nil || !strings.Contains(err.Error(), `plugin "db": start: unexpected EOF`) {
		t.Errorf("Serve: %v", err)
	}
	if !stopped {
		t.Error("the shutdown hook did not run")
	}
}

func TestStartIsAnnounced(t *testing.T) {
	for _, tt := range []struct{ format, want string }{
		{"text", "notes 1.2.3: 2 tools, 1 prompt, 0 resources\nhttps://notes.example/mcp\n"},
		{"json", `"msg":"serving","name":"notes","version":"1.2.3","tools":2,"prompts":1,"resources":0,"at":"https://notes.example/mcp"}` + "\n"},
	} {
		var out bytes.Buffer
		cfg, err := Config{Name: "notes", Version: "1.2.3", LogFormat: tt.format, BaseURL: "https://notes.example/", stderr: &out}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{cfg: cfg, log: cfg.Logger, life: lifecycle{tools: 2, prompts: 1}}
		s.announce(s.url(&net.TCPAddr{}))
		if !strings.HasSuffix(out.String(), tt.want) {
			t.Errorf("%s: %q, want %q", tt.format, out.String(), tt.want)
		}
	}
}

func TestGateCountsParkedRequests(t *testing.T) {
	g := newGate(1, 1)
	g.state.Store(gateOpen)
	if g.enter() != admitted || g.enter() != refusedBusy {
		t.Fatal("the limit of one does not hold")
	}
	g.park()
	if g.enter() != admitted {
		t.Error("a parked request holds its slot")
	}
	if g.park() {
		t.Error("a second request is parked where there is room for one")
	}
	if g.enter() != refusedBusy {
		t.Error("a request that could not be parked has lost its slot")
	}
	g.leave()
	g.state.Store(gateDraining)
	if g.enter() != refusedDraining {
		t.Error("a draining gate let a request in")
	}
	if n := g.running(); n != 1 {
		t.Errorf("%d requests run, want the parked one", n)
	}
	g.unpark()
	g.leave()
	if err := g.wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestGateWaitSeesTheLastOneLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(100, 1)
		g.state.Store(gateOpen)
		var wg sync.WaitGroup
		for i := range 100 {
			if g.enter() != admitted {
				t.Fatal("refused")
			}
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				g.leave()
			})
		}
		g.state.Store(gateDraining)
		start := time.Now()
		if err := g.wait(t.Context()); err != nil || time.Since(start) != 99*time.Millisecond {
			t.Errorf("wait returned %v after %v", err, time.Since(start))
		}
		wg.Wait()
	})
}

func TestGateDoesNotAllocate(t *testing.T) {
	g := newGate(1, 1)
	g.state.Store(gateOpen)
	if n := testing.AllocsPerRun(100, func() { g.enter(); g.leave() }); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func TestOwnLogFormat(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, `{"time":`},
		{Config{LogFormat: "text"}, "time="},
		{Config{Stdio: true}, "time="},
		{Config{LogFormat: "json", Stdio: true}, `{"time":`},
		{Config{LogLevel: slog.LevelError}, ""},
	} {
		var out bytes.Buffer
		tt.cfg.stderr = &out
		cfg, err := tt.cfg.resolve()
		if err != nil {
			t.Fatal(err)
		}
		cfg.Logger.Info("hello")
		if !strings.HasPrefix(out.String(), tt.want) || tt.want == "" && out.Len() > 0 {
			t.Errorf("%+v: log %q, want it to begin with %q", tt.cfg.LogFormat, out.String(), tt.want)
		}
	}
}
