package mcpgo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/mcpgo"
)

// existing is a server as people have it: tools, a prompt, resources, middleware, hooks, a handler that asks.
func existing(hooked *sync.Map) *server.MCPServer {
	hooks := &server.Hooks{}
	hooks.AddBeforeCallTool(func(_ context.Context, _ any, r *mcp.CallToolRequest) { hooked.Store(r.Params.Name, true) })
	s := server.NewMCPServer("existing", "1.0.0", server.WithHooks(hooks), server.WithToolCapabilities(true), server.WithPaginationLimit(2),
		server.WithToolHandlerMiddleware(func(next server.ToolHandlerFunc) server.ToolHandlerFunc {
			return func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
				res, err := next(ctx, r)
				if res != nil && len(res.Content) == 1 {
					if text, ok := res.Content[0].(mcp.TextContent); ok {
						res.Content[0] = mcp.NewTextContent(text.Text + "!")
					}
				}
				return res, err
			}
		}))
	s.AddTool(mcp.NewTool("shout", mcp.WithDescription("Shouts."), mcp.WithString("text", mcp.Required())),
		func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText(strings.ToUpper(r.GetString("text", ""))), nil
		})
	s.AddTool(mcp.NewTool("count", mcp.WithDescription("Counts.")), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for i := range 20 {
			if err := server.ServerFromContext(ctx).SendNotificationToClient(ctx, "notifications/progress", map[string]any{"progressToken": r.Params.Meta.ProgressToken, "progress": i + 1}); err != nil {
				return nil, err
			}
		}
		return mcp.NewToolResultText("20"), nil
	})
	s.AddTool(mcp.NewTool("deploy", mcp.WithDescription("Asks first.")), func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if answer := server.ElicitationResponse(r.Params.InputResponses, "ok"); answer != nil {
			return mcp.NewToolResultText(string(answer.Action)), nil
		}
		return server.NewInputRequestBuilder("state").Elicit("ok", mcp.ElicitationParams{Message: "Sure?", RequestedSchema: map[string]any{"type": "object", "properties": map[string]any{"ok": map[string]any{"type": "boolean"}}}}).ToolResult(), nil
	})
	s.AddTool(mcp.NewTool("greet", mcp.WithDescription("Hidden by the registry's.")), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("theirs"), nil
	})
	s.AddPrompt(mcp.NewPrompt("hello", mcp.WithPromptDescription("Says hello.")), func(context.Context, mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return mcp.NewGetPromptResult("d", []mcp.PromptMessage{mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent("hello"))}), nil
	})
	s.AddResource(mcp.NewResource("old://a", "a"), func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		return []mcp.ResourceContents{mcp.TextResourceContents{URI: "old://a", Text: "A"}}, nil
	})
	return s
}

func connect(t *testing.T, version string, s *server.MCPServer) *client.Client {
	t.Helper()
	r := xmcp.NewRegistry()
	r.AddTool(xmcp.ToolItem{Name: "greet", Description: "Ours.", Handler: xmcp.HandleToolNoInput(func(context.Context) (string, error) { return "ours", nil })})
	srv, err := xmcp.New(r, xmcp.Config{Name: "app", MCP: mcpgo.Upstream(s)})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(overhear.Handler(t, "/mcp", srv.Handler()))
	var listening []transport.StreamableHTTPCOption
	if version < "2026-07-28" { // with this option the client speaks no later revision
		//lint:ignore SA1019 the stream that legacy clients listen on is what is tested
		listening = append(listening, transport.WithContinuousListening())
	}
	tr, err := transport.NewStreamableHTTP(web.URL+"/mcp", listening...)
	if err != nil {
		t.Fatal(err)
	}
	c := client.NewClient(tr, client.WithElicitationHandler(accept{}), client.WithProtocolVersion(version))
	t.Cleanup(func() {
		_ = c.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.CloseClientConnections()
		web.Close()
	})
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	req := mcp.InitializeRequest{}
	req.Params.ProtocolVersion = version
	req.Params.ClientInfo = mcp.Implementation{Name: "t", Version: "1"}
	agreed, err := c.Initialize(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if agreed.ProtocolVersion != version {
		t.Fatalf("agreed on %s, not on %s", agreed.ProtocolVersion, version)
	}
	return c
}

// accept answers every question with yes.
type accept struct{}

func (accept) Elicit(context.Context, mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept, Content: map[string]any{"ok": true}}}, nil
}

