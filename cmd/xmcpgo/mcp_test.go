package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
	"github.com/rogpeppe/go-internal/testscript"
)

// errTool is a tool error: the call itself went through.
var errTool = errors.New("the tool reports an error")

// mcpClient talks to the running server, or to one over stdio, and prints what it answers.
func mcpClient(ts *testscript.TestScript, neg bool, args []string) {
	legacy := false
	if len(args) > 0 && args[0] == "-legacy" {
		legacy, args = true, args[1:]
	}
	var program string
	if len(args) > 1 && args[0] == "-stdio" {
		program, args = args[1], args[2:]
	}
	ctx, cancel := context.WithTimeout(context.Background(), sayTimeout)
	defer cancel()
	var seen messages
	c, err := connect(ctx, ts, &seen, program, legacy)
	ts.Check(err)
	err = perform(ctx, ts.Stdout(), c, args)
	ts.Check(c.Close())
	ts.Check(seen.err())
	switch failed := errors.Is(err, errTool); {
	case err != nil && !failed:
		if !neg {
			ts.Fatalf("mcp %v: %v", args, err)
		}
		fmt.Fprintln(ts.Stderr(), err)
	case failed != neg:
		ts.Fatalf("mcp %v: tool error: %v", args, failed)
	}
}

func connect(ctx context.Context, ts *testscript.TestScript, m *messages, program string, legacy bool) (*client.Client, error) {
	var t transport.Interface
	if program == "" {
		http, err := transport.NewStreamableHTTP(ts.Getenv("URL"), transport.WithHTTPBasicClient(m.client()))
		if err != nil {
			return nil, err
		}
		t = http
	} else {
		t = transport.NewStdioWithOptions(ts.MkAbs(program), nil, []string{"--stdio"},
			transport.WithCommandFunc(func(_ context.Context, program string, _, args []string) (*exec.Cmd, error) {
				return state(ts).command(ts, append([]string{program}, args...)), nil
			}))
	}
	var opts []client.ClientOption
	if legacy {
		opts = append(opts, client.WithProtocolVersion("2025-11-25"))
	}
	c := client.NewClient(t, opts...)
	if err := c.Start(ctx); err != nil {
		return nil, err
	}
	var hello mcp.InitializeRequest
	hello.Params.ClientInfo = mcp.Implementation{Name: "script", Version: "1"}
	_, err := c.Initialize(ctx, hello)
	return c, err
}

func perform(ctx context.Context, w io.Writer, c *client.Client, args []string) error {
	if len(args) == 0 {
		return errors.New("what to do is missing")
	}
	verb, args := args[0], args[1:]
	need := map[string]int{"list": 0, "call": 1, "get": 1, "read": 1}
	if n, ok := need[verb]; !ok || len(args) < n {
		return fmt.Errorf("cannot %s %q", verb, args)
	}
	switch verb {
	case "list":
		return list(ctx, w, c)
	case "call":
		return call(ctx, w, c, args[0], strings.Join(args[1:], " "))
	case "get":
		return get(ctx, w, c, args[0], strings.Join(args[1:], " "))
	}
	return read(ctx, w, c, args[0])
}

func list(ctx context.Context, w io.Writer, c *client.Client) error {
	tools, err := c.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		return fmt.Errorf("list tools: %w", err)
	}
	for _, t := range tools.Tools {
		fmt.Fprintf(w, "tool %s: %s\n", t.Name, t.Description)
	}
	prompts, err := c.ListPrompts(ctx, mcp.ListPromptsRequest{})
	if err != nil {
		return fmt.Errorf("list prompts: %w", err)
	}
	for _, p := range prompts.Prompts {
		fmt.Fprintf(w, "prompt %s: %s\n", p.Name, p.Description)
	}
	resources, err := c.ListResources(ctx, mcp.ListResourcesRequest{})
	if err != nil {
		return fmt.Errorf("list resources: %w", err)
	}
	for _, r := range resources.Resources {
		fmt.Fprintf(w, "resource %s %s: %s\n", r.URI, r.MIMEType, r.Description)
	}
	templates, err := c.ListResourceTemplates(ctx, mcp.ListResourceTemplatesRequest{})
	if err != nil {
		return fmt.Errorf("list resource templates: %w", err)
	}
	for _, r := range templates.ResourceTemplates {
		fmt.Fprintf(w, "template %s: %s\n", r.URITemplate.Raw(), r.Description)
	}
	return nil
}

func call(ctx context.Context, w io.Writer, c *client.Client, name, arguments string) error {
	req := mcp.CallToolRequest{}
	req.Params.Name = name
	if arguments != "" {
		req.Params.Arguments = json.RawMessage(arguments)
	}
	result, err := c.CallTool(ctx, req)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	for _, block := range result.Content {
		if err := printContent(w, block); err != nil {
			return err
		}
	}
	if result.StructuredContent != nil {
		if err := printJSON(w, "structured", result.StructuredContent); err != nil {
			return err
		}
	}
	if result.IsError {
		return errTool
	}
	return nil
}

func get(ctx context.Context, w io.Writer, c *client.Client, name, arguments string) error {
	req := mcp.GetPromptRequest{}
	req.Params.Name = name
	if arguments != "" {
		if err := json.Unmarshal([]byte(arguments), &req.Params.Arguments); err != nil {
			return err
		}
	}
	result, err := c.GetPrompt(ctx, req)
	if err != nil {
		return fmt.Errorf("get %s: %w", name, err)
	}
	for _, m := range result.Messages {
		fmt.Fprintf(w, "%s: ", m.Role)
		if err := printContent(w, m.Content); err != nil {
			return err
		}
	}
	return nil
}

func read(ctx context.Context, w io.Writer, c *client.Client, uri string) error {
	req := mcp.ReadResourceRequest{}
	req.Params.URI = uri
	result, err := c.ReadResource(ctx, req)
	if err != nil {
		return fmt.Errorf("read %s: %w", uri, err)
	}
	for _, r := range result.Contents {
		if err := printResource(w, r); err != nil {
			return err
		}
	}
	return nil
}

func printContent(w io.Writer, block mcp.Content) error {
	switch b := block.(type) {
	case mcp.TextContent:
		fmt.Fprintf(w, "text %s\n", b.Text)
	case mcp.ImageContent:
		fmt.Fprintf(w, "image %s %.8s\n", b.MIMEType, b.Data)
	case mcp.AudioContent:
		fmt.Fprintf(w, "audio %s %.8s\n", b.MIMEType, b.Data)
	case mcp.ResourceLink:
		fmt.Fprintf(w, "link %s %s\n", b.URI, b.MIMEType)
	case mcp.EmbeddedResource:
		fmt.Fprint(w, "embedded ")
		return printResource(w, b.Resource)
	default:
		return fmt.Errorf("unknown content %T", block)
	}
	return nil
}

func printResource(w io.Writer, r mcp.ResourceContents) error {
	switch r := r.(type) {
	case mcp.TextResourceContents:
		fmt.Fprintf(w, "%s %s %s\n", r.URI, r.MIMEType, r.Text)
	case mcp.BlobResourceContents:
		fmt.Fprintf(w, "%s %s base64 %s\n", r.URI, r.MIMEType, r.Blob)
	default:
		return fmt.Errorf("unknown resource contents %T", r)
	}
	return nil
}

func printJSON(w io.Writer, what string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s %s\n", what, text)
	return nil
}
