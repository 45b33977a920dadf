//lint:file-ignore SA1019 what 2026-07-28 deprecates has to work all the same

package gosdk

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/xmcpgo/xmcpgo/test/internal/tour"
)

// TestTour takes the tour in both eras, over both transports.
func TestTour(t *testing.T) {
	tour.Each(t, tour.Build(t), []string{tour.Legacy, tour.Modern}, take)
}

// heard is what the server told the client in notifications.
type heard struct {
	mu       sync.Mutex
	progress []float64
	logs     []any
	updated  []string
	changed  int
}

func (h *heard) note(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

// wait returns when ready, or after half a minute.
func (h *heard) wait(ready func() bool) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		h.mu.Lock()
		ok := ready()
		h.mu.Unlock()
		if ok {
			return
		}
	}
}

// connect returns a session of a client that can answer everything.
func connect(t *testing.T, ctx context.Context, era string, to tour.Target) (*mcp.ClientSession, *heard) {
	t.Helper()
	h := &heard{}
	client := mcp.NewClient(&mcp.Implementation{Name: "tour", Version: "1"}, &mcp.ClientOptions{
		ElicitationHandler:   elicit,
		CreateMessageHandler: sample,
		ProgressNotificationHandler: func(_ context.Context, r *mcp.ProgressNotificationClientRequest) {
			h.note(func() { h.progress = append(h.progress, r.Params.Progress) })
		},
		LoggingMessageHandler: func(_ context.Context, r *mcp.LoggingMessageRequest) {
			h.note(func() { h.logs = append(h.logs, r.Params.Data) })
		},
		ResourceUpdatedHandler: func(_ context.Context, r *mcp.ResourceUpdatedNotificationRequest) {
			h.note(func() { h.updated = append(h.updated, r.Params.URI) })
		},
		ToolListChangedHandler: func(context.Context, *mcp.ToolListChangedRequest) { h.note(func() { h.changed++ }) },
	})
	client.AddRoots(&mcp.Root{URI: tour.Root, Name: "project"})
	var via mcp.Transport = &mcp.StreamableClientTransport{Endpoint: to.URL}
	if to.URL == "" {
		via = &mcp.CommandTransport{Command: exec.Command(to.Command[0], to.Command[1:]...)}
	}
	session, err := client.Connect(ctx, via, &mcp.ClientSessionOptions{ProtocolVersion: era})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close the session: %v", err)
		}
	})
	return session, h
}

func elicit(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
	data, err := json.Marshal(r.Params.RequestedSchema)
	if err != nil {
		return nil, err
	}
	var form struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, err
	}
	content := map[string]any{}
	for field := range form.Properties {
		content[field] = tour.Answer(field)
	}
	return &mcp.ElicitResult{Action: "accept", Content: content}, nil
}

func sample(context.Context, *mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
	return &mcp.CreateMessageResult{Role: "assistant", Model: "tour", Content: &mcp.TextContent{Text: tour.Sampled}}, nil
}

// names are the sorted names of a list, which the client reads page by page.
func names[T any](t *testing.T, list func(func(T, error) bool), name func(T) string) []string {
	t.Helper()
	var out []string
	for item, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name(item))
	}
	slices.Sort(out)
	return out
}

func toolNames(t *testing.T, ctx context.Context, s *mcp.ClientSession) []string {
	t.Helper()
	return names(t, s.Tools(ctx, nil), func(v *mcp.Tool) string { return v.Name })
}

