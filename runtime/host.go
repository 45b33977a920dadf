package xmcp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/xmcpgo/xmcpgo/runtime/internal/standin"
)

// Host is what a plugin may change while it is set up. Its methods must not be called after Setup has returned, all but
// [Host.Logger] and [Host.Config]; a later call has no effect and is logged.
type Host struct {
	srv    *Server
	plugin string
	errs   []error // misuse, reported when Setup has returned
	// standsIn is set for the plugin of a test whose authenticator replaces that of the app.
	standsIn bool
	done     atomic.Bool
}

// hook is a function that a plugin wants to run when the server starts or stops.
type hook struct {
	plugin string
	run    func(context.Context) error
}

// route is a handler that a plugin serves beside the MCP endpoint.
type route struct {
	plugin, pattern string
	handler         http.Handler
}

// UseHTTP adds middleware around the MCP endpoint. It runs behind authentication and before the body is read. It is not
// asked about health checks and routes.
func (h *Host) UseHTTP(mw HTTPMiddleware) {
	if h.usable("UseHTTP", mw != nil) {
		h.srv.httpMW = append(h.srv.httpMW, mw)
	}
}

// UseTool adds middleware around every call of a tool of the registry, on both transports. Tools of [Config].MCP have the middleware of
// their own server, and that of [Host.UseHTTP].
func (h *Host) UseTool(mw ToolMiddleware) {
	if h.usable("UseTool", mw != nil) {
		h.srv.toolMW = append(h.srv.toolMW, mw)
	}
}

// Handle serves a pattern of [http.ServeMux] beside the MCP endpoint. Requests pass the limits and the check of their Host
// header, but neither the check of Origin nor authentication nor middleware: a route answers for itself. A pattern
// that stands for the endpoint or a health check, or that conflicts with another one, fails the start.
func (h *Host) Handle(pattern string, handler http.Handler) {
	if !h.usable("Handle", handler != nil) {
		return
	}
	if path := patternPath(pattern); path == h.srv.cfg.Endpoint || path == healthPath || path == readyPath {
		h.fail(fmt.Errorf("route %q: the path %s is the server's own", pattern, path))
		return
	}
	h.srv.routes = append(h.srv.routes, route{h.plugin, pattern, handler})
}

// Authenticate installs the authenticator of the MCP endpoint. A server has one; a second one fails the start.
func (h *Host) Authenticate(a Authenticator) {
	if !h.usable("Authenticate", a != nil) {
		return
	}
	if h.srv.auth != nil && !h.standsIn {
		h.fail(fmt.Errorf("a server has one authenticator, and plugin %q has installed it", h.srv.authPlugin))
		return
	}
	h.srv.auth, h.srv.authPlugin = a, h.plugin
}

// OnStart adds a function that runs before the first request is served; an error stops the start. The context ends when
// the start is given up.
func (h *Host) OnStart(f func(context.Context) error) {
	if h.usable("OnStart", f != nil) {
		h.srv.onStart = append(h.srv.onStart, hook{h.plugin, f})
	}
}

// OnShutdown adds a function that runs after the last request, in reverse order of addition. It runs as well when a
// function of OnStart has failed, but not when [New] has: what needs closing is better opened in OnStart. The context
// bounds its time.
func (h *Host) OnShutdown(f func(context.Context) error) {
	if h.usable("OnShutdown", f != nil) {
		h.srv.onShutdown = append(h.srv.onShutdown, hook{h.plugin, f})
	}
}

// Extension declares an extension of the protocol that the plugin serves, as [Config].Extensions does; nil settings are none. One
// that is declared twice fails the start.
func (h *Host) Extension(id string, settings map[string]any) {
	if !h.usable("Extension", true) {
		return
	}
	if err := h.srv.declare(id, settings); err != nil {
		h.fail(err)
	}
}

// Logger is the server's log with the plugin's name. It may be kept.
func (h *Host) Logger() *slog.Logger { return h.srv.log.With("plugin", h.plugin) }

