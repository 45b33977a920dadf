package xmcp

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A legacy client that has cancelled a request gets no response to it (MCP 2025-11-25, basic/utilities/cancellation): its
// answer ends without one, whether the handler listens to its context or not. Nothing is left to resume.
func TestCancelledCallsAreNotAnswered(t *testing.T) {
	for name, tt := range map[string]struct {
		accept      string
		streams     bool // the handler says something first
		deaf        bool // and does not notice that it was cancelled
		status      int
		contentType string
	}{
		"before anything was said": {"application/json, text/event-stream", false, false, 200, "text/event-stream"},
		"in the stream":            {"application/json, text/event-stream", true, false, 200, "text/event-stream"},
		"deaf handler":             {"application/json, text/event-stream", true, true, 200, "text/event-stream"},
		"only JSON accepted":       {"application/json", false, false, 202, ""},
		"only a stream accepted":   {"text/event-stream", false, true, 200, "text/event-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			begun, goOn := make(chan struct{}), make(chan struct{})
			s := oneTool(t, Config{}, func(ctx context.Context) error {
				if tt.streams {
					Progress(ctx, 1, 2, "")
				}
				close(begun)
				if tt.deaf {
					<-goOn
					return nil
				}
				<-ctx.Done()
				Progress(ctx, 2, 2, "") // too late
				return context.Cause(ctx)
			})
			web := httptest.NewServer(s.Handler())
			defer web.Close()
			sess := openSession(t, s, nil)
			header := map[string]string{headerSession: sess.id}
			type got struct {
				res  *http.Response
				body string
			}
			answered := make(chan got, 1)
			go func() {
				body := strings.NewReader(`{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"t","_meta":{"progressToken":"p"}}}`)
				req := httptest.NewRequest("POST", web.URL+"/mcp", body).WithContext(t.Context())
				req.RequestURI = ""
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Accept", tt.accept)
				req.Header.Set(headerSession, sess.id)
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Error(err)
					close(answered)
					return
				}
				defer res.Body.Close()
				b, err := io.ReadAll(res.Body)
				if err != nil {
					t.Error(err)
				}
				answered <- got{res, string(b)}
			}()
			<-begun
			post(t, s, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}`, header)
			close(goOn)
			a, ok := <-answered
			if !ok {
				return
			}
			if a.res.StatusCode != tt.status || a.res.Header.Get("Content-Type") != tt.contentType {
				t.Errorf("status %d, %v", a.res.StatusCode, a.res.Header)
			}
			if strings.Contains(a.body, `"result"`) || strings.Contains(a.body, `"error"`) || strings.Contains(a.body, `"progress":2`) {
				t.Errorf("the cancelled call is answered %s", a.body)
			}
			if strings.Contains(a.body, `"progress":1`) != tt.streams {
				t.Errorf("got %s", a.body)
			}
			for line := range strings.Lines(a.body) {
				if id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: "); ok {
					if log, _ := sess.streams.find(id); log != nil {
						t.Error("the stream of the cancelled call is kept")
					}
				}
			}
			if n := s.sessions.logged.Load(); n != 0 {
				t.Errorf("%d bytes are kept", n)
			}
			if !sess.flights.none() {
				t.Error("the call is still in flight")
			}
		})
	}
}

// A handler that can be decoded into panics on its own account: it is a failed call with its stack in the log, and tells the client
// no more than an id, with and without middleware.
func TestPanicsOfDecodersAreFailedCalls(t *testing.T) {
	pass := PluginFunc("pass", func(h *Host) error {
		h.UseTool(func(next ToolFunc) ToolFunc { return next })
		return nil
	})
	for name, plugins := range map[string][]Plugin{"plain": nil, "middleware": {pass}} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			s := newTestServer(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(r *Registry) {
				everything(r)
				r.Use(func() []Plugin { return append(plugins, tokenAuth{}) })
			})
			_, _, body := post(t, s, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"panicking_input","arguments":{"value":1}}}`,
				map[string]string{"Authorization": "Bearer none"})
			if !strings.Contains(body, `"isError":true`) || !strings.Contains(body, "internal error (id ") || strings.Contains(body, "secret") || strings.Contains(body, "invalid arguments") {
				t.Errorf("the client is told %s", body)
			}
			if logged := log.String(); !strings.Contains(logged, "secret in UnmarshalJSON") || !strings.Contains(logged, "panicsWhenRead") || !strings.Contains(logged, "stack=") {
				t.Errorf("the log says %s", logged)
			}
		})
	}
}
