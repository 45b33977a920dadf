package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/bench/servers/ours/src"
)

// make soak makes ten million.
var soakCalls = flag.Int64("calls", 5_000, "calls of TestSoak")

// TestSoak sends a server calls of all kinds for a long time: every answer is the right one, and the process does not grow.
func TestSoak(t *testing.T) {
	i, err := newIssuer()
	if err != nil {
		t.Fatal(err)
	}
	defer i.web.Close()
	t.Setenv("BENCH_SCALEKIT", i.url)
	s, err := xmcp.New(src.Registry(), xmcp.Config{Name: "soak", Version: "1.0.0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }() // as an app does, with the connections of our own server
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	const workers = 16
	var tokens []string
	for user := range 2 * workers {
		token, err := i.sign(user)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	var left atomic.Int64
	phase := func(calls int64) {
		left.Store(calls)
		var wg sync.WaitGroup
		for n := range workers {
			wg.Go(func() {
				w := &soaker{rng: rand.New(rand.NewPCG(7, uint64(n))), addr: addr, tokens: tokens[2*n : 2*n+2]}
				defer w.close()
				for left.Add(-1) >= 0 {
					if err := w.step(); err != nil {
						t.Errorf("worker %d, call %d: %v", n, w.id, err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	phase(*soakCalls / 4) // fills pools, caches and tables
	before := settle()
	phase(*soakCalls - *soakCalls/4)
	for end := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before.goroutines+4 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	after := settle()
	if after.goroutines > before.goroutines+4 {
		t.Errorf("%d goroutines, %d after a quarter of the calls", after.goroutines, before.goroutines)
	}
	// Ended sessions are remembered by a digest, up to a bound.
	if after.heap > before.heap+4<<20 {
		t.Errorf("%d bytes live, %d after a quarter of the calls", after.heap, before.heap)
	}
	t.Logf("%d calls; live heap %d KB, then %d KB", *soakCalls, before.heap>>10, after.heap>>10)
}

type footprint struct {
	heap       uint64
	goroutines int
}

// settle waits until the connections of a phase, which its workers have closed, are gone: no goroutine ends any more.
func settle() footprint {
	for least, still := runtime.NumGoroutine(), 0; still < 20; still++ {
		time.Sleep(20 * time.Millisecond)
		if n := runtime.NumGoroutine(); n < least {
			least, still = n, 0
		}
	}
	for range 3 { // what pools hold lasts for two collections
		debug.FreeOSMemory()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{m.HeapAlloc, runtime.NumGoroutine()}
}

// soaker is one client.
type soaker struct {
	rng     *rand.Rand
	addr    string
	tokens  []string
	id      int
	session string
	net.Conn
	in *bufio.Reader
}

func (w *soaker) close() {
	if w.Conn != nil {
		_ = w.Conn.Close()
	}
}

// step makes one call of some kind and checks its answer.
func (w *soaker) step() error {
	w.id++
	kinds := []func() error{w.greet, w.greet, w.greet, w.order, w.order, w.list, w.invalid, w.unknownTool, w.unknownMethod, w.garbage, w.noToken, w.mismatch, w.endSession}
	return kinds[w.rng.IntN(len(kinds))]()
}

func (w *soaker) version() string {
	if w.rng.IntN(2) == 0 {
		return legacy
	}
	return modern
}

// answer is what all answers have in common.
type answer struct {
	ID     int `json:"id"`
	Result struct {
		Content    []struct{ Text string }
		Structured json.RawMessage `json:"structuredContent"`
		Tools      []struct{ Name string }
		IsError    bool
		ResultType string
	}
	Error *struct {
		Code    int
		Message string
	}
}

// send makes a request with a token and, now and then, in a session.
func (w *soaker) send(version, method, name string, body []byte, wantStatus int) (*answer, error) {
	more := []string{"Authorization: Bearer " + w.tokens[0]}
	if version == legacy && w.rng.IntN(2) == 0 {
		if w.session == "" {
			if err := w.openSession(); err != nil {
				return nil, err
			}
		}
		more = append(more, "Mcp-Session-Id: "+w.session)
	}
	_, raw, err := w.roundTrip(request(version, method, name, body, more...), wantStatus)
	if err != nil {
		return nil, err
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("%w in %q", err, raw)
	}
	if version == modern && a.Error == nil && a.Result.ResultType != "complete" {
		return nil, fmt.Errorf("resultType %q in %q", a.Result.ResultType, raw)
	}
	return &a, nil
}

func (w *soaker) roundTrip(request []byte, wantStatus int) (http.Header, []byte, error) {
	if w.Conn == nil || w.rng.IntN(500) == 0 { // clients come and go
		w.close()
		c, err := net.Dial("tcp", w.addr)
		if err != nil {
			return nil, nil, err
		}
		w.Conn, w.in = c, bufio.NewReader(c)
	}
	if _, err := w.Write(request); err != nil {
		return nil, nil, err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != wantStatus {
		err = fmt.Errorf("status %d, want %d: %.300s", res.StatusCode, wantStatus, body)
	}
	return res.Header, body, err
}

func (w *soaker) call(version, name, arguments string) (*answer, error) {
	body := bytes.Replace(message(version, "tools/call", name, arguments), []byte(`"id":7`), fmt.Appendf(nil, `"id":%d`, w.id), 1)
	a, err := w.send(version, "tools/call", name, body, http.StatusOK)
	if err == nil && a.ID != w.id {
		err = fmt.Errorf("id %d, want %d", a.ID, w.id)
	}
	return a, err
}

func (w *soaker) text(n int) string {
	const letters = "abc äöü \"\\\n\t漢字 😀<&>\u2028"
	runes := []rune(letters)
	var b strings.Builder
	for range n {
		b.WriteRune(runes[w.rng.IntN(len(runes))])
	}
	return b.String()
}

func (w *soaker) greet() error {
	name := w.text(1 + w.rng.IntN(100))
	raw, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		return err
	}
	a, err := w.call(w.version(), "greet", string(raw))
	if err != nil {
		return err
	}
	if want := "Hello, " + name + "!"; len(a.Result.Content) != 1 || a.Result.Content[0].Text != want || a.Result.IsError {
		return fmt.Errorf("got %+v, want %q", a, want)
	}
	return nil
}

func (w *soaker) order() error {
	note, err := json.Marshal(w.text(w.rng.IntN(20_000)))
	if err != nil {
		return err
	}
	count := 1 + w.rng.IntN(999)
	arguments := strings.Replace(orderArguments, `"ring twice"`, string(note), 1)
	arguments = strings.Replace(arguments, `"count":120`, fmt.Sprintf(`"count":%d`, count), 1)
	a, err := w.call(w.version(), "order", arguments)
	if err != nil {
		return err
	}
	var out struct {
		Total     float64
		Shipments []struct{ Lines []struct{ Count int } }
	}
	if err := json.Unmarshal(a.Result.Structured, &out); err != nil {
		return err
	}
	if a.Result.Content[0].Text != string(a.Result.Structured) {
		return fmt.Errorf("the text %q is not the structured content %q", a.Result.Content[0].Text, a.Result.Structured)
	}
	if want := float64(count)*1.25 + 4*18.4; out.Total != want || len(out.Shipments) != 12 || out.Shipments[11].Lines[0].Count != count {
		return fmt.Errorf("got %+v, want a total of %v", out, want)
	}
	return nil
}

func (w *soaker) list() error {
	version := w.version()
	a, err := w.send(version, "tools/list", "", message(version, "tools/list", "", ""), http.StatusOK)
	if err == nil && (a.ID != 7 || len(a.Result.Tools) != 2 || a.Result.Tools[0].Name != "greet") {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) invalid() error {
	a, err := w.call(w.version(), "greet", `{"name":"","nam":1}`)
	if err == nil && (!a.Result.IsError || !strings.Contains(a.Result.Content[0].Text, "at least 1 character")) {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) unknownTool() error {
	version, status := w.version(), http.StatusOK
	if version == modern {
		status = http.StatusBadRequest
	}
	a, err := w.send(version, "tools/call", "grant", message(version, "tools/call", "grant", "{}"), status)
	if err == nil && (a.Error == nil || a.Error.Code != -32602) {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) unknownMethod() error {
	version, status := w.version(), http.StatusOK
	if version == modern {
		status = http.StatusNotFound
	}
	a, err := w.send(version, "tools/sing", "", message(version, "tools/sing", "", ""), status)
	if err == nil && (a.Error == nil || a.Error.Code != -32601) {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) garbage() error {
	whole := message(legacy, "tools/call", "greet", greetArguments)
	cut := whole[:1+w.rng.IntN(len(whole)-1)]
	a, err := w.send(legacy, "tools/call", "greet", cut, http.StatusBadRequest)
	if err == nil && (a.Error == nil || a.Error.Code != -32700) {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) noToken() error {
	header := "Authorization: Bearer " + w.tokens[0][:len(w.tokens[0])-8] + "AAAAAAAA"
	if w.rng.IntN(2) == 0 {
		header = "X-Nothing: here"
	}
	version := w.version()
	h, _, err := w.roundTrip(call(version, "greet", greetArguments, header), http.StatusUnauthorized)
	if err == nil && !strings.HasPrefix(h.Get("WWW-Authenticate"), "Bearer ") {
		err = fmt.Errorf("headers %v", h)
	}
	return err
}

// mismatch names another tool in the header than in the body.
func (w *soaker) mismatch() error {
	a, err := w.send(modern, "tools/call", "order", message(modern, "tools/call", "greet", greetArguments), http.StatusBadRequest)
	if err == nil && (a.Error == nil || a.Error.Code != -32020) {
		err = fmt.Errorf("got %+v", a)
	}
	return err
}

func (w *soaker) openSession() error {
	h, body, err := w.roundTrip(request(legacy, "initialize", "", []byte(initialize), "Authorization: Bearer "+w.tokens[0]), http.StatusOK)
	if w.session = h.Get("Mcp-Session-Id"); err == nil && w.session == "" {
		err = fmt.Errorf("no session in %s", body)
	}
	return err
}

// endSession ends the session, which nobody else could: not even with a token of their own.
func (w *soaker) endSession() error {
	if w.session == "" {
		return w.openSession()
	}
	end := func(token string, status int) error {
		_, _, err := w.roundTrip(fmt.Appendf(nil, "DELETE /mcp HTTP/1.1\r\nHost: localhost\r\nMcp-Session-Id: %s\r\nAuthorization: Bearer %s\r\n\r\n", w.session, token), status)
		return err
	}
	if err := end(w.tokens[1], http.StatusNotFound); err != nil {
		return err
	}
	err := end(w.tokens[0], http.StatusNoContent)
	w.session = ""
	return err
}
