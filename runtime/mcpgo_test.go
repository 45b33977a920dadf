package xmcp

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// foreignClient connects mcp-go's client, which shares no code with the engine, to a server that has an item of every kind.
func foreignClient(t *testing.T, stdio bool, version string) (*client.Client, *notes) {
	t.Helper()
	s := newTestServer(t, Config{Stdio: true, Logger: slog.New(slog.DiscardHandler)}, everything)
	var via transport.Interface
	if stdio {
		inR, inW := io.Pipe()
		outR, outW := io.Pipe()
		served := make(chan error, 1)
		go func() { served <- s.serveStdio(context.Background(), inR, outW) }()
		t.Cleanup(func() {
			_ = inW.Close()
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
		via = transport.NewIO(outR, inW, io.NopCloser(strings.NewReader("")))
	} else {
		web := httptest.NewServer(s.Handler())
		t.Cleanup(web.Close)
		http, err := transport.NewStreamableHTTP(web.URL + "/mcp")
		if err != nil {
			t.Fatal(err)
		}
		via = http
	}
	c := client.NewClient(via, client.WithProtocolVersion(version))
	t.Cleanup(func() { _ = c.Close() })
	n := &notes{}
	c.OnNotification(n.add)
	if err := c.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	var hello mcp.InitializeRequest
	hello.Params.ClientInfo = mcp.Implementation{Name: "foreign", Version: "1"}
	got, err := c.Initialize(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	if got.ProtocolVersion != version || got.ServerInfo.Name != "test" {
		t.Errorf("the server introduces itself as %+v", got)
	}
	return c, n
}

// notes are the notifications that a client got.
type notes struct {
	mu   sync.Mutex
	seen []mcp.JSONRPCNotification
}

func (n *notes) add(m mcp.JSONRPCNotification) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = append(n.seen, m)
}

func (n *notes) count(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	total := 0
	for _, m := range n.seen {
		if m.Method == method {
			total++
		}
	}
	return total
}

func TestForeignClient(t *testing.T) {
	for _, version := range []string{wire.Version20250618, wire.Version20251125, wire.Version20260728} {
		for name, stdio := range map[string]bool{"http": false, "stdio": true} {
			t.Run(version+"/"+name, func(t *testing.T) {
				c, seen := foreignClient(t, stdio, version)
				exchangeEverything(t, c, seen, version == wire.Version20260728)
			})
		}
	}
}

func exchangeEverything(t *testing.T, c *client.Client, seen *notes, modern bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	call := func(name string, args any, meta *mcp.Meta) *mcp.CallToolResult {
		t.Helper()
		var req mcp.CallToolRequest
		req.Params.Name, req.Params.Arguments, req.Params.Meta = name, args, meta
		got, err := c.CallTool(ctx, req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return got
	}
	all := NewRegistry()
	everything(all)
	tools, err := c.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tools.Tools); n != len(all.tools)-1 { // one is hidden
		t.Fatalf("%d tools", n)
	}
	if got := call("greet", map[string]any{"name": "Ada"}, nil); got.IsError || got.Content[0].(mcp.TextContent).Text != "Hello, Ada!" {
		t.Errorf("greet: %+v", got)
	}
	words, _ := json.Marshal(call("words", nil, nil).StructuredContent)
	if want := map[bool]string{false: `{"result":["one","two"]}`, true: `["one","two"]`}[modern]; string(words) != want {
		t.Errorf("words: %s, want %s", words, want)
	}
	if got := call("blocks", nil, nil); len(got.Content) != 7 || got.Content[2].(mcp.ImageContent).MIMEType != "image/png" {
		t.Errorf("blocks: %+v", got)
	}
	if got := call("add", map[string]any{"a": "x"}, nil); !got.IsError || !strings.Contains(got.Content[0].(mcp.TextContent).Text, "$.a: must be an integer") {
		t.Errorf("add: %+v", got)
	}
	var unknown mcp.CallToolRequest
	unknown.Params.Name = "nope"
	if _, err := c.CallTool(ctx, unknown); err == nil || !strings.Contains(err.Error(), "unknown tool: nope") {
		t.Errorf("an unknown tool: %v", err)
	}
	exchangePromptsAndResources(ctx, t, c)

	call("count", map[string]any{"steps": 3}, &mcp.Meta{ProgressToken: "p"})
	waitFor(t, "progress", func() bool { return seen.count("notifications/progress") == 3 })
	//lint:ignore SA1019 legacy clients ask for the log by it
	if err := c.SetLevel(ctx, mcp.SetLevelRequest{Params: mcp.SetLevelParams{Level: mcp.LoggingLevelWarning}}); err != nil {
		t.Error(err)
	}
	call("chat", nil, nil)
	waitFor(t, "log messages", func() bool { return seen.count("notifications/message") == 2 })
}

func exchangePromptsAndResources(ctx context.Context, t *testing.T, c *client.Client) {
	var get mcp.GetPromptRequest
	get.Params.Name, get.Params.Arguments = "review", map[string]string{"code": "x"}
	prompt, err := c.GetPrompt(ctx, get)
	if err != nil || len(prompt.Messages) != 2 || prompt.Messages[0].Content.(mcp.TextContent).Text != "Review, terse: x" {
		t.Errorf("prompt: %+v, %v", prompt, err)
	}
	if prompts, err := c.ListPrompts(ctx, mcp.ListPromptsRequest{}); err != nil || len(prompts.Prompts) != 3 {
		t.Errorf("prompts: %+v, %v", prompts, err)
	}
	resources, err := c.ListResources(ctx, mcp.ListResourcesRequest{})
	if err != nil || len(resources.Resources) != 9 {
		t.Errorf("resources: %+v, %v", resources, err)
	}
	if templates, err := c.ListResourceTemplates(ctx, mcp.ListResourceTemplatesRequest{}); err != nil || len(templates.ResourceTemplates) != 2 {
		t.Errorf("templates: %+v, %v", templates, err)
	}
	var read mcp.ReadResourceRequest
	read.Params.URI = "note://ada/über/€.md"
	text, err := c.ReadResource(ctx, read)
	if err != nil || text.Contents[0].(mcp.TextResourceContents).Text != "ada wrote über/€.md" {
		t.Errorf("a note with letters beyond ASCII: %+v, %v", text, err)
	}
	read.Params.URI = "app://logo"
	logo, err := c.ReadResource(ctx, read)
	if err != nil || logo.Contents[0].(mcp.BlobResourceContents).Blob != "AQID" {
		t.Errorf("logo: %+v, %v", logo, err)
	}
	read.Params.URI = "app://nowhere"
	if _, err := c.ReadResource(ctx, read); err == nil || !strings.Contains(err.Error(), "resource not found") {
		t.Errorf("a resource that is not there: %v", err)
	}
	var complete mcp.CompleteRequest
	complete.Params.Ref = mcp.PromptReference{Type: "ref/prompt", Name: "review"}
	complete.Params.Argument = mcp.CompleteArgument{Name: "style", Value: "th"}
	done, err := c.Complete(ctx, complete)
	if err != nil || len(done.Completion.Values) != 1 || done.Completion.Values[0] != "thorough" {
		t.Errorf("completion: %+v, %v", done, err)
	}
}

// waitFor waits for what the client learns in a goroutine of its own.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s", what)
		}
	}
}
