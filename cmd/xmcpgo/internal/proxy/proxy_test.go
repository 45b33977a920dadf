package proxy

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// app is a build: a server that can be told to stop as the runtime is.
type app struct {
	*httptest.Server
	backend  *Backend
	name     string
	draining atomic.Bool
	told     chan string   // bodies of messages that are accepted
	hold     chan struct{} // slow requests wait for it
	ended    chan struct{} // one token for each slow request whose client went away
}

func newApp(t *testing.T, name string) *app {
	t.Helper()
	a := &app{name: name, told: make(chan string, 100), hold: make(chan struct{}), ended: make(chan struct{}, 1)}
	a.Server = httptest.NewServer(a)
	a.backend = NewBackend(a.Listener.Addr().String())
	t.Cleanup(func() { a.backend.Close(); a.Close() })
	return a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if a.draining.Load() && r.Header.Get("Mcp-Session-Id") == "" {
		w.Header().Set("Connection", "close")
		w.Header().Set("Retry-After", "5")
		http.Error(w, "the server is shutting down", http.StatusServiceUnavailable)
		return
	}
	switch r.URL.Path {
	case "/mcp":
		if strings.Contains(string(body), `"notifications/`) || !strings.Contains(string(body), `"method"`) {
			a.told <- string(body)
			w.WriteHeader(http.StatusAccepted)
			return
		}
		fmt.Fprintf(w, "%s %s", a.name, body)
	case "/slow":
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "%s begins\n", a.name)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-a.hold:
			fmt.Fprintf(w, "%s ends\n", a.name)
		case <-r.Context().Done():
			a.ended <- struct{}{}
		}
	case "/busy":
		w.Header().Set("Retry-After", "1")
		http.Error(w, "busy", http.StatusServiceUnavailable)
	default:
		fmt.Fprintf(w, "%s host=%s xff=%s %s", r.URL, r.Host, r.Header.Get("X-Forwarded-For"), body)
	}
}

func serveProxy(t *testing.T) (*Proxy, string) {
	t.Helper()
	p := New(Config{Endpoint: "/mcp"})
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return p, s.URL
}

