package devloop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/xmcpgo/internal/proxy"
)

// workshop runs a loop whose builds are this test binary. What a change says is what the next build is.
type workshop struct {
	t       *testing.T
	url     string
	changes chan []string
	events  chan Event
	out     *output
	hurry   chan struct{}
	making  chan struct{} // one token when Make is held
	stop    func()

	mu     sync.Mutex
	build  string
	robbed int // how many ports
	pids   map[string]bool
	makes  atomic.Int64
}

// startSoon is the time for builds where one is waited for in vain: long enough for others on a busy machine.
const startSoon = 5 * time.Second

// What a build can be: a name and a fault of it, "broken" for source that is refused, "endless" for a compiler that does not end.
func open(t *testing.T, build string, bounds Bounds) *workshop {
	t.Helper()
	w := &workshop{
		t: t, changes: make(chan []string), events: make(chan Event, 1000), out: &output{}, hurry: make(chan struct{}),
		making: make(chan struct{}, 100), build: build, pids: map[string]bool{},
	}
	door := proxy.New(proxy.Config{Endpoint: "/mcp"})
	server := httptest.NewServer(door)
	w.url = server.URL
	l := &Loop{
		App: &App{Dir: t.TempDir(), Stdout: w.out, Log: w.out.log}, Proxy: door, Changes: w.changes, Hurry: w.hurry, Bounds: bounds,
		Make: w.make, Env: w.env, Tell: func(e Event) { w.events <- e },
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		server.Close()
		for pid := range w.pids {
			if _, err := os.Stat("/proc/" + pid); err == nil {
				t.Errorf("process %s still runs", pid)
			}
		}
	})
	t.Cleanup(w.stop)
	return w
}

func (w *workshop) make(ctx context.Context, changed []string) (string, error) {
	w.makes.Add(1)
	w.mu.Lock()
	if len(changed) > 0 {
		w.build = changed[0]
	}
	build := w.build
	w.mu.Unlock()
	switch build {
	case "broken":
		return "", &Broken{"the app does not compile", []string{"main.go:3:1: no"}}
	case "endless":
		w.making <- struct{}{}
		<-ctx.Done()
		return "", ctx.Err()
	}
	return os.Args[0], nil
}

func (w *workshop) env(addr, mark string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if strings.HasSuffix(w.build, "robbed") || strings.HasSuffix(w.build, "unlucky") && w.robbed == 0 {
		w.rob(addr)
	}
	return append(os.Environ(), envBuild+"="+w.build, "ADDR="+addr, "MARK="+mark)
}

// rob lets another program have the address of a build before that starts. It has nothing against probes.
func (w *workshop) rob(addr string) {
	w.robbed++
	l, err := net.Listen("tcp", addr)
	if err != nil {
		w.t.Error(err)
		return
	}
	robber := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "another program")
	})}}
	robber.Start()
	w.t.Cleanup(robber.Close)
}

func (w *workshop) change(build string) { w.changes <- []string{build} }

// expect waits for an event.
func (w *workshop) expect(kind Kind, build int) Event {
	w.t.Helper()
	select {
	case e := <-w.events:
		if e.Kind != kind || e.Build != build {
			w.t.Fatalf("event %+v, want kind %d of build %d\n%s", e, kind, build, w.out)
		}
		if kind == Serving {
			pid, _ := w.get("/pid")
			w.pids[pid] = true
		}
		return e
	case <-time.After(30 * time.Second):
		w.t.Fatalf("no event, want kind %d of build %d\n%s", kind, build, w.out)
	}
	return Event{}
}

func (w *workshop) get(path string) (body string, status int) {
	w.t.Helper()
	res, err := http.Get(w.url + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b), res.StatusCode
}

func (w *workshop) answers(want string) {
	w.t.Helper()
	if got, status := w.get("/"); got != want || status != http.StatusOK {
		w.t.Fatalf("%d %s, want %s", status, got, want)
	}
}

// slow begins a slow call and returns what the rest of it will be once release is called.
func (w *workshop) slow() (rest func() string, release func()) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "release")
	res, err := http.Get(w.url + "/slow?release=" + file)
	if err != nil {
		w.t.Fatal(err)
	}
	first := make([]byte, 100)
	n, err := res.Body.Read(first)
	if err != nil {
		w.t.Fatal(err)
	}
	return func() string {
			b, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil {
				return string(first[:n]) + string(b) + err.Error()
			}
			return string(first[:n]) + string(b)
		}, func() {
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				w.t.Fatal(err)
			}
		}
}