// Config is a copy of the server's configuration with defaults filled in, without the Key.
func (h *Host) Config() Config {
	c := h.srv.cfg
	c.Key = nil
	c.Extensions = maps.Clone(c.Extensions)
	c.Icons = slices.Clone(c.Icons)
	c.AllowedHosts = slices.Clone(c.AllowedHosts)
	c.AllowedOrigins = slices.Clone(c.AllowedOrigins)
	return c
}

// usable records misuse: a nil argument, or a call after Setup has returned, which could no longer have an effect.
func (h *Host) usable(method string, given bool) bool {
	switch {
	case h.done.Load():
		h.srv.log.Error("plugin used its Host after Setup; the call has no effect", "plugin", h.plugin, "method", method)
		return false
	case !given:
		h.fail(fmt.Errorf("%s was given nil", method))
		return false
	}
	return true
}

func (h *Host) fail(err error) { h.errs = append(h.errs, err) }

// setupPlugins sets up the plugins of the registry in their order. Plugins behind one that failed are not set up.
func (s *Server) setupPlugins(r *Registry) (err error) {
	s.life.init(s.cfg, r)
	seen := map[string]bool{}
	for _, list := range r.plugins {
		for i, p := range list() {
			if v := reflect.ValueOf(p); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
				return fmt.Errorf("plugin %d of the list is nil", i+1)
			}
			name := p.Name()
			if name == "" {
				return fmt.Errorf("plugin %d of the list (%T) has no name", i+1, p)
			}
			if seen[name] {
				return fmt.Errorf("plugin %q is in the list twice", name)
			}
			seen[name] = true
			if err := s.setup(p, name); err != nil {
				return fmt.Errorf("plugin %q: %w", name, err)
			}
		}
	}
	if s.life.routes, err = routeMux(append(s.routes, s.pageRoutes()...)); err != nil {
		return err
	}
	if s.life.inner, err = wrapEndpoint(s.endpoint, s.httpMW); err != nil {
		return err
	}
	if len(s.onStart) == 0 { // nothing to wait for, so the handler may be used without Start
		s.life.gate.state.Store(gateOpen)
	}
	return nil
}

func (s *Server) setup(p Plugin, name string) (err error) {
	h := &Host{srv: s, plugin: name}
	_, h.standsIn = p.(interface{ StandIn(standin.Mark) })
	defer func() {
		h.done.Store(true)
		if v := recover(); v != nil {
			s.log.Error("plugin panicked in Setup", "plugin", name, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("setup panicked: %v", v)
		}
	}()
	err = p.Setup(h)
	return errors.Join(append([]error{err}, h.errs...)...)
}

// wrapEndpoint puts the middleware around the endpoint, the first one outermost.
func wrapEndpoint(h http.Handler, mws []HTTPMiddleware) (http.Handler, error) {
	for _, mw := range slices.Backward(mws) {
		if h = mw(h); h == nil {
			return nil, errors.New("HTTP middleware of a plugin returned a nil handler")
		}
	}
	return h, nil
}

// patternPath is the path of a pattern of [http.ServeMux]: [METHOD ][HOST]/[PATH].
func patternPath(pattern string) string {
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = strings.TrimLeft(rest, " \t")
	}
	if at := strings.IndexByte(pattern, '/'); at >= 0 {
		return strings.TrimSuffix(pattern[at:], "{$}")
	}
	return pattern
}

// routeMux registers the routes. A pattern that [http.ServeMux] refuses becomes an error that names its plugin.
func routeMux(routes []route) (mux *http.ServeMux, err error) {
	mux = http.NewServeMux()
	for _, r := range routes {
		func() {
			defer func() {
				if v := recover(); v != nil {
					err = errors.Join(err, fmt.Errorf("plugin %q: route %q: %v", r.plugin, r.pattern, v))
				}
			}()
			mux.Handle(r.pattern, r.handler)
		}()
	}
	return mux, err
}
