package xmcp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func openSession(t *testing.T, s *Server, p *Principal) *session {
	t.Helper()
	got, err := s.sessions.open(clientHello{ProtocolVersion: "2025-11-25", Capabilities: json.RawMessage(`{"roots":{}}`), ClientInfo: ClientInfo{Name: "c", Version: "1"}}, p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSessionsEndWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{SessionIdle: time.Minute}}, greetTool)
		id := openSession(t, s, nil).id
		for range 5 { // each use begins the time anew
			time.Sleep(50 * time.Second)
			if s.sessions.get(id, nil) == nil {
				t.Fatal("a session in use has ended")
			}
		}
		time.Sleep(61 * time.Second)
		if s.sessions.get(id, nil) != nil {
			t.Error("an idle session lives on")
		}
		if s.sessions.get(id, nil) != nil {
			t.Error("an ended session was revived")
		}
		if n := s.sessions.size.Load(); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
	})
}

func TestIdleSessionsMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{Sessions: 3, SessionIdle: time.Minute}}, greetTool)
		old := openSession(t, s, nil).id
		time.Sleep(40 * time.Second)
		openSession(t, s, nil)
		openSession(t, s, nil)
		if _, err := s.sessions.open(clientHello{}, nil); err != errSessionsFull {
			t.Errorf("the fourth of three sessions: %v", err)
		}
		time.Sleep(21 * time.Second)
		fresh := openSession(t, s, nil)
		if s.sessions.get(old, nil) != nil || s.sessions.get(fresh.id, nil) == nil {
			t.Error("the idle session did not make room for the new one")
		}
	})
}

func TestSessionsAreTakenUpByOtherProcessesWithTheKey(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	a := newTestServer(t, Config{Key: key}, greetTool)
	b := newTestServer(t, Config{Key: key}, greetTool)
	other := newTestServer(t, Config{}, greetTool)
	ada := &Principal{Issuer: "i", Subject: "ada"}
	id := openSession(t, a, ada).id
	if other.sessions.get(id, ada) != nil {
		t.Error("a server with another key took the session up")
	}
	if b.sessions.get(id, &Principal{Issuer: "i", Subject: "eve"}) != nil || b.sessions.get(id, nil) != nil {
		t.Error("the session was taken up for somebody else")
	}
	got := b.sessions.get(id, ada)
	if got == nil {
		t.Fatal("the session was not taken up")
	}
	if got.client.Version != "2025-11-25" || string(got.client.Capabilities) != `{"roots":{}}` || got.client.Client.Name != "c" {
		t.Errorf("what the client said is lost: %+v", got.client)
	}
	b.sessions.end(id)
	if b.sessions.get(id, ada) != nil {
		t.Error("a session that has ended was taken up again")
	}
}

func TestSessionsAreNotTakenUpAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := []byte("0123456789abcdef0123456789abcdef")
		id := openSession(t, newTestServer(t, Config{Key: key}, greetTool), nil).id
		time.Sleep(maxSessionAge + 2*time.Second)
		if newTestServer(t, Config{Key: key}, greetTool).sessions.get(id, nil) != nil {
			t.Error("an old session was taken up")
		}
	})
}

// The digests of ended sessions are bounded. Those that are forgotten must not come back to life.
func TestEndedSessionsStayEndedWhenTheyAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{Sessions: 4}}, greetTool)
		living := openSession(t, s, nil).id
		var ids []string
		for range 50 {
			time.Sleep(time.Second)
			id := openSession(t, s, nil).id
			s.sessions.end(id)
			ids = append(ids, id)
		}
		if n := len(s.sessions.closed); n > 8 {
			t.Errorf("%d digests are kept", n)
		}
		for i, id := range ids {
			if s.sessions.get(id, nil) != nil {
				t.Errorf("session %d is back", i)
			}
		}
		if s.sessions.get(living, nil) == nil {
			t.Error("a session that never ended is gone")
		}
	})
}

func TestForgedSessionIDs(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	id := openSession(t, s, nil).id
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		forged := append([]byte(nil), raw...)
		forged[i] ^= 1
		if s.sessions.get(base64.RawURLEncoding.EncodeToString(forged), nil) != nil {
			t.Fatalf("an id with byte %d changed is accepted", i)
		}
	}
	for _, id := range []string{"", "x", id + "A", id + "=", id[:len(id)-1], strings.Repeat("A", 100_000), base64.RawURLEncoding.EncodeToString(make([]byte, 28))} {
		if s.sessions.get(id, nil) != nil {
			t.Errorf("the id %.20q… is accepted", id)
		}
	}
	for _, c := range id {
		if c < 0x21 || c > 0x7e {
			t.Errorf("the id has the character %q; it must be visible ASCII", c)
		}
	}
}

