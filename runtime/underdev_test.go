package xmcp

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"
	"time"
)

// Clients of both eras hear that lists may have changed before their streams end, when a server makes room for another build.
func TestABuildThatEndsTellsClientsToAskAgain(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	s.life.underDev = true
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	modern := &conn{t: t, url: web.URL}
	body, header := listenBody(`"sub"`, `{"toolsListChanged":true,"promptsListChanged":true}`)
	heard := events(modern.do(t.Context(), "POST", body, header))
	next(t, heard) // the acknowledgement
	legacy := &conn{t: t, url: web.URL}
	legacy.open("2025-11-25")
	stream := events(legacy.do(t.Context(), "GET", "", nil))
	waitFor(t, "two listeners", func() bool { return len(listeners(s)) == 2 })

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/prompts/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"},"requestId":"sub"}}`,
	} {
		if got := next(t, heard).data; got != want {
			t.Errorf("modern:\n got %s\nwant %s", got, want)
		}
	}
	for _, want := range []string{
		`{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}`,
		`{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}`,
		`{"jsonrpc":"2.0","method":"notifications/resources/list_changed"}`,
	} {
		if got := next(t, stream).data; got != want {
			t.Errorf("legacy:\n got %s\nwant %s", got, want)
		}
	}
	if e, more := <-stream; more {
		t.Errorf("the legacy stream goes on with %v", e)
	}
}

// A client whose session another build has opened hears it too: that build may have crashed without a word.
func TestABuildThatTakesASessionUpTellsItsClientToAskAgain(t *testing.T) {
	for _, underDev := range []bool{true, false} {
		key := []byte("0123456789abcdef0123456789abcdef")
		before := newTestServer(t, Config{Key: key}, greetTool)
		after := newTestServer(t, Config{Key: key}, greetTool)
		after.life.underDev = underDev
		id := openSession(t, before, nil).id
		if got := after.sessions.get(id, nil).listener(after).take(); got.tools != underDev || got.prompts != underDev || got.lists != underDev {
			t.Errorf("under dev %v: %+v", underDev, got)
		}
		if got := before.sessions.get(id, nil).listener(before).take(); got.tools {
			t.Error("the client of the build that opened the session is told something")
		}
	}
}

func TestTheEndOfTheInputEndsABuild(t *testing.T) {
	in, out := io.Pipe()
	ctx, stop := untilEndOf(t.Context(), in)
	defer stop()
	if _, err := out.Write([]byte("is not looked at")); err != nil || ctx.Err() != nil {
		t.Fatal(err, ctx.Err())
	}
	_ = out.Close()
	<-ctx.Done()
	for value, want := range map[string]bool{"1": true, "": false, "0": false, "QW4B2": true} {
		env := environment{lookup: func(name string) (string, bool) { return value, name == envUnderDev }}
		if env.underDev() != want {
			t.Errorf("%s=%q", envUnderDev, value)
		}
	}
}

// Who waits for a build on a port knows by the mark whether it is that build which answers there. Nobody else is told anything.
func TestABuildShowsItsMark(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	for _, mark := range []string{"", "QW4B2"} {
		t.Setenv(envUnderDev, mark)
		for _, path := range []string{"/readyz", "/healthz", "/mcp"} {
			w := serve(s, request("GET", "http://localhost:3001"+path))
			want := ""
			if path == "/readyz" {
				want = mark
			}
			if got := w.Header().Get(underDevHeader); got != want {
				t.Errorf("%s with the mark %q shows %q", path, mark, got)
			}
		}
	}
}

func listeners(s *Server) map[*listener]struct{} {
	s.hub.mu.RLock()
	defer s.hub.mu.RUnlock()
	all := map[*listener]struct{}{}
	for l := range s.hub.listeners {
		all[l] = struct{}{}
	}
	return all
}
