// Package mcpgo serves an existing server of mcp-go beside the tools, prompts and resources of an app:
//
//	legacy := server.NewMCPServer("legacy", "1.0.0")
//	legacy.AddTool(…)
//	xmcp.Main(src.Registry(), xmcp.Config{MCP: mcpgo.Upstream(legacy)})
//
// Its items, middleware and hooks work as they did, over streamable HTTP and stdio, in the legacy era and in 2026-07-28, behind
// the sign-in and the limits of the app. A handler that returns input requests is asked again by the protocol of its client; one
// that calls RequestElicitation, RequestSampling or RequestRoots works with legacy clients, as mcp-go has it.
//
// What has no meaning here: the transports of mcp-go and their options, SendNotificationToSpecificClient and the tools of single
// sessions (every request is a session of its own), and the keep-alive pings.
package mcpgo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Upstream returns the server as what [xmcp.Config].MCP takes. The server must not be served by anything else.
func Upstream(s *server.MCPServer) xmcp.Upstream { return &upstream{srv: s} }

type upstream struct {
	srv     *server.MCPServer
	watch   *session // hears what the server tells everybody
	schemas sync.Map // of tools, by name: *writtenSchema
}

// writtenSchema is the JSON of a schema. Each call asks for it, so it is written once for the properties that it is of.
type writtenSchema struct {
	of   map[string]any
	text json.RawMessage
}

// Start registers a session that hears what the server tells everybody.
func (u *upstream) Start(changed func(method string, params json.RawMessage)) error {
	watch := newSession("xmcp-watch")
	if err := u.srv.RegisterSession(context.Background(), watch); err != nil {
		return fmt.Errorf("mcp-go: %w", err)
	}
	u.watch = watch
	go func() {
		for {
			select {
			case n := <-watch.notifications:
				watch.tellTaken()
				if params, err := json.Marshal(n.Params); err == nil {
					changed(n.Method, params)
				}
			case <-watch.ended:
				return
			}
		}
	}()
	return nil
}

// Stop gives the server back: it may be served again after that.
func (u *upstream) Stop() {
	u.srv.UnregisterSession(context.Background(), u.watch.id)
	u.watch.end()
}

// InputSchema returns the schema of a tool as it was listed when it got its properties.
func (u *upstream) InputSchema(tool string) json.RawMessage {
	t := u.srv.GetTool(tool)
	if t == nil {
		return nil
	}
	if t.Tool.RawInputSchema != nil {
		return t.Tool.RawInputSchema
	}
	of := t.Tool.InputSchema.Properties
	if kept, ok := u.schemas.Load(tool); ok && same(kept.(*writtenSchema).of, of) {
		return kept.(*writtenSchema).text
	}
	text, err := json.Marshal(t.Tool.InputSchema)
	if err != nil {
		return nil // lists fail with the reason
	}
	u.schemas.Store(tool, &writtenSchema{of, text}) // holds on to the map, so that no other one gets its address
	return text
}

// same tells whether two variables hold one map, not whether two maps hold the same.
func same(a, b map[string]any) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}

// Handle runs a request as a session of its own, so that its notifications go to its own client.
func (u *upstream) Handle(ctx context.Context, client *xmcp.UpstreamClient, message []byte) []byte {
	s := newSession(client.SessionID())
	s.client = client
	info, capabilities := client.Hello()
	s.info.Name, s.info.Title, s.info.Version = info.Name, info.Title, info.Version
	if len(capabilities) > 0 && json.Unmarshal(capabilities, &s.capabilities) != nil {
		s.capabilities = mcp.ClientCapabilities{}
	}
	if level, ok := client.LogLevel(); ok {
		s.level.Store(mcp.LoggingLevel(level))
	}
	raw, err := json.Marshal(u.run(ctx, s, message))
	if err != nil {
		return nil
	}
	return raw
}

// run lets the server answer. What it sends before the answer arrives before it, also where a handler panics.
func (u *upstream) run(ctx context.Context, s *session, message []byte) mcp.JSONRPCMessage {
	var forwarding sync.WaitGroup
	forwarding.Go(s.forward)
	defer forwarding.Wait()
	defer s.end()
	return u.srv.HandleMessage(u.srv.WithContext(ctx, s), message)
}

// session is what mcp-go knows of the client of one request.
type session struct {
	id            string
	client        *xmcp.UpstreamClient
	notifications chan mcp.JSONRPCNotification
	taken         chan struct{} // one token when a notification was taken
	ended         chan struct{}
	level         atomic.Value // mcp.LoggingLevel

	mu           sync.Mutex
	info         mcp.Implementation
	capabilities mcp.ClientCapabilities
}