// ask sends a request and returns status and body.
func ask(t *testing.T, method, url, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if h := r.Header.Get("Host"); h != "" {
		r.Host = h
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header
}

func TestRequestsArePassedOnAsTheyAre(t *testing.T) {
	p, url := serveProxy(t)
	p.Switch(newApp(t, "one").backend)
	_, got, _ := ask(t, http.MethodPut, url+"/any%2Fpath?q=a;b", "body", "Host", "notes.example.com", "X-Forwarded-For", "10.0.0.1")
	if want := "/any%2Fpath?q=a;b host=notes.example.com xff=10.0.0.1 body"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	big := strings.Repeat("x", maxBuffered+1)
	if status, got, _ := ask(t, http.MethodPost, url+"/", big); status != http.StatusOK || !strings.HasSuffix(got, big) {
		t.Errorf("a large body: %d, %d bytes", status, len(got))
	}
	if status, _, h := ask(t, http.MethodGet, url+"/busy", ""); status != http.StatusServiceUnavailable || h.Get("Retry-After") != "1" {
		t.Errorf("the app's own 503 became %d %v", status, h)
	}
}

// What the old backend has begun ends there; what comes after the switch goes to the new one.
func TestSwitch(t *testing.T) {
	p, url := serveProxy(t)
	one, two := newApp(t, "one"), newApp(t, "two")
	if p.Switch(one.backend) != nil || !p.Serving() {
		t.Error("there was a backend before the first")
	}
	res, err := http.Get(url + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewReader(res.Body)
	if line, err := lines.ReadString('\n'); line != "one begins\n" || err != nil {
		t.Fatalf("the first event is %q (%v): it must not wait for the last", line, err)
	}
	if p.Switch(two.backend) != one.backend {
		t.Error("the backend before is another one")
	}
	if _, got, _ := ask(t, http.MethodPost, url+"/mcp", `{"method":"x"}`); got != `two {"method":"x"}` {
		t.Errorf("after the switch: %s", got)
	}
	one.draining.Store(true)
	close(one.hold)
	if rest, err := io.ReadAll(lines); string(rest) != "one ends\n" || err != nil {
		t.Errorf("the rest is %q (%v)", rest, err)
	}
}

// A request that was on its way to a backend when it began to close goes to the next one.
func TestRequestsCrossASwitch(t *testing.T) {
	p, url := serveProxy(t)
	one, two := newApp(t, "one"), newApp(t, "two")
	dead := NewBackend(unusedAddr(t))
	one.draining.Store(true)
	for name, first := range map[string]*Backend{"closing": one.backend, "gone": dead} {
		t.Run(name, func(t *testing.T) {
			p.Switch(first)
			// The switch comes between the choice of the backend and the answer.
			rt := roundTripper{p}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/mcp", strings.NewReader(`{"method":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			dial := first.transport.DialContext
			first.transport = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				p.Switch(two.backend)
				return dial(ctx, network, addr)
			}}
			res, err := rt.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if body, _ := io.ReadAll(res.Body); string(body) != `two {"method":"x"}` {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	// Without a switch, the refusal is the answer.
	p.Switch(NewBackend(one.backend.addr))
	if status, _, _ := ask(t, http.MethodPost, url+"/mcp", `{"method":"x"}`); status != http.StatusServiceUnavailable {
		t.Errorf("a closing backend without a successor: %d", status)
	}
}

// slowDoor lets connections in late, as a busy machine does.
type slowDoor struct{ net.Listener }

func (d slowDoor) Accept() (net.Conn, error) {
	time.Sleep(50 * time.Millisecond)
	return d.Listener.Accept()
}

// A request that was on its way to a build when the next one came is answered, though that build is asked to end.
func TestSettle(t *testing.T) {
	p, url := serveProxy(t)
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "old") })}
	go func() { _ = server.Serve(slowDoor{l}) }()
	old := NewBackend(l.Addr().String())
	defer old.Close()
	p.Switch(old)
	type answer struct {
		status int
		body   string
	}
	answered := make(chan answer)
	go func() {
		status, body, _ := ask(t, "POST", url+"/mcp", "{}")
		answered <- answer{status, body}
	}()
	for old.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	next := newApp(t, "next")
	p.Switch(next.backend)
	old.Settle(10 * time.Second)
	if err := server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if got := <-answered; got != (answer{http.StatusOK, "old"}) {
		t.Errorf("got %v", got)
	}
	begin := time.Now()
	if old.Settle(time.Minute); time.Since(begin) > 10*time.Second {
		t.Error("nothing is waited for")
	}
	old.waiting.Add(1)
	if old.Settle(time.Millisecond); time.Since(begin) > 10*time.Second {
		t.Error("the wait has no end")
	}
}

// No request is lost while builds come and go under load.
func TestSwitchesUnderLoad(t *testing.T) {
	p, url := serveProxy(t)
	var running sync.WaitGroup
	next := func(i int) *app {
		a := newApp(t, fmt.Sprint("build ", i))
		p.Switch(a.backend)
		return a
	}
	current := next(0)
	stop := make(chan struct{})
	var calls atomic.Int64
	for range 8 {
		running.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := http.Post(url+"/mcp", "application/json", strings.NewReader(`{"method":"x"}`))
				if err != nil {
					t.Error(err)
					return
				}
				body, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), "build ") {
					t.Errorf("%d %s", res.StatusCode, body)
					return
				}
				calls.Add(1)
			}
		})
	}
	for i := 1; i <= 20; i++ {
		before := calls.Load()
		old := current
		current = next(i)
		old.draining.Store(true) // at once, as a process that is told to stop
		for calls.Load() < before+20 && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		old.backend.Close()
	}
	close(stop)
	running.Wait()
}