func TestExistingServerInBothEras(t *testing.T) {
	for _, version := range []string{"2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			var hooked sync.Map
			old := existing(&hooked)
			c := connect(t, version, old)
			tools, err := c.ListTools(t.Context(), mcp.ListToolsRequest{})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, tool := range tools.Tools {
				names = append(names, tool.Name)
			}
			if got := strings.Join(names, " "); got != "greet count deploy shout" {
				t.Errorf("tools %s", got)
			}
			for _, tt := range []struct {
				tool string
				args map[string]any
				want string
			}{{"shout", map[string]any{"text": "hi"}, "HI!"}, {"greet", nil, "ours"}, {"deploy", nil, "accept!"}} {
				if got := callText(t, c, tt.tool, tt.args); got != tt.want {
					t.Errorf("%s: got %q, want %q", tt.tool, got, tt.want)
				}
			}
			if _, ok := hooked.Load("shout"); !ok {
				t.Error("the hook did not run")
			}
			var mu sync.Mutex
			var progress []string
			c.OnNotification(func(n mcp.JSONRPCNotification) {
				mu.Lock()
				defer mu.Unlock()
				if n.Method == "notifications/progress" {
					progress = append(progress, fmt.Sprint(n.Params.AdditionalFields["progress"]))
				}
			})
			req := mcp.CallToolRequest{}
			req.Params.Name, req.Params.Meta = "count", &mcp.Meta{ProgressToken: "p"}
			if _, err := c.CallTool(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			if len(progress) != 20 || progress[19] != "20" {
				t.Errorf("progress %v", progress)
			}
			mu.Unlock()
			prompt, err := c.GetPrompt(t.Context(), mcp.GetPromptRequest{Params: mcp.GetPromptParams{Name: "hello"}})
			if err != nil || len(prompt.Messages) != 1 {
				t.Errorf("prompt: %v %v", prompt, err)
			}
			res, err := c.ReadResource(t.Context(), mcp.ReadResourceRequest{Params: mcp.ReadResourceParams{URI: "old://a"}})
			if err != nil || len(res.Contents) != 1 {
				t.Errorf("resource: %v %v", res, err)
			}
			if version == "2026-07-28" { // in the other era the client listens by itself
				if _, err := c.ListenAsync(t.Context(), mcp.SubscriptionFilter{ToolsListChanged: true}, nil); err != nil {
					t.Fatal(err)
				}
			}
			hearsOfChanges(t, c, old)
			if _, err := c.ReadResource(t.Context(), mcp.ReadResourceRequest{Params: mcp.ReadResourceParams{URI: "old://none"}}); err == nil {
				t.Error("a resource that is not there was read")
			}
			if _, err := c.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "none"}}); err == nil {
				t.Error("a tool that is not there was called")
			}
		})
	}
}

func callText(t *testing.T, c *client.Client, name string, args map[string]any) string {
	t.Helper()
	res, err := c.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: name, Arguments: args}})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, ok := res.Content[0].(mcp.TextContent)
	if !ok {
		t.Fatalf("%s: %#v", name, res.Content)
	}
	return text.Text
}

// hearsOfChanges changes the list of tools until the client has heard of it: its stream may not be open at first.
func hearsOfChanges(t *testing.T, c *client.Client, s *server.MCPServer) {
	t.Helper()
	heard := make(chan struct{}, 1)
	c.OnNotification(func(n mcp.JSONRPCNotification) {
		if n.Method == mcp.MethodNotificationToolsListChanged {
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	})
	deadline := time.After(10 * time.Second)
	for {
		s.DeleteTools("count")
		s.AddTool(mcp.NewTool("count", mcp.WithDescription("Counts.")), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText(""), nil
		})
		select {
		case <-heard:
			return
		case <-deadline:
			t.Fatal("the client hears of no change")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestServerIsGivenBack(t *testing.T) {
	var hooked sync.Map
	up := mcpgo.Upstream(existing(&hooked))
	for range 2 {
		srv, err := xmcp.New(xmcp.NewRegistry(), xmcp.Config{Name: "app", MCP: up})
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Arguments that a tool of mcp-go declares for headers are compared with them, as those of our own tools are (MCP 2026-07-28,
// server/tools, x-mcp-header): what a proxy has routed by is what the tool gets.
func TestHeadersOfParametersAreCompared(t *testing.T) {
	old := server.NewMCPServer("existing", "1.0.0")
	echo := func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return mcp.NewToolResultText("in " + r.GetString("region", "")), nil
	}
	old.AddTool(mcp.NewToolWithRawSchema("raw", "Routes.", []byte(`{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}`)), echo)
	old.AddTool(mcp.NewTool("typed", mcp.WithString("region", func(p map[string]any) { p["x-mcp-header"] = "Region" }), mcp.WithAny("more")), echo)
	srv, err := xmcp.New(xmcp.NewRegistry(), xmcp.Config{Name: "app", MCP: mcpgo.Upstream(old)})
	if err != nil {
		t.Fatal(err)
	}
	const meta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`
	for _, tool := range []string{"raw", "typed"} {
		for _, tt := range []struct {
			version, region string
			header          []string
			want            string
		}{
			{"2026-07-28", `"eu"`, []string{"eu"}, `"text":"in eu"`},
			{"2026-07-28", `"eu"`, []string{"us"}, `"code":-32020,"message":"header Mcp-Param-Region `},
			{"2026-07-28", `"eu"`, nil, `"code":-32020`},
			{"2026-07-28", `"eu"`, []string{"eu", "us"}, `"code":-32020`},
			{"2026-07-28", `null`, []string{"eu"}, `"code":-32020`},
			{"2026-07-28", `null`, nil, `"text":"in "`},
			{"2026-07-28", `"Zürich"`, []string{"=?base64?WsO8cmljaA==?="}, `"text":"in Zürich"`},
			{"2025-11-25", `"eu"`, nil, `"text":"in eu"`},
		} {
			body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + tool + `","arguments":{"region":` + tt.region + `}`
			r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:3001/mcp", strings.NewReader(body+"}}"))
			if tt.version == "2026-07-28" {
				r = httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:3001/mcp", strings.NewReader(body+","+meta+"}}"))
				r.Header.Set("Mcp-Method", "tools/call")
				r.Header.Set("Mcp-Name", tool)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Mcp-Protocol-Version", tt.version)
			for _, v := range tt.header {
				r.Header.Add("Mcp-Param-Region", v)
			}
			w := httptest.NewRecorder()
			srv.Handler().ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), tt.want) || strings.Contains(tt.want, "-32020") != (w.Code == 400) {
				t.Errorf("%s of %s with %s and headers %q: %d %s", tool, tt.version, tt.region, tt.header, w.Code, w.Body)
			}
		}
	}
}

