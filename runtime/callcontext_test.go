package xmcp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// oneTool is a server with the tool "t".
func oneTool(t testing.TB, cfg Config, fn func(context.Context) error) *Server {
	t.Helper()
	return newTestServer(t, cfg, func(r *Registry) { tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(fn)) })
}

const callT = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}`

var (
	callTModern    = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t",` + modernMeta + `}}`
	callTModernHdr = map[string]string{headerProtocol: wire.Version20260728, headerMethod: "tools/call", headerName: "t"}
)

func TestToolTimeout(t *testing.T) {
	for _, waits := range []bool{true, false} { // on Done, or looking at Err now and then
		synctest.Test(t, func(t *testing.T) {
			s := oneTool(t, Config{Limits: Limits{ToolTimeout: time.Minute}}, func(ctx context.Context) error {
				if at, ok := ctx.Deadline(); !ok || time.Until(at) != time.Minute {
					t.Errorf("the deadline is %v", at)
				}
				if waits {
					<-ctx.Done()
				} else {
					for ctx.Err() == nil {
						time.Sleep(7 * time.Second)
					}
				}
				if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
					t.Errorf("the context ended with %v", ctx.Err())
				}
				return ctx.Err()
			})
			start := time.Now()
			_, _, body := post(t, s, callT, nil)
			if !strings.Contains(body, "context deadline exceeded") || !strings.Contains(body, `"isError":true`) {
				t.Errorf("got %s", body)
			}
			if took := time.Since(start); took > 70*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestChildrenOfACallEndWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var child, kept context.Context
		s := oneTool(t, Config{}, func(ctx context.Context) error {
			kept = ctx
			var cancel context.CancelFunc
			child, cancel = context.WithCancel(context.WithValue(ctx, key{}, "v"))
			t.Cleanup(cancel)
			if child.Value(key{}) != "v" || callOf(child) == nil || child.Err() != nil {
				t.Error("a child is not what it should be")
			}
			return nil
		})
		post(t, s, callT, nil)
		synctest.Wait()
		for name, ctx := range map[string]context.Context{"the call": kept, "its child": child} {
			select {
			case <-ctx.Done():
			default:
				t.Errorf("%s goes on after the answer", name)
			}
			if !errors.Is(ctx.Err(), context.Canceled) {
				t.Errorf("%s ended with %v", name, ctx.Err())
			}
		}
	})
}

// Handlers may keep their context: what it offers stays safe to use, and says nothing to a client that has its answer.
func TestContextsMayBeKept(t *testing.T) {
	var running sync.WaitGroup
	s := newTestServer(t, Config{}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(func(ctx context.Context) error {
			for i := range 4 {
				running.Go(func() {
					for j := range 50 {
						Progress(ctx, float64(i*50+j), 0, "late")
						Logger(ctx).Info("late", "j", j)
						_, _ = GetPrincipal(ctx), GetClientInfo(ctx)
						_, _, _ = GetClientCapabilities(ctx), GetRequestMeta(ctx), GetHTTPHeader(ctx)
						_, _ = ctx.Err(), context.Cause(ctx)
					}
				})
			}
			return nil
		}))
	})
	body := strings.Replace(callTModern, `"_meta":{`, `"_meta":{"progressToken":1,"io.modelcontextprotocol/logLevel":"debug",`, 1)
	for range 20 {
		_, h, got := post(t, s, body, callTModernHdr)
		messages := strings.Split(strings.TrimSpace(got), "\n\n")
		if last := messages[len(messages)-1]; !strings.Contains(last, `"result":`) {
			t.Errorf("the response is not the last message of %s (%s)", got, h.Get("Content-Type"))
		}
	}
	running.Wait()
}

// startCall sends a request over a real connection; the answer, or why there is none, comes later.
func startCall(t *testing.T, url, body string, header map[string]string) (cancel context.CancelFunc, answer <-chan string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", url+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	got := make(chan string, 1)
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			b = []byte(err.Error())
		}
		got <- string(b)
	}()
	return cancel, got
}

// A modern client cancels by going away. A legacy one that goes away may come back, so its call goes on.
func TestDisconnectMeansCancelInTheModernEraOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		body   string
		header map[string]string
		want   error
	}{"modern": {callTModern, callTModernHdr, context.Canceled}, "legacy": {callT, nil, nil}} {
		t.Run(name, func(t *testing.T) {
			begun, ended := make(chan struct{}), make(chan error, 1)
			goOn := make(chan struct{})
			s := oneTool(t, Config{}, func(ctx context.Context) error {
				close(begun)
				select {
				case <-ctx.Done():
				case <-goOn:
				}
				ended <- ctx.Err()
				return nil
			})
			web := httptest.NewServer(s.Handler())
			defer web.Close()
			cancel, _ := startCall(t, web.URL, tt.body, tt.header)
			<-begun
			cancel()
			if tt.want == nil {
				time.AfterFunc(100*time.Millisecond, func() { close(goOn) })
			}
			select {
			case err := <-ended:
				if !errors.Is(err, tt.want) {
					t.Errorf("the call ended with %v, want %v", err, tt.want)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the call did not end")
			}
		})
	}
}

