package xmcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/xmcpgo/xmcpgo/internal/taken"
)

// Bounds on connections that send slowly or nothing. The one on whole requests ends with the body, since net/http takes the
// deadline back then; answers have none, since streams stay open.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	idleTimeout       = 2 * time.Minute
)

// lifecycle is the state of a server between its start and its end.
type lifecycle struct {
	gate     *gate
	draining chan struct{} // closed when the drain begins; streams end then
	routes   *http.ServeMux
	inner    http.Handler // the MCP endpoint inside the middleware of the plugins

	underDev bool // xmcpgo dev runs the server, and will replace it by another build

	mu      sync.Mutex
	started bool
	stopped bool

	guarded                   []string // items that ask for scopes or permissions
	tools, prompts, resources int
}

func (l *lifecycle) init(c Config, r *Registry) {
	l.gate = newGate(c.Limits.Concurrency, c.Limits.Sessions)
	l.draining = make(chan struct{})
	l.tools, l.prompts, l.resources = len(r.tools), len(r.prompts), len(r.resources)
	guard := func(kind, name string, needs ...[]string) {
		if len(slices.Concat(needs...)) > 0 {
			l.guarded = append(l.guarded, kind+" "+name)
		}
	}
	for i := range r.tools {
		guard("tool", r.tools[i].Name, r.tools[i].Metadata.Scopes, r.tools[i].Metadata.Permissions)
	}
	for i := range r.prompts {
		guard("prompt", r.prompts[i].Name, r.prompts[i].Metadata.Scopes, r.prompts[i].Metadata.Permissions)
	}
	for i := range r.resources {
		guard("resource", r.resources[i].Name, r.resources[i].Metadata.Scopes, r.resources[i].Metadata.Permissions)
	}
}

// checkIdentity refuses to serve items that ask for scopes or permissions over HTTP when nobody says who calls. On stdio
// there is no principal, and such items are refused when they are called.
func (s *Server) checkIdentity() error {
	if s.cfg.Stdio || s.auth != nil || len(s.life.guarded) == 0 {
		return nil
	}
	more := ""
	if n := len(s.life.guarded) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Errorf("%s%s asks for scopes or permissions, but no plugin authenticates requests: add one in src/middleware.go", s.life.guarded[0], more)
}

// Start runs the OnStart functions of the plugins and opens the server for requests. [Server.Run] does it; an app that serves
// [Server.Handler] itself calls it once before the first request. A failed start cannot be repeated.
func (s *Server) Start(ctx context.Context) error {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	if s.life.started || s.life.stopped {
		return errors.New("server was started before")
	}
	s.life.started = true
	if err := s.audit.open(); err != nil {
		return err
	}
	for _, h := range s.onStart {
		if err := h.call(ctx, s.log); err != nil {
			return fmt.Errorf("plugin %q: start: %w", h.plugin, err)
		}
	}
	s.life.gate.state.Store(gateOpen)
	return nil
}

// Shutdown drains the server: new requests are refused with 503, streams end, calls in flight finish. It returns when the
// last one has, or with an error when the context ends first. The OnShutdown functions of the plugins run at the end in any
// case. [Server.Run] does it; it is for apps that serve [Server.Handler] themselves. A second call does nothing.
func (s *Server) Shutdown(ctx context.Context) error {
	if !s.beginDrain() {
		return nil
	}
	err := s.waitForCalls(ctx)
	s.cut(errShutdown)
	return errors.Join(err, s.runShutdownHooks(ctx))
}

func (s *Server) beginDrain() bool {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	if s.life.stopped {
		return false
	}
	s.life.stopped = true
	s.life.gate.state.Store(gateDraining)
	if s.life.underDev {
		s.hub.listsMayDiffer()
	}
	close(s.life.draining)
	return true
}

func (s *Server) waitForCalls(ctx context.Context) error {
	if err := s.life.gate.wait(ctx); err != nil {
		return fmt.Errorf("shutdown: %s in flight did not finish in time", count(int(s.life.gate.running()), "call"))
	}
	return nil
}

// runShutdownHooks gives the hooks at least a second, since the calls may have used up the time of the drain.
func (s *Server) runShutdownHooks(ctx context.Context) error {
	if s.cfg.MCP != nil {
		s.cfg.MCP.Stop()
	}
	if deadline, ok := ctx.Deadline(); ctx.Err() != nil || ok && time.Until(deadline) < time.Second {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
	}
	var errs []error
	for _, h := range slices.Backward(s.onShutdown) {
		if err := h.call(ctx, s.log); err != nil {
			errs = append(errs, fmt.Errorf("plugin %q: shutdown: %w", h.plugin, err))
		}
	}
	return errors.Join(errors.Join(errs...), s.audit.close())
}

func (h hook) call(ctx context.Context, log *slog.Logger) (err error) {
	defer func() {
		if v := recover(); v != nil {
			log.Error("plugin hook panicked", "plugin", h.plugin, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return h.run(ctx)
}

// Run serves until the context ends, then drains within [Config.ShutdownTimeout]. It returns nil after a clean drain. With
// [Config.Stdio] it serves standard input and output, and the end of the input ends it as well.
func (s *Server) Run(ctx context.Context) error {
	if s.cfg.Stdio {
		out := s.cfg.channel
		if out == nil {
			channel, giveBack := takeStdout()
			defer giveBack()
			out = channel
		}
		return s.ServeStdio(ctx, os.Stdin, out)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return listenError(s.cfg.Addr, err)
	}
	return s.Serve(ctx, l)
}

func listenError(addr string, err error) error {
	if taken.Address(err) {
		return fmt.Errorf("address %s is taken by another program: choose another one with --addr or PORT", addr)
	}
	return fmt.Errorf("listen on %s (--addr, HOST, PORT): %w", addr, err)
}

// ServeStdio serves one client over a pair of streams, one JSON-RPC message a line, until the input or the context ends.
func (s *Server) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	err := s.Start(ctx)
	if err == nil {
		s.announce("stdio")
		err = s.serveStdio(ctx, in, out)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			err = nil
		}
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.ShutdownTimeout)
	defer cancel()
	return errors.Join(err, s.Shutdown(drain))
}

// Serve is [Server.Run] over HTTP on a listener of the caller, which it closes.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	web := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    s.cfg.Limits.Header,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return s.base },
		ConnContext:       keepConn,
		ConnState:         settleConn,
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(burstListener{l}) }()

	err := s.Start(ctx)
	if err == nil {
		s.announce(s.url(l.Addr()))
		select {
		case <-ctx.Done():
		case err = <-served:
			err = fmt.Errorf("serve: %w", err)
		}
	}
	// Health checks are answered while calls finish, so the listener is closed last.
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.ShutdownTimeout)
	defer cancel()
	first := s.beginDrain()
	err = errors.Join(err, s.waitForCalls(drain))
	s.cut(errShutdown)
	if web.Shutdown(drain) != nil {
		_ = web.Close()
	}
	if first {
		err = errors.Join(err, s.runShutdownHooks(drain))
	}
	return err
}

// url is where clients find the endpoint: by the public URL where there is one, else by the address listened on.
func (s *Server) url(addr net.Addr) string {
	if s.cfg.BaseURL != "" {
		return s.cfg.BaseURL + s.cfg.Endpoint
	}
	return "http://" + addr.String() + s.cfg.Endpoint
}