func TestMessagesOfCallsOnOldBackends(t *testing.T) {
	p, url := serveProxy(t)
	one, two := newApp(t, "one"), newApp(t, "two")
	p.Switch(one.backend)
	p.Switch(two.backend)
	one.draining.Store(true)
	for _, test := range []struct {
		name, body, session string
		old                 bool
	}{
		{"an answer", `{"jsonrpc":"2.0","id":1,"result":{"action":"accept"}}`, "s", true},
		{"an error", `{"jsonrpc":"2.0","id":"a","error":{"code":1,"message":"no"}}`, "s", true},
		{"a cancellation", `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`, "s", true},
		{"another notification", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, "s", false},
		{"without a session", `{"jsonrpc":"2.0","id":1,"result":{}}`, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, body, _ := ask(t, http.MethodPost, url+"/mcp", test.body, "Mcp-Session-Id", test.session); status != http.StatusAccepted {
				t.Errorf("%d %s", status, body)
			}
			if got := <-two.told; got != test.body {
				t.Errorf("the current backend was told %s", got)
			}
			select {
			case got := <-one.told:
				if !test.old || got != test.body {
					t.Errorf("the old backend was told %s", got)
				}
			default:
				if test.old {
					t.Error("the old backend was told nothing")
				}
			}
		})
	}
	one.backend.Close()
	ask(t, http.MethodPost, url+"/mcp", `{"id":1,"result":{}}`, "Mcp-Session-Id", "s")
	if len(one.told) > 0 {
		t.Error("a backend that has ended was told something")
	}
}

func TestAClientThatGoesAway(t *testing.T) {
	p, url := serveProxy(t)
	one := newApp(t, "one")
	p.Switch(one.backend)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/slow", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_ = res.Body.Close()
	select {
	case <-one.ended:
	case <-time.After(20 * time.Second):
		t.Error("the backend does not hear of it")
	}
}

func TestOutage(t *testing.T) {
	p, url := serveProxy(t)
	check := func(host, want string) {
		t.Helper()
		status, body, h := ask(t, http.MethodPost, url+"/mcp", `{"method":"x"}`, "Host", host)
		if status != http.StatusServiceUnavailable || h.Get("Retry-After") != "1" || h.Get("Content-Type") != "application/json" {
			t.Errorf("%d %v", status, h)
		}
		if diff := cmp.Diff(want, strings.TrimSpace(body)); diff != "" || !json.Valid([]byte(body)) {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	}
	check("localhost", `{"jsonrpc":"2.0","error":{"code":-32603,"message":"the app is not built yet"}}`)
	p.Fail(Outage{Reason: "the app does not compile", Details: []string{"a.go:1:2: no", "b.go:3:4: neither"}})
	told := `{"jsonrpc":"2.0","error":{"code":-32603,"message":"the app does not compile: a.go:1:2: no","data":{"diagnostics":["a.go:1:2: no","b.go:3:4: neither"]}}}`
	check("localhost:3001", told)
	check("evil.example.com:3001", `{"jsonrpc":"2.0","error":{"code":-32603,"message":"the app does not compile"}}`)
	if status, body, _ := ask(t, http.MethodGet, url+"/", "", "Host", "127.0.0.1"); status != http.StatusServiceUnavailable || body != "the app does not compile\na.go:1:2: no\nb.go:3:4: neither\n" {
		t.Errorf("elsewhere: %d %s", status, body)
	}
	p.Switch(NewBackend(unusedAddr(t)))
	check("localhost", `{"jsonrpc":"2.0","error":{"code":-32603,"message":"the app does not answer"}}`)
}

// unusedAddr is an address that nobody listens on, nor can until the test ends: it is the client's end of a connection.
func unusedAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.LocalAddr().String()
}

func TestLocal(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1:3001": true, "127.9.9.9": true, "[::1]:3001": true, "Dev.Example.com:1": true,
		"": false, "example.com": false, "localhost.example.com": false, "10.0.0.1": false, "user@localhost": false, "localhost/x": false, "localhost:x": false, "[::1": false,
	} {
		if got := Local(host, "dev.example.com"); got != want {
			t.Errorf("Local(%q) = %v", host, got)
		}
	}
}
