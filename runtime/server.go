package xmcp

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// Server serves the items of a [Registry]. It is safe for concurrent use.
type Server struct {
	cfg   Config
	log   *slog.Logger
	audit *auditor // nil without a sink

	httpMW     []HTTPMiddleware
	toolMW     []ToolMiddleware
	auth       Authenticator
	authPlugin string
	routes     []route
	onStart    []hook
	onShutdown []hook

	catalog    atomic.Pointer[catalog]
	extensions map[string]any // that are declared, by identifier

	// What every answer repeats, encoded once: the server's introduction, its capabilities, the end of a modern result.
	serverInfo, capabilities, modernTail []byte

	base context.Context         // ends when calls that did not finish in time are cut off
	cut  context.CancelCauseFunc // ends base

	changing sync.Mutex // held by Update
	hub      hub
	forms    sync.Map // reflect.Type → *form

	sessions  *sessionTable
	stateSeal cipher.AEAD
	cursors   cursors
	parking   parking
	endpoint  http.Handler // the innermost MCP handler: reads the body and dispatches
	handler   http.Handler // the whole chain around it, with health and plugin routes
	life      lifecycle
}

// New makes a server of what the registry holds. It sets up the plugins in their order and checks every item; the error
// lists all problems in one line. The environment and the command line are not read: that is [Main]'s part.
func New(r *Registry, cfg Config) (_ *Server, err error) {
	defer func() { err = inOneLine(err) }()
	if r == nil {
		r = NewRegistry()
	}
	if cfg, err = cfg.resolve(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cfg.Logger, audit: newAuditor(cfg)}
	for _, id := range slices.Sorted(maps.Keys(cfg.Extensions)) {
		if err := s.declare(id, cfg.Extensions[id]); err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
	}
	s.base, s.cut = context.WithCancelCause(context.Background())
	keys := newKeyring(cfg.Key)
	if s.sessions, err = newSessionTable(s, keys); err != nil {
		return nil, err
	}
	if s.stateSeal, err = keys.cipher("xmcp request state"); err != nil {
		return nil, err
	}
	if s.cursors.key, err = keys.derive("xmcp list cursor"); err != nil {
		return nil, err
	}
	s.endpoint = newEndpoint(s)
	if err := s.setupPlugins(r); err != nil {
		return nil, err
	}
	if err := s.introduce(); err != nil {
		return nil, err
	}
	cat, err := newCatalog(s, r)
	if err := errors.Join(r.check(), err); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	if err := s.checkIdentity(); err != nil {
		return nil, err
	}
	s.catalog.Store(cat)
	if err := s.startUpstream(); err != nil {
		return nil, err
	}
	if s.handler, err = s.buildHandler(); err != nil {
		return nil, err
	}
	return s, nil
}

// Handler serves the MCP endpoint, the health checks and the routes of the plugins. It is for embedding in a server of your
// own; hosts and origins are checked as the configuration says.
func (s *Server) Handler() http.Handler { return s.handler }
