package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// The newest revisions of the two eras.
const (
	legacy = "2025-11-25"
	modern = "2026-07-28"
)

// caller is a person in an organization who calls the app over HTTP.
type caller struct {
	name, era, url, token string
	session               string // of the legacy era; empty without
	client                *http.Client
}

// signIn makes a caller, in the era that is named.
func (a *app) signIn(t *testing.T, person, organization, era string) *caller {
	t.Helper()
	token, err := a.standIn.Mint(person, organization, "openid profile", nil)
	if err != nil {
		t.Fatal(err)
	}
	return &caller{name: person + "@" + organization, era: era, url: a.url + "/mcp", token: token, client: a.client}
}

// post sends one request. The caller closes the body of the answer.
func (c *caller) post(ctx context.Context, method, name string, params map[string]any) (*http.Response, error) {
	header := http.Header{
		"Authorization": {"Bearer " + c.token}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"},
		"Mcp-Protocol-Version": {c.era},
	}
	if c.session != "" {
		header["Mcp-Session-Id"] = []string{c.session}
	}
	if c.era == modern {
		header["Mcp-Method"] = []string{method}
		if name != "" {
			header["Mcp-Name"] = []string{name}
		}
		params["_meta"] = map[string]any{"io.modelcontextprotocol/protocolVersion": modern, "io.modelcontextprotocol/clientCapabilities": map[string]any{}}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	return c.client.Do(req)
}

// request sends one request and decodes its result. An error of the protocol is an error.
func (c *caller) request(ctx context.Context, method, name string, params map[string]any, result any) error {
	res, err := c.post(ctx, method, name, params)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var reply struct {
		Result json.RawMessage
		Error  *struct {
			Code    int
			Message string
		}
	}
	if err := json.Unmarshal(raw, &reply); err != nil {
		return fmt.Errorf("status %d: %s", res.StatusCode, raw)
	}
	if reply.Error != nil {
		return errors.New(reply.Error.Message)
	}
	return json.Unmarshal(reply.Result, result)
}

// call calls a tool and returns the text of its result. An error of the tool is an error.
func (c *caller) call(ctx context.Context, tool string, args map[string]any) (string, error) {
	var result struct {
		Content []struct{ Text string }
		IsError bool
	}
	if err := c.request(ctx, "tools/call", tool, map[string]any{"name": tool, "arguments": args}, &result); err != nil {
		return "", err
	}
	if len(result.Content) != 1 {
		return "", fmt.Errorf("%s: %d blocks", tool, len(result.Content))
	}
	if result.IsError {
		return "", errors.New(result.Content[0].Text)
	}
	return result.Content[0].Text, nil
}

func (c *caller) save(ctx context.Context, text string) (notes.Note, error) {
	var note notes.Note
	return note, c.decode(ctx, "save_note", map[string]any{"text": text}, &note)
}

func (c *caller) list(ctx context.Context) ([]notes.Note, error) {
	var list []notes.Note
	return list, c.decode(ctx, "list_my_notes", map[string]any{"limit": 100}, &list)
}

// decode calls a tool whose text is JSON.
func (c *caller) decode(ctx context.Context, tool string, args map[string]any, result any) error {
	text, err := c.call(ctx, tool, args)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), result)
}

func (c *caller) read(ctx context.Context, id string) (string, error) {
	var result struct{ Contents []struct{ Text string } }
	uri := "notes://" + id
	if err := c.request(ctx, "resources/read", uri, map[string]any{"uri": uri}, &result); err != nil {
		return "", err
	}
	return result.Contents[0].Text, nil
}

func (c *caller) prompt(ctx context.Context, id string) (string, error) {
	var result struct {
		Messages []struct{ Content struct{ Text string } }
	}
	params := map[string]any{"name": "summarize_note", "arguments": map[string]string{"id": id}}
	if err := c.request(ctx, "prompts/get", "summarize_note", params, &result); err != nil {
		return "", err
	}
	return result.Messages[0].Content.Text, nil
}

// Where ids are suggested.
var (
	promptIDs   = map[string]any{"type": "ref/prompt", "name": "summarize_note"}
	resourceIDs = map[string]any{"type": "ref/resource", "uri": "notes://{id}"}
)

func (c *caller) complete(ctx context.Context, ref map[string]any, prefix string) ([]string, error) {
	var result struct{ Completion struct{ Values []string } }
	params := map[string]any{"ref": ref, "argument": map[string]string{"name": "id", "value": prefix}}
	return result.Completion.Values, c.request(ctx, "completion/complete", "", params, &result)
}