// A client cancels its own requests only, and only those that are running.
func TestCancelledEndsTheRequestOfItsOwnSession(t *testing.T) {
	var mu sync.Mutex
	begun := make(chan struct{}, 2)
	calls := map[string]context.Context{} // session → its call
	release := make(chan struct{})
	s := oneTool(t, Config{}, func(ctx context.Context) error {
		mu.Lock()
		calls[GetHTTPHeader(ctx).Get(headerSession)] = ctx
		mu.Unlock()
		begun <- struct{}{}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-release:
			return nil
		}
	})
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	a, b := openSession(t, s, nil).id, openSession(t, s, nil).id
	_, answerA := startCall(t, web.URL, callT, map[string]string{headerSession: a})
	_, answerB := startCall(t, web.URL, callT, map[string]string{headerSession: b})
	<-begun
	<-begun
	cancelOne := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`
	for _, h := range []map[string]string{nil, callTModernHdr, {headerSession: openSession(t, s, nil).id}} {
		if status, _, _ := post(t, s, cancelOne, h); status != http.StatusAccepted {
			t.Errorf("status %d", status)
		}
	}
	for _, other := range []string{`"1"`, `2`, `1.0`, `null`} {
		post(t, s, strings.Replace(cancelOne, `"requestId":1`, `"requestId":`+other, 1), map[string]string{headerSession: a})
	}
	for id, ctx := range calls {
		if ctx.Err() != nil {
			t.Errorf("the call of session %.8s was cancelled by somebody else", id)
		}
	}
	post(t, s, cancelOne, map[string]string{headerSession: a})
	if got := <-answerA; got != "" {
		t.Errorf("the cancelled call is answered %s", got)
	}
	if calls[b].Err() != nil {
		t.Error("the other session's call was cancelled too")
	}
	close(release)
	if got := <-answerB; !strings.Contains(got, `"content":[]`) {
		t.Errorf("the other call answers %s", got)
	}
	post(t, s, cancelOne, map[string]string{headerSession: b}) // too late, and no matter
}

func TestAnIDInUseIsRefused(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	s := oneTool(t, Config{}, func(context.Context) error { close(begun); <-release; return nil })
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	h := map[string]string{headerSession: openSession(t, s, nil).id}
	_, first := startCall(t, web.URL, callT, h)
	<-begun
	if status, _, body := post(t, s, strings.Replace(callT, "tools/call", "ping", 1), h); status != 400 || !strings.Contains(body, "the id is in use") {
		t.Errorf("status %d: %s", status, body)
	}
	if status, _, _ := post(t, s, strings.Replace(callT, "tools/call", "ping", 1), nil); status != 200 {
		t.Errorf("another client's equal id has status %d", status)
	}
	close(release)
	<-first
	if status, _, _ := post(t, s, strings.Replace(callT, "tools/call", "ping", 1), h); status != 200 {
		t.Errorf("the id is not free after the answer: status %d", status)
	}
}

func TestEndedSessionsCancelTheirCalls(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	s := oneTool(t, Config{}, func(ctx context.Context) error { close(begun); <-ctx.Done(); ended <- ctx.Err(); return nil })
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	h := map[string]string{headerSession: openSession(t, s, nil).id}
	_, answer := startCall(t, web.URL, callT, h)
	<-begun
	s.sessions.end(h[headerSession])
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
	<-answer
}

func TestServerShutdownIsSeenWithoutWaitingOnDone(t *testing.T) {
	s := oneTool(t, Config{}, nil)
	c := newCall(s)
	c.begin(t.Context(), true, time.Minute)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	s.cut(errShutdown)
	if !errors.Is(c.Err(), context.Canceled) || !errors.Is(c.reason(), errShutdown) {
		t.Errorf("the call ends with %v because of %v", c.Err(), c.reason())
	}
	<-c.Done()
}

// Waiting for the client is not the handler's time, however many of its goroutines wait.
func TestPausesStopTheClockOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCall(oneTool(t, Config{}, nil))
		c.begin(t.Context(), true, time.Minute)
		done := c.Done()
		time.Sleep(20 * time.Second)
		first := c.pause()
		time.Sleep(time.Hour)
		second := c.pause()
		time.Sleep(time.Hour)
		first()
		time.Sleep(time.Hour)
		if c.Err() != nil {
			t.Fatalf("the clock goes on while a question is open: %v", c.Err())
		}
		second()
		if at, _ := c.Deadline(); time.Until(at) != 40*time.Second {
			t.Errorf("%v are left, want 40s", time.Until(at))
		}
		time.Sleep(39 * time.Second)
		if c.Err() != nil {
			t.Errorf("ended before its time: %v", c.Err())
		}
		<-done
		if !errors.Is(c.Err(), context.DeadlineExceeded) {
			t.Errorf("ended with %v", c.Err())
		}
	})
}