func TestHugeClientsGetNoSession(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	_, h, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"x":"`+strings.Repeat("a", 10_000)+`"},"clientInfo":{"name":"c","version":"1"}}}`, nil)
	if h.Get(headerSession) != "" || !strings.Contains(body, "-32602") {
		t.Errorf("got %s", body)
	}
}

func TestPrincipalDigest(t *testing.T) {
	base := Principal{Issuer: "i", Subject: "s", Organization: "o", Client: "c"}
	refreshed := base
	refreshed.Scopes, refreshed.ExpiresAt, refreshed.Value = []string{"more"}, time.Now(), "token 2"
	if string(base.digest()) != string(refreshed.digest()) {
		t.Error("a refreshed token is another principal")
	}
	seen := map[string]string{string((*Principal)(nil).digest()): "nobody"}
	for name, p := range map[string]Principal{
		"base": base, "issuer": {"j", "s", "o", "c", nil, nil, time.Time{}, nil}, "moved": {"is", "", "o", "c", nil, nil, time.Time{}, nil},
		"organization": {"i", "s", "p", "c", nil, nil, time.Time{}, nil}, "client": {"i", "s", "o", "d", nil, nil, time.Time{}, nil}, "empty": {},
	} {
		d := string(p.digest())
		if seen[d] != "" {
			t.Errorf("%s is the same as %s", name, seen[d])
		}
		seen[d] = name
	}
}

func TestSessionsInParallel(t *testing.T) {
	s := newTestServer(t, Config{Limits: Limits{Sessions: 50}}, greetTool)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 40 {
				id := openOrFull(s)
				if id == "" {
					continue
				}
				s.sessions.get(id, nil)
				if (i+j)%2 == 0 {
					s.sessions.end(id)
					s.sessions.end(id)
				}
				s.sessions.get(id, nil)
			}
		})
	}
	wg.Wait()
	n := 0
	s.sessions.byID.Range(func(any, any) bool { n++; return true })
	if size := s.sessions.size.Load(); int64(n) != size || n > 50+16 {
		t.Errorf("%d sessions are counted as %d", n, size)
	}
}

func openOrFull(s *Server) string {
	got, err := s.sessions.open(clientHello{ProtocolVersion: "2025-11-25", ClientInfo: ClientInfo{Name: fmt.Sprint(time.Now())}}, nil)
	if err != nil {
		return ""
	}
	return got.id
}

func FuzzSessionIDs(f *testing.F) {
	s := newTestServer(f, Config{}, greetTool)
	good, err := s.sessions.open(clientHello{ProtocolVersion: "2025-11-25"}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.id)
	f.Add(good.id[1:])
	f.Add("")
	f.Add("____")
	f.Fuzz(func(t *testing.T, id string) {
		if got := s.sessions.get(id, nil); (got != nil) != (id == good.id) {
			t.Errorf("the id %q is accepted: %v", id, got != nil)
		}
	})
}

// What is kept for resuming is counted for all sessions together, so what is said after the end must not be.
func TestEndedSessionsKeepNothing(t *testing.T) {
	s := newTestServer(t, Config{}, greetTool)
	got := openSession(t, s, nil)
	log := got.streams.open()
	log.add([]byte("before"))
	if n := s.sessions.logged.Load(); n != 6 {
		t.Fatalf("%d bytes are kept", n)
	}
	s.sessions.end(got.id)
	for range 10 {
		log.add([]byte("after"))
	}
	log.end()
	if n := s.sessions.logged.Load(); n != 0 {
		t.Errorf("%d bytes are kept after the end", n)
	}
	if _, _, ended := log.after(0); !ended {
		t.Error("a reader waits on")
	}
	var stopped bool
	got.takeStream(s, func() { stopped = true })
	if n := len(s.hub.listeners); n != 0 || !stopped {
		t.Errorf("%d listeners, stopped %v, after the end", n, stopped)
	}
}

// A client that listens is not idle.
func TestListeningKeepsASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{SessionIdle: time.Minute}}, greetTool)
		id := openSession(t, s, nil).id
		ctx, cancel := context.WithCancel(t.Context())
		req := httptest.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:3001/mcp", nil)
		req.Header.Set(headerSession, id)
		req.Header.Set("Accept", "text/event-stream")
		ended := make(chan struct{})
		go func() { s.Handler().ServeHTTP(httptest.NewRecorder(), req); close(ended) }()
		time.Sleep(time.Hour)
		cancel()
		<-ended
		if s.sessions.get(id, nil) == nil {
			t.Error("the session ended while its client was listening")
		}
		time.Sleep(61 * time.Second)
		if s.sessions.get(id, nil) != nil {
			t.Error("the session lives on without its client")
		}
	})
}

// What idle sessions hold is freed while the server has room, not only once it is full.
func TestIdleSessionsAreSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{SessionIdle: 10 * time.Minute}}, greetTool)
		left := openSession(t, s, nil)
		left.streams.open().add(make([]byte, 1000))
		old := openSession(t, s, nil)
		log := old.streams.open()
		log.add(make([]byte, 100))
		log.end()
		for range 11 {
			time.Sleep(time.Minute)
			if s.sessions.get(old.id, nil) == nil {
				t.Fatal("a session in use has ended")
			}
		}
		if n, kept := s.sessions.size.Load(), s.sessions.logged.Load(); n != 1 || kept != 0 {
			t.Errorf("%d sessions and %d bytes of old streams are kept", n, kept)
		}
	})
}

// A call is a use of its session for as long as it may run.
func TestCallsKeepTheirSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestServer(t, Config{Limits: Limits{SessionIdle: time.Minute, ToolTimeout: 5 * time.Minute}}, greetTool)
		got := openSession(t, s, nil)
		c := newCall(s)
		c.begin(t.Context(), true, 5*time.Minute)
		got.flights.add([]byte("1"), c)
		time.Sleep(4 * time.Minute)
		if s.sessions.get(got.id, nil) == nil {
			t.Fatal("the session of a running call has ended")
		}
		time.Sleep(7 * time.Minute)
		if s.sessions.get(got.id, nil) != nil || c.Err() == nil {
			t.Error("the session of a call that waits for nobody lives on")
		}
	})
}
