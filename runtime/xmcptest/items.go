package xmcptest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// maxPages bounds how far a list is followed.
const maxPages = 1000

// Tool is a tool as a client sees it. The output schema is the one of the last era that was asked.
type Tool struct {
	Name         string          `json:"name"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema"`
	Annotations  map[string]any  `json:"annotations"`
	Meta         map[string]any  `json:"_meta"`
}

// Prompt is a prompt as a client sees it.
type Prompt struct {
	Name        string               `json:"name"`
	Title       string               `json:"title"`
	Description string               `json:"description"`
	Arguments   []mcp.PromptArgument `json:"arguments"`
	Meta        map[string]any       `json:"_meta"`
}

// Resource is a resource as a client sees it.
type Resource struct {
	URI         string         `json:"uri"`
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	MIMEType    string         `json:"mimeType"`
	Annotations map[string]any `json:"annotations"`
	Meta        map[string]any `json:"_meta"`
}

// ResourceTemplate is a resource template as a client sees it.
type ResourceTemplate struct {
	URITemplate string         `json:"uriTemplate"`
	Name        string         `json:"name"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	MIMEType    string         `json:"mimeType"`
	Meta        map[string]any `json:"_meta"`
}

// Tools lists the tools, all pages of them.
func (c *Client) Tools() []Tool {
	c.t.Helper()
	return list(c, "tools/list", "tools", func(t Tool) string { return t.Name + ": " + t.Description + " " + compact(t.InputSchema) })
}

// Tool is the tool of that name; the test fails when there is none.
func (c *Client) Tool(name string) Tool {
	c.t.Helper()
	tools := c.Tools()
	i := slices.IndexFunc(tools, func(t Tool) bool { return t.Name == name })
	if i < 0 {
		names := make([]string, len(tools))
		for j, t := range tools {
			names[j] = t.Name
		}
		c.t.Fatalf("there is no tool %s among %s", name, strings.Join(names, ", "))
	}
	return tools[i]
}

// Prompts lists the prompts.
func (c *Client) Prompts() []Prompt {
	c.t.Helper()
	return list(c, "prompts/list", "prompts", func(p Prompt) string { return fmt.Sprint(p.Name, p.Description, p.Arguments) })
}

// Resources lists the resources that have one URI.
func (c *Client) Resources() []Resource {
	c.t.Helper()
	return list(c, "resources/list", "resources", func(r Resource) string { return fmt.Sprint(r.URI, r.Name, r.Description, r.MIMEType) })
}

// ResourceTemplates lists the resource templates.
func (c *Client) ResourceTemplates() []ResourceTemplate {
	c.t.Helper()
	return list(c, "resources/templates/list", "resourceTemplates", func(r ResourceTemplate) string { return fmt.Sprint(r.URITemplate, r.Name, r.Description) })
}

// list follows a list over all of its pages, in every era.
func list[T any](c *Client, method, member string, describe func(T) string) []T {
	c.t.Helper()
	var last []T
	var first []string
	for i, era := range c.eras {
		one := c.In(era)
		items, cursor := []T{}, ""
		for page := 0; ; page++ {
			if page == maxPages {
				c.t.Fatalf("%s (%s): the list has no end", method, era)
			}
			params := map[string]any{}
			if cursor != "" {
				params["cursor"] = cursor
			}
			raw := one.Request(method, params)
			var head struct {
				NextCursor string `json:"nextCursor"`
			}
			var body map[string]json.RawMessage
			if err := json.Unmarshal(raw, &head); err != nil {
				c.t.Fatalf("%s (%s): %v", method, era, err)
			}
			if err := json.Unmarshal(raw, &body); err != nil || body[member] == nil {
				c.t.Fatalf("%s (%s): the result has no %s: %s", method, era, member, raw)
			}
			var some []T
			if err := json.Unmarshal(body[member], &some); err != nil {
				c.t.Fatalf("%s (%s): %v", method, era, err)
			}
			items = append(items, some...)
			if cursor = head.NextCursor; cursor == "" {
				break
			}
		}
		said := make([]string, len(items))
		for j, item := range items {
			said[j] = describe(item)
		}
		if i == 0 {
			first = said
		} else if !slices.Equal(first, said) {
			c.t.Fatalf("%s: the eras list different items\n%s: %q\n%s: %q", method, c.eras[0], first, era, said)
		}
		last = items
	}
	return last
}

// Request sends any request in every era and returns the result of the last one. The test fails when it is refused; the
// results are not compared.
func (c *Client) Request(method string, params map[string]any) json.RawMessage {
	c.t.Helper()
	return all(c, method, message{method: method, params: params}, func(_ Era, r *reply) (json.RawMessage, string, error) {
		if r.err != nil {
			return nil, "", r.err
		}
		return r.result, "", nil
	})
}

// PromptResult is what a prompt answered.
type PromptResult struct {
	Description string
	Messages    []xmcp.Message
}

// Text is the text of the messages, joined by line breaks.
func (r *PromptResult) Text() string {
	var texts []string
	for _, m := range r.Messages {
		if t, ok := m.Content.(mcp.TextContent); ok {
			texts = append(texts, t.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Prompt gets a prompt. The test fails when it is refused.
func (c *Client) Prompt(name string, args map[string]string) *PromptResult {
	c.t.Helper()
	r, err := c.prompt(name, args)
	if err != nil {
		c.t.Fatalf("prompt %s failed: %v", name, err)
	}
	return r
}

// PromptFails gets a prompt that must be refused, and returns what the client was told.
func (c *Client) PromptFails(name string, args map[string]string) *Error {
	c.t.Helper()
	r, err := c.prompt(name, args)
	if err == nil {
		c.t.Fatalf("prompt %s did not fail but answered: %s", name, r.Text())
	}
	return err
}

func (c *Client) prompt(name string, args map[string]string) (*PromptResult, *Error) {
	c.t.Helper()
	params := map[string]any{"name": name}
	if args != nil {
		params["arguments"] = args
	}
	var refused *Error
	r := all(c, "prompt "+name, message{method: "prompts/get", params: params, name: name}, func(_ Era, r *reply) (*PromptResult, string, error) {
		if refused = r.err; r.err != nil {
			return nil, "refused", nil
		}
		res, err := mcp.ParseGetPromptResult(&r.result)
		if err != nil {
			return nil, "", err
		}
		said, err := json.Marshal(res.Messages)
		return &PromptResult{res.Description, res.Messages}, res.Description + string(said), err
	})
	return r, refused
}

// ReadResult is what a resource answered.
type ReadResult struct{ Contents []xmcp.ResourceContents }

// Text is the text of the contents, joined by line breaks.
func (r *ReadResult) Text() string {
	var texts []string
	for _, content := range r.Contents {
		if t, ok := content.(mcp.TextResourceContents); ok {
			texts = append(texts, t.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Read reads a resource. The test fails when it is refused.
func (c *Client) Read(uri string) *ReadResult {
	c.t.Helper()
	r, err := c.read(uri)
	if err != nil {
		c.t.Fatalf("resource %s failed: %v", uri, err)
	}
	return r
}

// ReadFails reads a resource that must be refused, and returns what the client was told.
func (c *Client) ReadFails(uri string) *Error {
	c.t.Helper()
	r, err := c.read(uri)
	if err == nil {
		c.t.Fatalf("resource %s did not fail but answered: %s", uri, r.Text())
	}
	return err
}

func (c *Client) read(uri string) (*ReadResult, *Error) {
	c.t.Helper()
	var refused *Error
	r := all(c, "resource "+uri, message{method: "resources/read", params: map[string]any{"uri": uri}, name: uri}, func(_ Era, r *reply) (*ReadResult, string, error) {
		if refused = r.err; r.err != nil {
			return nil, "refused", nil
		}
		res, err := mcp.ParseReadResourceResult(&r.result)
		if err != nil {
			return nil, "", err
		}
		said, err := json.Marshal(res.Contents)
		return &ReadResult{res.Contents}, string(said), err
	})
	return r, refused
}

// CompletePrompt asks for values of a prompt's argument. others are the arguments that are already known; nil means none.
func (c *Client) CompletePrompt(prompt, argument, value string, others map[string]string) []string {
	c.t.Helper()
	return c.complete(map[string]any{"type": "ref/prompt", "name": prompt}, argument, value, others)
}

// CompleteResource asks for values of a resource template's variable.
func (c *Client) CompleteResource(uriTemplate, variable, value string, others map[string]string) []string {
	c.t.Helper()
	return c.complete(map[string]any{"type": "ref/resource", "uri": uriTemplate}, variable, value, others)
}

func (c *Client) complete(ref map[string]any, argument, value string, others map[string]string) []string {
	c.t.Helper()
	params := map[string]any{"ref": ref, "argument": map[string]any{"name": argument, "value": value}}
	if others != nil {
		params["context"] = map[string]any{"arguments": others}
	}
	return all(c, "completion of "+argument, message{method: "completion/complete", params: params}, func(_ Era, r *reply) ([]string, string, error) {
		if r.err != nil {
			return nil, "", r.err
		}
		var res struct {
			Completion struct {
				Values []string `json:"values"`
			} `json:"completion"`
		}
		err := json.Unmarshal(r.result, &res)
		return res.Completion.Values, fmt.Sprintf("%q", res.Completion.Values), err
	})
}
