package scalekitdev

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxBody bounds what is read of a request.
const maxBody = 64 << 10

// StandIn is a running environment. It is safe for concurrent use.
type StandIn struct {
	cfg Config
	mux *http.ServeMux

	mu        sync.Mutex
	keys      keyRing
	clients   *bounded[*client]
	documents *bounded[*document]
	requests  *bounded[*authRequest] // on the sign-in page
	codes     *bounded[*grant]       // not yet redeemed, and redeemed ones until they would expire
	refresh   *bounded[*family]      // by token
	sessions  *bounded[*session]
	orgs      map[string]*organization
	faults    faults
}

// New returns the environment. Serve its Handler on the host and port of Config.URL.
func New(cfg Config) (*StandIn, error) {
	cfg, err := cfg.resolve()
	if err != nil {
		return nil, err
	}
	s := &StandIn{
		cfg: cfg, mux: http.NewServeMux(), clients: newBounded[*client](1000), requests: newBounded[*authRequest](1000),
		documents: newBounded[*document](1000), sessions: newBounded[*session](1000), orgs: map[string]*organization{},
		codes: newBounded[*grant](1000), refresh: newBounded[*family](10000),
	}
	if err := s.keys.rotate(); err != nil {
		return nil, err
	}
	for _, o := range cfg.Organizations {
		s.orgs[o.ID] = &organization{id: o.ID, name: o.Name, external: o.ExternalID, changed: seeded}
	}
	s.routes()
	return s, nil
}

func (s *StandIn) routes() {
	res := "/resources/" + s.cfg.Server.ID
	s.mux.HandleFunc("GET /.well-known/oauth-authorization-server"+res, s.resourceMetadata)
	s.mux.HandleFunc("GET "+res+"/.well-known/oauth-authorization-server", s.resourceMetadata)
	s.mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.rootMetadata)
	s.mux.HandleFunc("GET /.well-known/openid-configuration", s.rootMetadata)
	s.mux.HandleFunc("GET /keys", s.serveKeys)
	for _, base := range []string{"", res} {
		s.mux.HandleFunc("GET "+base+"/oauth/authorize", s.authorize)
		s.mux.HandleFunc("POST "+base+"/oauth/authorize", s.decide)
		s.mux.HandleFunc("POST "+base+"/oauth/token", s.token)
	}
	s.mux.HandleFunc("POST /api/v1"+res+"/clients:register", s.register)
	s.mux.HandleFunc("GET /oidc/logout", s.logout)
	s.managementRoutes()
}

// Handler serves the environment. It answers loopback names only.
func (s *StandIn) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if !loopback(host) {
			http.Error(w, "this stand-in serves loopback only", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodOptions {
			cors(w)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		var now time.Time
		s.locked(func() { now = s.now() })
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat)) // by its own clock, as tokens are
		s.mux.ServeHTTP(w, r)
	})
}

// Config returns the configuration with defaults filled in.
func (s *StandIn) Config() Config { return s.cfg }

// Environment returns the variables with which an app uses this environment.
func (s *StandIn) Environment() map[string]string {
	env := map[string]string{
		"SCALEKIT_ENVIRONMENT_URL": s.cfg.URL,
		"SCALEKIT_RESOURCE_ID":     s.cfg.Server.ID,
		"SCALEKIT_RESOURCE_URL":    s.cfg.Server.URL,
	}
	for _, m := range s.cfg.Machines {
		if m.Management {
			env["SCALEKIT_CLIENT_ID"], env["SCALEKIT_CLIENT_SECRET"] = m.ID, m.Secret
		}
	}
	return env
}

func cors(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, MCP-Protocol-Version")
}

// writeJSON answers with JSON that must not be kept.
func writeJSON(w http.ResponseWriter, status int, v any) {
	cors(w)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away needs no answer
}

// oauthError answers as RFC 6749 section 5.2 says.
func oauthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}

// bounded is a map that forgets its oldest entry when it is full.
type bounded[T any] struct {
	max   int
	items map[string]T
	order []string
}

func newBounded[T any](max int) *bounded[T] { return &bounded[T]{max: max, items: map[string]T{}} }

func (b *bounded[T]) get(key string) (T, bool) { v, ok := b.items[key]; return v, ok }
func (b *bounded[T]) delete(key string)        { delete(b.items, key) }
func (b *bounded[T]) put(key string, v T) {
	if _, ok := b.items[key]; ok {
		b.items[key] = v
		return
	}
	for len(b.order) >= b.max {
		delete(b.items, b.order[0])
		b.order = b.order[1:]
	}
	b.items[key] = v
	b.order = append(b.order, key)
}

// faults are what tests make go wrong.
type faults struct {
	keysDown, noSignIn bool
	keysSlow, clock    time.Duration
}

func (s *StandIn) now() time.Time { return time.Now().Add(s.faults.clock) }

// clock is now for those who do not hold the lock.
func (s *StandIn) clock() (t time.Time) {
	s.locked(func() { t = s.now() })
	return t
}

// KeysDown takes the keys away, or gives them back.
func (s *StandIn) KeysDown(down bool) { s.locked(func() { s.faults.keysDown = down }) }

// KeysSlow makes who asks for the keys wait.
func (s *StandIn) KeysSlow(by time.Duration) { s.locked(func() { s.faults.keysSlow = by }) }

// NoSignInMethod empties the sign-in page, as for an environment in which no authentication method is enabled.
func (s *StandIn) NoSignInMethod(none bool) { s.locked(func() { s.faults.noSignIn = none }) }

// MoveClock moves the environment's clock against that of this machine.
func (s *StandIn) MoveClock(by time.Duration) { s.locked(func() { s.faults.clock = by }) }

// RotateKeys makes a new signing key. With withdraw, the old ones are no longer offered.
func (s *StandIn) RotateKeys(withdraw bool) (err error) {
	s.locked(func() {
		if withdraw {
			s.keys = keyRing{}
		}
		err = s.keys.rotate()
	})
	return err
}

func (s *StandIn) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}
