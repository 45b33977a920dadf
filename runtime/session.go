package xmcp

import (
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// session is a client session of the legacy era (MCP 2025-11-25, basic/transports, session management). Its id carries what
// the client said in initialize, sealed, so that any process with the key can take it up.
type session struct {
	id      string
	client  sealedSession
	used    atomic.Int64 // unix nanoseconds of the last request
	level   atomic.Int32 // least log level sent to the client
	flights flights
	pending pending
	streams eventLogs
	revived bool // another process has opened it

	mu     sync.Mutex
	hears  *listener          // what the client has yet to hear of; nil before it listens
	stream context.CancelFunc // ends the stream that is open; nil when none is
	ended  bool
}

// sealedSession is what a session id carries.
type sealedSession struct {
	Version      string          `json:"v"`
	Capabilities json.RawMessage `json:"c"`
	Client       ClientInfo      `json:"i"`
	Principal    []byte          `json:"p,omitempty"` // digest of who opened the session
	Opened       int64           `json:"t"`           // unix seconds
}

// A session id must fit into a request header beside a token, and is given up after a day at the latest.
const (
	maxSessionID  = 8 << 10
	maxSessionAge = 24 * time.Hour
)

var errSessionsFull = errors.New("too many client sessions")

// sessionTable holds the sessions of a server. Looking one up takes no lock.
type sessionTable struct {
	srv  *Server
	seal cipher.AEAD
	max  int
	idle time.Duration

	byID   sync.Map // id → *session
	size   atomic.Int64
	logged atomic.Int64 // bytes kept for resuming streams
	swept  atomic.Int64 // unix nanoseconds of the last sweep

	mu      sync.Mutex
	closed  map[[sha256.Size]byte]int64 // digests of ended ids → when they were opened, unix seconds
	horizon int64                       // ids opened until then are not revived, since their end may have been forgotten
}

func newSessionTable(srv *Server, keys keyring) (*sessionTable, error) {
	seal, err := keys.cipher("xmcp client session")
	if err != nil {
		return nil, err
	}
	return &sessionTable{srv: srv, seal: seal, max: srv.cfg.Limits.Sessions, idle: srv.cfg.Limits.SessionIdle, closed: map[[sha256.Size]byte]int64{}}, nil
}

// open begins a session. When the table is full, idle sessions go first.
func (t *sessionTable) open(hello clientHello, p *Principal) (*session, error) {
	t.sweep(time.Now())
	if err := t.makeRoom(); err != nil {
		return nil, err
	}
	client := sealedSession{hello.ProtocolVersion, hello.Capabilities, hello.ClientInfo, p.digest(), time.Now().Unix()}
	raw, err := json.Marshal(client)
	if err != nil {
		return nil, err
	}
	id := base64.RawURLEncoding.EncodeToString(t.seal.Seal(nil, nil, raw, nil))
	if len(id) > maxSessionID {
		return nil, InvalidParams("the client's capabilities and information are too long")
	}
	s := newSession(id, client)
	s.streams.total = &t.logged
	t.byID.Store(id, s)
	t.size.Add(1)
	return s, nil
}

// listener returns what collects changes for the session, from now on.
func (s *session) listener(srv *Server) *listener {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hears == nil {
		s.hears = newListener()
		s.hears.tools, s.hears.prompts, s.hears.lists, s.hears.uris = true, true, true, map[string]bool{}
		if s.revived && srv.life.underDev { // what the client knows is another build's
			s.hears.changed = changes{tools: true, prompts: true, lists: true}
		}
		if !s.ended { // else nobody would take it out again
			srv.hub.add(s.hears)
		}
	}
	return s.hears
}

// takeStream makes a new stream the one that the session's messages go to. stop ends it.
func (s *session) takeStream(srv *Server, stop context.CancelFunc) *listener {
	l := s.listener(srv)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stream != nil {
		s.stream()
	}
	s.stream = stop
	if s.ended {
		stop()
	}
	l.wakeUp() // what has changed since the last stream
	return l
}

// close ends what belongs to the session.
func (s *session) close(srv *Server) {
	s.flights.cancelAll()
	s.streams.dropAll()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.stream != nil {
		s.stream()
	}
	if s.hears != nil {
		srv.hub.remove(s.hears)
	}
}

func newSession(id string, client sealedSession) *session {
	s := &session{id: id, client: client}
	s.used.Store(time.Now().UnixNano())
	s.level.Store(int32(defaultLogLevel))
	return s
}

// get returns the session with the id, or nil when it never was, has ended, or belongs to somebody else. A session of
// another process with the same key is taken up.
func (t *sessionTable) get(id string, p *Principal) *session {
	now := time.Now()
	t.sweep(now)
	v, ok := t.byID.Load(id)
	if !ok {
		if v = t.revive(id, now); v == (*session)(nil) {
			return nil
		}
	}
	s := v.(*session)
	if t.expired(s, now) {
		t.end(s.id)
		return nil
	}
	if !s.ownedBy(p) {
		return nil
	}
	s.used.Store(now.UnixNano())
	return s
}

func (t *sessionTable) revive(id string, now time.Time) *session {
	if len(id) > maxSessionID {
		return nil
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(id)
	if err != nil {
		return nil
	}
	raw, err := t.seal.Open(nil, nil, sealed, nil)
	if err != nil {
		return nil
	}
	var client sealedSession
	if json.Unmarshal(raw, &client) != nil || now.Sub(time.Unix(client.Opened, 0)) > maxSessionAge {
		return nil
	}
	t.mu.Lock()
	_, ended := t.closed[sha256.Sum256([]byte(id))]
	ended = ended || client.Opened <= t.horizon
	t.mu.Unlock()
	if ended || t.makeRoom() != nil {
		return nil
	}
	s := newSession(id, client)
	s.revived = true
	s.streams.total = &t.logged
	v, loaded := t.byID.LoadOrStore(id, s)
	if !loaded {
		t.size.Add(1)
	}
	return v.(*session)
}

// end ends a session for good: its id is refused from now on, in this process.
func (t *sessionTable) end(id string) {
	v, ok := t.byID.LoadAndDelete(id)
	if !ok {
		return
	}
	t.size.Add(-1)
	s := v.(*session)
	s.close(t.srv)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.closed) >= 2*t.max {
		t.forget(time.Now())
	}
	t.closed[sha256.Sum256([]byte(id))] = s.client.Opened
}

// forget makes room for the digests of ended ids: those that are too old to be revived go, or else the older half, and with it
// the revival of every id of that age.
func (t *sessionTable) forget(now time.Time) {
	expired := now.Add(-maxSessionAge).Unix()
	maps.DeleteFunc(t.closed, func(_ [sha256.Size]byte, opened int64) bool { return opened < expired })
	if len(t.closed) < 2*t.max {
		return
	}
	opened := slices.Sorted(maps.Values(t.closed))
	t.horizon = max(t.horizon, opened[len(opened)/2])
	maps.DeleteFunc(t.closed, func(_ [sha256.Size]byte, opened int64) bool { return opened <= t.horizon })
}

// makeRoom makes sure that one more session fits.
func (t *sessionTable) makeRoom() error {
	if t.size.Load() < int64(t.max) {
		return nil
	}
	t.endExpired(time.Now())
	if t.size.Load() >= int64(t.max) {
		return errSessionsFull
	}
	return nil
}

// sweepInterval is how often idle sessions are looked for while there is room for more.
const sweepInterval = time.Minute

// sweep ends idle sessions now and then, so that what they keep for their clients is not kept until the table is full.
func (t *sessionTable) sweep(now time.Time) {
	last := t.swept.Load()
	if now.UnixNano()-last < int64(sweepInterval) || !t.swept.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	t.endExpired(now)
}

func (t *sessionTable) endExpired(now time.Time) {
	t.byID.Range(func(id, v any) bool {
		if s := v.(*session); t.expired(s, now) {
			t.end(id.(string))
		} else {
			s.streams.dropOld()
		}
		return true
	})
}

// expired tells whether a session was idle for too long. A call uses its session for as long as it may run; one that waits for
// its client may wait no longer than that for a sign of life.
func (t *sessionTable) expired(s *session, now time.Time) bool {
	idle := now.UnixNano() - s.used.Load()
	return idle > int64(t.idle) && (s.flights.none() || idle > int64(t.idle+t.srv.cfg.Limits.ToolTimeout))
}

// digest identifies a principal across refreshed tokens; nil for nobody.
func (p *Principal) digest() []byte {
	if p == nil {
		return nil
	}
	h := sha256.New()
	for _, part := range []string{p.Issuer, p.Subject, p.Organization, p.Client} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil)[:16]
}

// ownedBy tells whether the principal is the one that opened the session.
func (s *session) ownedBy(p *Principal) bool {
	return string(s.client.Principal) == string(p.digest())
}