func newSession(id string) *session {
	s := &session{id: id, notifications: make(chan mcp.JSONRPCNotification, 128), taken: make(chan struct{}, 1), ended: make(chan struct{})}
	s.level.Store(mcp.LoggingLevel(""))
	return s
}

// forward writes notifications until the request has ended and none is left.
func (s *session) forward() {
	for {
		select {
		case n := <-s.notifications:
			s.tellTaken()
			s.write(n)
		case <-s.ended:
			for {
				select {
				case n := <-s.notifications:
					s.write(n)
				default:
					return
				}
			}
		}
	}
}

func (s *session) write(n mcp.JSONRPCNotification) {
	if raw, err := json.Marshal(n); err == nil {
		_ = s.client.Notify(raw) // a client that went away needs none
	}
}

func (s *session) end() { close(s.ended) }

// NotificationChannel returns the channel when there is room in it. mcp-go asks for it before each notification, and drops what then finds none;
// so half of it is for others that ask at the same time.
func (s *session) NotificationChannel() chan<- mcp.JSONRPCNotification {
	for len(s.notifications) > cap(s.notifications)/2 {
		select {
		case <-s.taken:
		case <-s.ended:
			return s.notifications
		}
	}
	s.tellTaken() // others may wait as well
	return s.notifications
}

func (s *session) tellTaken() {
	select {
	case s.taken <- struct{}{}:
	default:
	}
}

func (s *session) Initialize()                           {}
func (s *session) Initialized() bool                     { return true }
func (s *session) SessionID() string                     { return s.id }
func (s *session) SetLogLevel(level mcp.LoggingLevel)    { s.level.Store(level) }
func (s *session) GetClientInfo() mcp.Implementation     { return locked(&s.mu, &s.info) }
func (s *session) SetClientInfo(info mcp.Implementation) { store(&s.mu, &s.info, info) }
func (s *session) GetClientCapabilities() mcp.ClientCapabilities {
	return locked(&s.mu, &s.capabilities)
}
func (s *session) SetClientCapabilities(c mcp.ClientCapabilities) { store(&s.mu, &s.capabilities, c) }
func (s *session) GetLogLevel() mcp.LoggingLevel {
	level, _ := s.level.Load().(mcp.LoggingLevel)
	return level
}

func locked[T any](mu *sync.Mutex, v *T) T {
	mu.Lock()
	defer mu.Unlock()
	return *v
}

func store[T any](mu *sync.Mutex, v *T, value T) {
	mu.Lock()
	defer mu.Unlock()
	*v = value
}

var errNoClient = errors.New("this session has no client to ask")

func ask[T any](s *session, method string, params any) (*T, error) {
	if s.client == nil {
		return nil, errNoClient
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	answer, err := s.client.Ask(method, raw)
	if err != nil {
		return nil, err
	}
	result := new(T)
	if err := json.Unmarshal(answer, result); err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return result, nil
}

// RequestElicitation asks the person behind a legacy client.
func (s *session) RequestElicitation(_ context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	return ask[mcp.ElicitationResult](s, string(mcp.MethodElicitationCreate), r.Params)
}

// RequestSampling asks the model behind a legacy client.
func (s *session) RequestSampling(_ context.Context, r mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
	result, err := ask[mcp.CreateMessageResult](s, string(mcp.MethodSamplingCreateMessage), r.CreateMessageParams)
	if err != nil {
		return nil, err
	}
	// Handlers find the types of mcp-go in the content, as behind its own transports.
	if result.Content, err = mcp.ParseSamplingContent(result.Content); err != nil {
		return nil, fmt.Errorf("%s: %w", mcp.MethodSamplingCreateMessage, err)
	}
	return result, nil
}

// ListRoots asks a legacy client for its roots.
func (s *session) ListRoots(_ context.Context, _ mcp.ListRootsRequest) (*mcp.ListRootsResult, error) {
	return ask[mcp.ListRootsResult](s, string(mcp.MethodListRoots), struct{}{})
}

var (
	_ server.SessionWithElicitation = (*session)(nil)
	_ server.SessionWithSampling    = (*session)(nil)
	_ server.SessionWithRoots       = (*session)(nil)
	_ server.SessionWithLogging     = (*session)(nil)
	_ server.SessionWithClientInfo  = (*session)(nil)
)