func take(t *testing.T, era string, fixture, waiter tour.Target) (r tour.Report) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	s, h := connect(t, ctx, era, fixture)
	call := func(s *mcp.ClientSession, p *mcp.CallToolParams) (string, bool) {
		t.Helper()
		result, err := s.CallTool(ctx, p)
		if err != nil {
			t.Fatalf("call %s: %v", p.Name, err)
		}
		if len(result.Content) == 0 {
			return "", result.IsError
		}
		text, _ := result.Content[0].(*mcp.TextContent)
		if text == nil {
			t.Fatalf("call %s: %T", p.Name, result.Content[0])
		}
		return text.Text, result.IsError
	}
	use := func(tool string) string {
		t.Helper()
		text, failed := call(s, &mcp.CallToolParams{Name: tool})
		if failed {
			t.Errorf("call %s: %s", tool, text)
		}
		return text
	}
	read := func(uri string) string {
		t.Helper()
		result, err := s.ReadResource(ctx, &mcp.ReadResourceParams{URI: uri})
		if err != nil {
			t.Fatalf("read %s: %v", uri, err)
		}
		return result.Contents[0].Text
	}
	prompt := func(name string, args map[string]string) string {
		t.Helper()
		result, err := s.GetPrompt(ctx, &mcp.GetPromptParams{Name: name, Arguments: args})
		if err != nil {
			t.Fatalf("get %s: %v", name, err)
		}
		text, _ := result.Messages[0].Content.(*mcp.TextContent)
		return text.Text
	}

	r.Version = s.InitializeResult().ProtocolVersion
	r.Tools = toolNames(t, ctx, s)
	r.Prompts = names(t, s.Prompts(ctx, nil), func(v *mcp.Prompt) string { return v.Name })
	r.Resources = names(t, s.Resources(ctx, nil), func(v *mcp.Resource) string { return v.URI })
	r.Templates = names(t, s.ResourceTemplates(ctx, nil), func(v *mcp.ResourceTemplate) string { return v.URITemplate })
	r.Text = use("test_simple_text")
	if text, failed := call(s, &mcp.CallToolParams{Name: "test_error_handling"}); failed {
		r.ToolError = text
	}
	r.Prompt = prompt("test_prompt_with_arguments", map[string]string{"arg1": "one", "arg2": "two"})
	r.Read, r.FromTemplate = read("test://static-text"), read("test://template/123/data")
	_, err := s.ReadResource(ctx, &mcp.ReadResourceParams{URI: "test://nowhere"})
	var refused *jsonrpc.Error
	r.NotFound = errors.As(err, &refused) && (refused.Code == -32602 || refused.Code == -32002)
	completed, err := s.Complete(ctx, &mcp.CompleteParams{
		Ref:      &mcp.CompleteReference{Type: "ref/prompt", Name: "test_prompt_with_arguments"},
		Argument: mcp.CompleteParamsArgument{Name: "arg1", Value: "test"},
	})
	if err != nil {
		t.Fatalf("complete: %v", err)
	}
	r.Completion = completed.Completion.Values

	progress := &mcp.CallToolParams{Name: "test_tool_with_progress", Meta: mcp.Meta{"progressToken": "progress"}}
	if text, failed := call(s, progress); failed {
		t.Errorf("call: %s", text)
	}
	h.wait(func() bool { return len(h.progress) >= 3 })
	if era == tour.Legacy {
		if err := s.SetLoggingLevel(ctx, &mcp.SetLoggingLevelParams{Level: "debug"}); err != nil {
			t.Fatalf("set the level: %v", err)
		}
	}
	logs := &mcp.CallToolParams{Name: "test_tool_with_logging"}
	if era == tour.Modern {
		logs.Meta = mcp.Meta{mcp.MetaKeyLogLevel: "debug"}
	}
	if text, failed := call(s, logs); failed {
		t.Errorf("call: %s", text)
	}
	h.wait(func() bool { return len(h.logs) >= 3 })

	r.Elicited, r.Sampled = use("test_input_required_result_elicitation"), use("test_input_required_result_sampling")
	r.Rooted, r.Several = use("test_input_required_result_list_roots"), use("test_input_required_result_multiple_inputs")
	r.Rounds = use("test_input_required_result_multi_round")
	r.PromptAsked = prompt("test_input_required_result_prompt", nil)

	if err := s.Subscribe(ctx, &mcp.SubscribeParams{URI: "test://watched-resource"}); err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	use("test_touch_watched_resource")
	h.wait(func() bool { return len(h.updated) > 0 })
	use("test_trigger_tool_change")
	h.wait(func() bool { return h.changed > 0 })
	h.note(func() {
		r.Progress, r.Logs, r.Updated = slices.Clone(h.progress), slices.Clone(h.logs), slices.Clone(h.updated)
		if h.changed == 0 {
			t.Error("nothing was said of the changed list")
		}
	})
	r.Added = slices.DeleteFunc(toolNames(t, ctx, s), func(name string) bool { return slices.Contains(r.Tools, name) })

	w, told := connect(t, ctx, era, waiter)
	waiting, letGo := context.WithCancel(ctx)
	go func() {
		told.wait(func() bool { return len(told.progress) > 0 })
		letGo()
	}()
	if _, err := w.CallTool(waiting, &mcp.CallToolParams{Name: "wait", Meta: mcp.Meta{"progressToken": "wait"}}); err == nil {
		t.Error("the cancelled call succeeded")
	}
	r.Cancelled, _ = call(w, &mcp.CallToolParams{Name: "cancelled"})
	return r
}