// A handler that panics is answered as one of our own, and leaves nothing behind that runs.
func TestPanicLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := server.NewMCPServer("existing", "1.0.0")
		old.AddTool(mcp.NewTool("panics"), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) { panic("oops") })
		srv, err := xmcp.New(xmcp.NewRegistry(), xmcp.Config{Name: "app", MCP: mcpgo.Upstream(old), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:3001/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"panics"}}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		srv.Handler().ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `"code":-32603,"message":"internal error (id `) {
			t.Errorf("answer %s", w.Body)
		}
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}) // which fails where a goroutine still waits
}

// No notification is lost, in whatever haste a handler sends them and from however many goroutines; one goroutine's arrive in order.
func TestNotificationsInHaste(t *testing.T) {
	const senders, each = 4, 500
	old := server.NewMCPServer("existing", "1.0.0")
	old.AddTool(mcp.NewTool("hurries"), func(ctx context.Context, _ mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		failed := make(chan error, senders)
		var all sync.WaitGroup
		for sender := range senders {
			all.Go(func() {
				for n := range each {
					params := map[string]any{"level": "info", "logger": fmt.Sprint(sender), "data": n}
					if err := server.ServerFromContext(ctx).SendNotificationToClient(ctx, "notifications/message", params); err != nil {
						failed <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(failed)
		return mcp.NewToolResultText("done"), <-failed
	})
	srv, err := xmcp.New(xmcp.NewRegistry(), xmcp.Config{Name: "app", MCP: mcpgo.Upstream(old)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1:3001/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hurries"}}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	srv.Handler().ServeHTTP(w, r)
	next := map[string]int{}
	var last string
	for line := range strings.Lines(w.Body.String()) {
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var m struct {
			Params struct {
				Logger string
				Data   int
			}
		}
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if last = data; m.Params.Logger != "" {
			if m.Params.Data != next[m.Params.Logger] {
				t.Fatalf("sender %s: %d comes in place of %d", m.Params.Logger, m.Params.Data, next[m.Params.Logger])
			}
			next[m.Params.Logger]++
		}
	}
	for sender := range senders {
		if got := next[fmt.Sprint(sender)]; got != each {
			t.Errorf("sender %d: %d of %d have arrived; the answer is %s", sender, got, each, last)
		}
	}
}

// A schema is written once and not by each call, and again when the tool is replaced.
func TestSchemasAreWrittenOnce(t *testing.T) {
	old := server.NewMCPServer("old", "1")
	add := func(property string) {
		old.AddTool(mcp.NewTool("echo", mcp.WithString(property)), func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil })
	}
	schemas := mcpgo.Upstream(old).(xmcp.UpstreamSchemas)
	for _, property := range []string{"first", "second"} {
		add(property)
		if got := string(schemas.InputSchema("echo")); !strings.Contains(got, `"`+property+`"`) {
			t.Errorf("%s: %s", property, got)
		}
		if n := testing.AllocsPerRun(100, func() { schemas.InputSchema("echo") }); n > 3 {
			t.Errorf("%v allocations for a schema that was written already", n)
		}
	}
	if got := schemas.InputSchema("none"); got != nil {
		t.Errorf("of no tool: %s", got)
	}
}
