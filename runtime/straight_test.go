package xmcp

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// ways are requests for one tool in each way that a client may make them.
func ways(t *testing.T, s *Server, tool string) map[string]func() (status int, body string) {
	t.Helper()
	_, h, _ := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`, nil)
	session := map[string]string{headerSession: h.Get(headerSession)}
	modern := map[string]string{"Mcp-Name": tool}
	for k, v := range modernHeaders {
		if k != "Mcp-Name" {
			modern[k] = v
		}
	}
	request := func(text string, header map[string]string) func() (int, string) {
		return func() (int, string) {
			status, _, body := post(t, s, strings.ReplaceAll(text, `"greet"`, `"`+tool+`"`), header)
			return status, body
		}
	}
	return map[string]func() (int, string){
		"legacy": request(legacyCall, nil), "in a session": request(legacyCall, session), "modern": request(modernCall, modern),
	}
}

// A call that notifies nobody runs in the goroutine of its request, and makes neither a goroutine nor a channel nor a clock.
func TestACallThatNotifiesNobody(t *testing.T) {
	var before, more int
	var in *callContext
	var stack string
	s := newUncheckedServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "look", Description: "Looks around.", InputSchema: greetSchema, Handler: HandleTool(func(ctx context.Context, in greetInput) (string, error) {
			more = min(more, runtime.NumGoroutine()-before)
			return in.Name, nil
		})})
		r.AddTool(ToolItem{Name: "keep", Description: "Keeps its context.", InputSchema: greetSchema, Handler: HandleTool(func(ctx context.Context, args greetInput) (string, error) {
			in, stack = callOf(ctx).ctx, string(debug.Stack())
			return args.Name, nil
		})})
	})
	for name, call := range ways(t, s, "look") {
		more = 1000
		for range 20 { // of which one at least is not disturbed by what other tests have left
			before = runtime.NumGoroutine()
			if status, body := call(); status != http.StatusOK || strings.Contains(body, "isError") {
				t.Fatalf("%s: %d %s", name, status, body)
			}
		}
		if more > 0 {
			t.Errorf("%s: %d goroutines more while the handler runs", name, more)
		}
	}
	for name, call := range ways(t, s, "keep") {
		if status, body := call(); status != http.StatusOK || strings.Contains(body, "isError") {
			t.Fatalf("%s: %d %s", name, status, body)
		}
		if !strings.Contains(stack, "TestACallThatNotifiesNobody(") {
			t.Errorf("%s: the handler runs in another goroutine than its request:\n%s", name, stack)
		}
		if in.done != nil || in.timer != nil || in.stops != nil || in.out.beat != nil || in.out.log != nil {
			t.Errorf("%s: a channel %t, a clock %t, what ends them %d, a keep-alive %t, a log %t", name, in.done != nil, in.timer != nil, len(in.stops), in.out.beat != nil, in.out.log != nil)
		}
	}
}

// The answer is a stream from the first notification on, which is sent at once, and not before.
func TestTheFirstNotificationMakesAStream(t *testing.T) {
	w := httptest.NewRecorder()
	s := newUncheckedServer(t, Config{}, func(r *Registry) {
		r.AddTool(ToolItem{Name: "greet", Description: "Tells a step.", InputSchema: greetSchema, Handler: HandleTool(func(ctx context.Context, in greetInput) (string, error) {
			if w.Body.Len() > 0 || w.Flushed || len(w.Header()["Content-Type"]) > 0 {
				t.Errorf("before the first notification: %v %q", w.Header(), w.Body)
			}
			Progress(ctx, 1, 2, "half")
			if text := w.Body.String(); !w.Flushed || w.Header().Get("Content-Type") != "text/event-stream" || strings.Count(text, "\n\n") != 1 || !strings.Contains(text, `"half"`) {
				t.Errorf("after it: flushed %t, %v %q", w.Flushed, w.Header(), text)
			}
			return in.Name, nil
		})})
	})
	req, _ := benchRequest(strings.Replace(legacyCall, `"arguments"`, `"_meta":{"progressToken":1},"arguments"`, 1), nil)
	s.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusOK || strings.Count(w.Body.String(), "\n\n") != 2 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// locksOf finds the locks of a value of this package, and of all values of this package that it holds.
func locksOf(v reflect.Value, seen map[any]bool) (all []sync.Locker) {
	switch t := v.Type(); {
	case t == reflect.TypeFor[sync.Mutex](), t == reflect.TypeFor[sync.RWMutex]():
		return append(all, reflect.NewAt(t, v.Addr().UnsafePointer()).Interface().(sync.Locker))
	case v.Kind() == reflect.Pointer && !v.IsNil() && t.Elem().PkgPath() == reflect.TypeFor[Server]().PkgPath():
		return locksOf(v.Elem(), seen)
	case v.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[Server]().PkgPath():
		self := reflect.NewAt(t, v.Addr().UnsafePointer()).Interface()
		if seen[self] {
			return nil
		}
		seen[self] = true
		for i := range v.NumField() {
			all = append(all, locksOf(v.Field(i), seen)...)
		}
	}
	return all
}

// No lock is shared by all calls: they are answered while somebody else has every lock that a server has.
func TestCallsShareNoLock(t *testing.T) {
	s := newUncheckedServer(t, Config{}, greetTool)
	calls := ways(t, s, "greet")
	calls["list"] = func() (int, string) {
		status, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, nil)
		return status, body
	}
	seen := map[any]bool{}
	locks := append(locksOf(reflect.ValueOf(s), seen), locksOf(reflect.ValueOf(s.catalog.Load()), seen)...)
	if len(locks) < 5 {
		t.Fatalf("only %d locks were found", len(locks))
	}
	for _, l := range locks {
		l.Lock()
		defer l.Unlock()
	}
	for name, call := range calls {
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			if status, body := call(); status != http.StatusOK || strings.Contains(body, "isError") {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}()
		select {
		case <-answered:
		case <-time.After(10 * time.Second):
			t.Errorf("%s waits for one of the server's locks", name)
		}
	}
}