func TestEachChangeIsServed(t *testing.T) {
	w := open(t, "one", Bounds{})
	w.expect(Serving, 1)
	w.answers("one")
	for i := 2; i <= 4; i++ {
		build := fmt.Sprint("build", i)
		w.change(build)
		w.expect(Serving, i)
		w.answers(build)
	}
}

func TestACallInFlightFinishesOnItsBuild(t *testing.T) {
	w := open(t, "one", Bounds{})
	w.expect(Serving, 1)
	rest, release := w.slow()
	w.change("two")
	w.expect(Serving, 2)
	w.answers("two")
	w.change("three")
	w.expect(Serving, 3)
	w.answers("three")
	release()
	if got := rest(); got != "one begins\none ends\n" {
		t.Errorf("the call answers %q", got)
	}
}

// Broken source changes nothing for clients, and good source heals it.
func TestTheLastGoodBuildServesOn(t *testing.T) {
	for name, fault := range map[string]string{
		"does not compile":    "broken",
		"ends while starting": "two ends",
		"never ready":         "two hangs",
	} {
		t.Run(name, func(t *testing.T) {
			var bounds Bounds
			if fault == "two hangs" {
				bounds.Start = startSoon
			}
			w := open(t, "one", bounds)
			w.expect(Serving, 1)
			w.change(fault)
			e := w.expect(Failed, 1)
			for part, broken := range map[string]string{"does not compile": "broken", "exit status 3": "two ends", "not ready within 5s": "two hangs"} {
				if strings.Contains(e.Err.Error(), part) != (fault == broken) {
					t.Errorf("the reason is %v", e.Err)
				}
			}
			w.answers("one")
			w.change("three")
			w.expect(Serving, 2)
			w.answers("three")
		})
	}
}

// The port of a build can be taken by another program before the build has it. Then it gets another port.
func TestATakenPort(t *testing.T) {
	w := open(t, "one", Bounds{})
	w.expect(Serving, 1)
	w.change("two unlucky")
	w.expect(Serving, 2)
	w.answers("two")
	if w.robbed != 1 {
		t.Errorf("%d ports were taken, want 1", w.robbed)
	}
}

// What answers at the port is not taken for the build, and a build that never gets one is given up.
func TestAnotherProgramOnThePort(t *testing.T) {
	for name, fault := range map[string]string{"the build ends": "two robbed", "the build shows no mark": "two nameless"} {
		t.Run(name, func(t *testing.T) {
			var bounds Bounds
			if fault == "two nameless" {
				bounds.Start = startSoon
			}
			w := open(t, "one", bounds)
			w.expect(Serving, 1)
			w.change(fault)
			e := w.expect(Failed, 1)
			for part, build := range map[string]string{"exit status 1": "two robbed", "answers /readyz without the value of XMCP_UNDER_DEV in the header Xmcp-Under-Dev": "two nameless"} {
				if strings.Contains(e.Err.Error(), part) != (fault == build) {
					t.Errorf("the reason is %v", e.Err)
				}
			}
			w.answers("one")
			w.change("three")
			w.expect(Serving, 2)
			w.answers("three")
		})
	}
}

func TestNothingHasEverBeenBuilt(t *testing.T) {
	w := open(t, "broken", Bounds{})
	var broken *Broken
	if e := w.expect(Failed, 0); !errors.As(e.Err, &broken) {
		t.Errorf("the reason is %v", e.Err)
	}
	if got, status := w.get("/mcp"); status != http.StatusServiceUnavailable || !strings.Contains(got, `"message":"the app does not compile: main.go:3:1: no"`) {
		t.Errorf("%d %s", status, got)
	}
	w.change("one")
	w.expect(Serving, 1)
	w.answers("one")
}

