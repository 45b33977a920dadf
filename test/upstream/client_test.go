package upstream

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// The eras that a client asks for.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
)

// person answers what a server asks.
type person struct{}

func (person) Elicit(_ context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	answer := map[string]any{"projectName": "engine", "framework": "none", "includeTests": true, "approve": true, "proceed": true}
	if r.Params.Mode == mcp.ElicitationModeURL {
		answer = nil
	}
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept, Content: answer}}, nil
}

func (person) CreateMessage(context.Context, mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
	return &mcp.CreateMessageResult{SamplingMessage: mcp.SamplingMessage{Role: mcp.RoleAssistant, Content: mcp.NewTextContent("42")}, Model: "deep"}, nil
}

func (person) ListRoots(context.Context, mcp.ListRootsRequest) (*mcp.ListRootsResult, error) {
	return &mcp.ListRootsResult{Roots: []mcp.Root{{URI: "file:///home/ada"}}}, nil
}

// conn is a connection to an example.
type conn struct {
	*client.Client
	mu       sync.Mutex
	progress []any
}

func connect(t *testing.T, bin, via, era string) *conn {
	t.Helper()
	var link transport.Interface
	if via == "stdio" {
		command := overhear.Stdio(t, bin, "--stdio")
		link = transport.NewStdioWithOptions(command[0], nil, command[1:], transport.WithCommandStderrWriter(io.Discard))
	} else {
		http, err := transport.NewStreamableHTTP(program.Serve(t, bin))
		if err != nil {
			t.Fatal(err)
		}
		link = http
	}
	c := &conn{}
	c.Client = client.NewClient(link, client.WithProtocolVersion(era),
		client.WithElicitationHandler(person{}), client.WithSamplingHandler(person{}), client.WithRootsHandler(person{}))
	c.OnNotification(func(n mcp.JSONRPCNotification) {
		if n.Method == "notifications/progress" {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.progress = append(c.progress, n.Params.AdditionalFields["progress"])
		}
	})
	if err := c.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	var hello mcp.InitializeRequest
	hello.Params.ClientInfo = mcp.Implementation{Name: "test", Version: "1"}
	got, err := c.Initialize(t.Context(), hello)
	if err != nil {
		t.Fatal(err)
	}
	if got.ProtocolVersion != era {
		t.Fatalf("agreed on %s, not on %s", got.ProtocolVersion, era)
	}
	return c
}

// items lists what a server has, as "tool echo", "prompt …", "resource …" and "template …".
func (c *conn) items(t *testing.T) []string {
	t.Helper()
	var out []string
	note := func(kind, name string) { out = append(out, kind+" "+name) }
	ctx := t.Context()
	tools, err := c.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range tools.Tools {
		note("tool", v.Name)
	}
	prompts, err := c.ListPrompts(ctx, mcp.ListPromptsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range prompts.Prompts {
		note("prompt", v.Name)
	}
	resources, err := c.ListResources(ctx, mcp.ListResourcesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range resources.Resources {
		note("resource", v.URI)
	}
	templates, err := c.ListResourceTemplates(ctx, mcp.ListResourceTemplatesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range templates.ResourceTemplates {
		note("template", v.URITemplate.Raw())
	}
	slices.Sort(out)
	return out
}

// call returns the text of a tool's result, led by "error: " where it is one.
func (c *conn) call(t *testing.T, tool string, args map[string]any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var r mcp.CallToolRequest
	r.Params.Name, r.Params.Arguments = tool, args
	r.Params.Meta = &mcp.Meta{ProgressToken: "token"}
	result, err := c.CallTool(ctx, r)
	if err != nil {
		return "refused: " + err.Error()
	}
	var texts []string
	for _, block := range result.Content {
		switch v := block.(type) {
		case mcp.TextContent:
			texts = append(texts, v.Text)
		case mcp.ImageContent:
			texts = append(texts, v.MIMEType)
		case mcp.ResourceLink:
			texts = append(texts, v.URI)
		}
	}
	text := strings.Join(texts, "\n")
	if result.IsError {
		text = "error: " + text
	}
	return text
}

// steps waits for n progress notifications and returns them.
func (c *conn) steps(n int) []any {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c.mu.Lock()
		got := slices.Clone(c.progress)
		c.mu.Unlock()
		if len(got) >= n || time.Now().After(end) {
			return got
		}
	}
}
