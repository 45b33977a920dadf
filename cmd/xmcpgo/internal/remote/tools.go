package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// maxPages bounds a list that never ends.
const maxPages = 1000

// Tool is a tool that a server offers.
type Tool struct {
	Name         string          `json:"name"`
	Title        string          `json:"title,omitempty"`
	Description  string          `json:"description,omitempty"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema,omitempty"`
	Annotations  json.RawMessage `json:"annotations,omitempty"`
}

// Prompt is a prompt that a server offers.
type Prompt struct {
	Name        string          `json:"name"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Arguments   json.RawMessage `json:"arguments,omitempty"`
}

// Resource is a resource or a template that a server offers.
type Resource struct {
	Name        string `json:"name"`
	URI         string `json:"uri,omitempty"`
	URITemplate string `json:"uriTemplate,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	MIMEType    string `json:"mimeType,omitempty"`
}

// Tools lists the tools, all pages of them.
func (c *Client) Tools(ctx context.Context) ([]Tool, error) {
	return list[Tool](ctx, c, "tools/list", "tools")
}

// Prompts lists the prompts.
func (c *Client) Prompts(ctx context.Context) ([]Prompt, error) {
	return list[Prompt](ctx, c, "prompts/list", "prompts")
}

// Resources lists the resources.
func (c *Client) Resources(ctx context.Context) ([]Resource, error) {
	return list[Resource](ctx, c, "resources/list", "resources")
}

// Templates lists the resource templates.
func (c *Client) Templates(ctx context.Context) ([]Resource, error) {
	return list[Resource](ctx, c, "resources/templates/list", "resourceTemplates")
}

// list reads all pages. A server without the ability has nothing to list.
func list[T any](ctx context.Context, c *Client, method, name string) ([]T, error) {
	all := []T{}
	params := map[string]any{}
	for range maxPages {
		var page map[string]json.RawMessage
		if err := c.call(ctx, method, "", params, nil, &page); err != nil {
			var refused *Error
			if errors.As(err, &refused) && refused.Code == codeMethodNotFound {
				return all, nil
			}
			return nil, err
		}
		var items []T
		if raw, ok := page[name]; ok {
			if err := json.Unmarshal(raw, &items); err != nil {
				return nil, fmt.Errorf("%s: the result cannot be read: %w", method, err)
			}
		}
		all = append(all, items...)
		var cursor string
		if raw, ok := page["nextCursor"]; ok {
			if err := json.Unmarshal(raw, &cursor); err != nil {
				return nil, fmt.Errorf("%s: nextCursor: %w", method, err)
			}
		}
		if cursor == "" {
			return all, nil
		}
		params = map[string]any{"cursor": cursor}
	}
	return nil, fmt.Errorf("%s: more than %d pages", method, maxPages)
}

// Result is what a tool returned. Raw is all of it as it came.
type Result struct {
	Raw        json.RawMessage `json:"-"`
	Type       string          `json:"resultType"`
	Content    []Content       `json:"content"`
	Structured json.RawMessage `json:"structuredContent"`
	IsError    bool            `json:"isError"`
}

// Content is one block of a result.
type Content struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Data     string `json:"data"`
	MIMEType string `json:"mimeType"`
	URI      string `json:"uri"`
	Name     string `json:"name"`
	Resource *struct {
		URI      string `json:"uri"`
		MIMEType string `json:"mimeType"`
		Text     string `json:"text"`
		Blob     string `json:"blob"`
	} `json:"resource"`
}

// ErrAsks is the error of a call that the tool answers with a question to the client.
var ErrAsks = errors.New("the tool asks a question, which takes a client that can show it")

// Call calls a tool.
func (c *Client) Call(ctx context.Context, tool *Tool, arguments map[string]any) (*Result, error) {
	if arguments == nil {
		arguments = map[string]any{}
	}
	raw := json.RawMessage{}
	params := map[string]any{"name": tool.Name, "arguments": arguments}
	if err := c.call(ctx, "tools/call", tool.Name, params, c.paramHeaders(tool, arguments), &raw); err != nil {
		return nil, err
	}
	r := &Result{Raw: slices.Clone(raw)}
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("tools/call: the result cannot be read: %w", err)
	}
	if r.Type == "input_required" {
		return nil, fmt.Errorf("tools/call %s: %w", tool.Name, ErrAsks)
	}
	return r, nil
}

// paramHeaders repeats the arguments that a tool wants in headers (MCP 2026-07-28, server/tools, x-mcp-header).
func (c *Client) paramHeaders(tool *Tool, arguments map[string]any) http.Header {
	h := http.Header{}
	if c.legacy {
		return h
	}
	var root headerSchema
	if json.Unmarshal(tool.InputSchema, &root) == nil {
		root.collect(arguments, h)
	}
	return h
}

type headerSchema struct {
	Header     string                  `json:"x-mcp-header"`
	Properties map[string]headerSchema `json:"properties"`
}

func (s *headerSchema) collect(value any, h http.Header) {
	if s.Header != "" && value != nil {
		text := fmt.Sprint(value)
		if raw, err := json.Marshal(value); err == nil && len(raw) > 0 && raw[0] != '"' {
			text = string(raw)
		}
		h.Set("Mcp-Param-"+s.Header, headerValue(text))
	}
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	for name, p := range s.Properties {
		p.collect(object[name], h)
	}
}