// An app that crashes is started by the next change and not before.
func TestACrash(t *testing.T) {
	w := open(t, "one", Bounds{})
	w.expect(Serving, 1)
	_, _ = w.get("/crash")
	e := w.expect(Ended, 1)
	var ended *EndedError
	if !errors.As(e.Err, &ended) || ended.LastLine != "out of paper" || e.Err.Error() != "the app has ended: exit status 4" {
		t.Errorf("the reason is %v", e.Err)
	}
	if got, status := w.get("/mcp"); status != http.StatusServiceUnavailable || !strings.Contains(got, "the app has ended: exit status 4: out of paper") {
		t.Errorf("%d %s", status, got)
	}
	w.change("two ends") // it crashes again and again
	w.expect(Failed, 1)
	if got, _ := w.get("/mcp"); !strings.Contains(got, "there is no database") {
		t.Error(got)
	}
	time.Sleep(100 * time.Millisecond)
	if n := w.makes.Load(); n != 2 {
		t.Errorf("%d builds were made, want 2", n)
	}
	w.change("three")
	w.expect(Serving, 2)
	w.answers("three")
}

// A change calls off what is being made or started.
func TestAChangeDuringABuild(t *testing.T) {
	w := open(t, "one", Bounds{Start: time.Hour})
	w.expect(Serving, 1)
	w.change("endless")
	<-w.making
	w.change("endless")
	<-w.making
	w.change("two hangs")
	w.change("three")
	w.expect(Serving, 2)
	w.answers("three")
}

// Of a storm of changes only the last one is served: no edition before it would ever be ready, however slow the storm is.
func TestChangesInAStorm(t *testing.T) {
	w := open(t, "one", Bounds{Start: time.Hour})
	w.expect(Serving, 1)
	for i := range 19 {
		w.change(fmt.Sprintf("edition%d hangs", i))
	}
	w.change("edition19")
	w.expect(Serving, 2)
	w.answers("edition19")
}

// A build that does not end although it must is killed when its time is over, or when too many finish at once.
func TestBuildsThatDoNotEnd(t *testing.T) {
	t.Run("time", func(t *testing.T) {
		w := open(t, "one deaf", Bounds{Finish: 300 * time.Millisecond})
		w.expect(Serving, 1)
		w.change("two")
		w.expect(Serving, 2)
		w.expect(Cut, 1)
		w.answers("two")
	})
	t.Run("number", func(t *testing.T) {
		w := open(t, "one", Bounds{Keep: 2})
		w.expect(Serving, 1)
		rest, _ := w.slow()
		for i := 2; i <= 3; i++ {
			w.change(fmt.Sprint("build", i))
			w.expect(Serving, i)
			_, release := w.slow()
			defer release()
		}
		w.change("build4")
		w.expect(Serving, 4)
		w.expect(Cut, 1)
		if got := rest(); !strings.Contains(got, "EOF") {
			t.Errorf("the call answers %q", got)
		}
		w.answers("build4")
	})
	t.Run("the end", func(t *testing.T) {
		w := open(t, "one deaf", Bounds{Stop: 200 * time.Millisecond})
		w.expect(Serving, 1)
		w.change("two deaf")
		w.expect(Serving, 2)
		w.stop()
		for range 2 {
			if e := <-w.events; e.Kind != Cut {
				t.Errorf("event %+v", e)
			}
		}
	})
	t.Run("hurry", func(t *testing.T) {
		w := open(t, "one deaf", Bounds{Stop: time.Hour})
		w.expect(Serving, 1)
		time.AfterFunc(200*time.Millisecond, func() { close(w.hurry) })
		w.stop()
	})
}

// The end comes at any time.
func TestTheEndOfTheLoop(t *testing.T) {
	for name, build := range map[string]string{"while a build is made": "endless", "while it starts": "two hangs", "while it serves": "two", "while nothing does": "broken"} {
		t.Run(name, func(t *testing.T) {
			w := open(t, "one", Bounds{})
			w.expect(Serving, 1)
			w.change(build)
			switch build {
			case "endless":
				<-w.making
			case "two":
				w.expect(Serving, 2)
			case "broken":
				w.expect(Failed, 1)
			}
			w.stop()
		})
	}
}

func TestNoCallIsLostAcrossBuilds(t *testing.T) {
	w := open(t, "one", Bounds{Keep: 10}) // they come faster than any compiler makes them
	w.expect(Serving, 1)
	stop := make(chan struct{})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, status := w.get("/"); status != http.StatusOK {
					t.Errorf("%d %s", status, got)
					return
				}
			}
		})
	}
	for i := 2; i <= 6; i++ {
		w.change(fmt.Sprint("build", i))
		w.expect(Serving, i)
	}
	close(stop)
	callers.Wait()
}
