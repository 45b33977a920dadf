package xmcp

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// The messages of sampling and the roots of a client are the protocol's own types.
type (
	// SampleRequest asks the client's model for a message. MaxTokens is needed.
	SampleRequest = mcp.CreateMessageParams
	// SampleMessage is one message of the conversation that is sampled from. Its content is a [Content] or several.
	SampleMessage = mcp.SamplingMessage
	// Root is a folder or file that the client offers to work on.
	Root = mcp.Root
)

// SampleResult is the message that the client's model has written.
type SampleResult struct {
	Role       Role
	Content    []Content
	Model      string
	StopReason string
}

// Text returns the text blocks of the message, joined.
func (r *SampleResult) Text() string {
	var text string
	for _, c := range r.Content {
		if t, ok := c.(mcp.TextContent); ok {
			text += t.Text
		}
	}
	return text
}

// Sample asks the model behind the client for a message. key names the question within the call; see [ErrInputRequired] for
// how questions work. It is deprecated in the protocol since 2026-07-28, and works for at least a year from then.
func Sample(ctx context.Context, key string, req SampleRequest) (*SampleResult, error) {
	params, err := marshal(req)
	if err != nil {
		return nil, fmt.Errorf("ask %q: %w", key, err)
	}
	needs := samples
	if len(req.Tools) > 0 || req.ToolChoice != nil {
		needs |= samplesWithTools // MCP 2026-07-28, client/sampling, capabilities
	}
	var answer *SampleResult
	err = ask(ctx, question{
		key: key, method: wire.CreateSamplingMessage, params: params, needs: needs,
		read: func(result json.RawMessage) (err error) {
			answer, err = readSample(result)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func readSample(result json.RawMessage) (*SampleResult, error) {
	r, err := wire.Object(result)
	if err != nil {
		return nil, errUnfit
	}
	role, _ := r.String("role")
	model, isModel := r.Text("model")
	reason, isReason := r.Text("stopReason")
	content := r.Get("content")
	if content == nil || !isModel || !isReason || Role(role) != RoleUser && Role(role) != RoleAssistant {
		return nil, errUnfit
	}
	blocks := [][]byte{content}
	if content[0] == '[' {
		if blocks, err = wire.AppendElements(nil, content, wire.MaxDepth); err != nil {
			return nil, errUnfit
		}
	}
	answer := &SampleResult{Role: Role(role), Model: model, StopReason: reason}
	for _, raw := range blocks {
		block, err := mcp.UnmarshalContent(raw)
		if err != nil {
			return nil, errUnfit
		}
		answer.Content = append(answer.Content, block)
	}
	return answer, nil
}

// Roots asks the client which folders and files it offers to work on. key names the question within the call; see
// [ErrInputRequired] for how questions work. It is deprecated in the protocol since 2026-07-28, and works for at least a year
// from then.
func Roots(ctx context.Context, key string) ([]Root, error) {
	var answer []Root
	err := ask(ctx, question{
		key: key, method: wire.ListRoots, params: json.RawMessage("{}"), needs: listsRoots,
		read: func(result json.RawMessage) (err error) {
			answer, err = readRoots(result)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func readRoots(result json.RawMessage) ([]Root, error) {
	r, err := wire.Object(result)
	if err != nil {
		return nil, errUnfit
	}
	items, err := wire.AppendElements(nil, r.Get("roots"), wire.MaxDepth)
	if err != nil {
		return nil, errUnfit
	}
	roots := make([]Root, len(items))
	for i, raw := range items {
		root, err := wire.Object(raw)
		if err != nil {
			return nil, errUnfit
		}
		uri, isURI := root.String("uri")
		name, isName := root.Text("name")
		meta := root.Get("_meta")
		if !isURI || !isName || meta != nil && json.Unmarshal(meta, &roots[i].Meta) != nil {
			return nil, errUnfit
		}
		roots[i].URI, roots[i].Name = uri, name
	}
	return roots, nil
}
