package clients

import (
	"context"
	"io"
	"testing"

	mcpclient "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
)

// mcpGo is the client of mcp-go, on one connection.
type mcpGo struct{ *mcpclient.Client }

func newMCPGo(t *testing.T, to target, era string) client {
	t.Helper()
	var via transport.Interface
	if to.url != "" {
		http, err := transport.NewStreamableHTTP(to.url)
		if err != nil {
			t.Fatal(err)
		}
		via = http
	} else {
		via = transport.NewStdioWithOptions(to.command[0], nil, to.command[1:], transport.WithCommandStderrWriter(io.Discard))
	}
	c := mcpclient.NewClient(via, mcpclient.WithProtocolVersion(era))
	// The context lasts as long as the connection, which Close ends; the test's own ends before its cleanup.
	if err := c.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close the client: %v", err)
		}
	})
	var hello mcp.InitializeRequest
	hello.Params.ClientInfo = mcp.Implementation{Name: "xmcpgo-test", Version: "1"}
	got, err := c.Initialize(deadline(t), hello)
	if err != nil {
		t.Fatal(err)
	}
	if got.ProtocolVersion != era {
		t.Fatalf("negotiated %s, want %s", got.ProtocolVersion, era)
	}
	return mcpGo{c}
}

func (c mcpGo) keeps() bool { return true }

func (c mcpGo) list(t *testing.T, method string) []object {
	t.Helper()
	var (
		result any
		err    error
	)
	switch ctx := deadline(t); method {
	case "tools/list":
		result, err = c.ListTools(ctx, mcp.ListToolsRequest{})
	case "prompts/list":
		result, err = c.ListPrompts(ctx, mcp.ListPromptsRequest{})
	case "resources/list":
		result, err = c.ListResources(ctx, mcp.ListResourcesRequest{})
	case "resources/templates/list":
		result, err = c.ListResourceTemplates(ctx, mcp.ListResourceTemplatesRequest{})
	}
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return objects(t, toObject(t, result), listKey(method))
}

func (c mcpGo) call(t *testing.T, tool string, args object) object {
	t.Helper()
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = tool, args
	result, err := c.CallTool(deadline(t), request)
	if err != nil {
		t.Fatalf("call %s: %v", tool, err)
	}
	return toObject(t, result)
}

func (c mcpGo) get(t *testing.T, prompt string, args map[string]string) object {
	t.Helper()
	var request mcp.GetPromptRequest
	request.Params.Name, request.Params.Arguments = prompt, args
	result, err := c.GetPrompt(deadline(t), request)
	if err != nil {
		t.Fatalf("get %s: %v", prompt, err)
	}
	return toObject(t, result)
}

func (c mcpGo) read(t *testing.T, uri string) (object, error) {
	t.Helper()
	var request mcp.ReadResourceRequest
	request.Params.URI = uri
	result, err := c.ReadResource(deadline(t), request)
	if err != nil {
		return nil, err
	}
	return toObject(t, result), nil
}
