//lint:file-ignore SA1019 what 2026-07-28 deprecates has to work all the same

package clients

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	mcpclient "github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/xmcpgo/xmcpgo/test/internal/tour"
)

// visitor answers what the server asks.
type visitor struct{}

func (visitor) Elicit(_ context.Context, r mcp.ElicitationRequest) (*mcp.ElicitationResult, error) {
	data, err := json.Marshal(r.Params.RequestedSchema)
	if err != nil {
		return nil, err
	}
	var form struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, err
	}
	content := object{}
	for field := range form.Properties {
		content[field] = tour.Answer(field)
	}
	return &mcp.ElicitationResult{ElicitationResponse: mcp.ElicitationResponse{Action: mcp.ElicitationResponseActionAccept, Content: content}}, nil
}

func (visitor) CreateMessage(context.Context, mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
	return &mcp.CreateMessageResult{
		SamplingMessage: mcp.SamplingMessage{Role: mcp.RoleAssistant, Content: mcp.NewTextContent(tour.Sampled)}, Model: "tour",
	}, nil
}

func (visitor) ListRoots(context.Context, mcp.ListRootsRequest) (*mcp.ListRootsResult, error) {
	return &mcp.ListRootsResult{Roots: []mcp.Root{{URI: tour.Root, Name: "project"}}}, nil
}

// heard is what the server told a client in notifications.
type heard struct {
	mu   sync.Mutex
	said []mcp.JSONRPCNotification
}

func (h *heard) hear(n mcp.JSONRPCNotification) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said = append(h.said, n)
}

// wait returns the params of the first n notifications of a method, or of those that came within half a minute.
func (h *heard) wait(method string, n int) []object {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		h.mu.Lock()
		var found []object
		for _, one := range h.said {
			if one.Method == method {
				found = append(found, one.Params.AdditionalFields)
			}
		}
		h.mu.Unlock()
		if len(found) >= n || time.Now().After(end) {
			return found
		}
	}
}

// visit connects mcp-go's client, able to answer everything.
func visit(t *testing.T, era string, to tour.Target) (mcpGo, *heard) {
	t.Helper()
	var via transport.Interface
	if to.URL != "" {
		var listening []transport.StreamableHTTPCOption
		if era == tour.Legacy {
			listening = append(listening, transport.WithContinuousListening())
		}
		http, err := transport.NewStreamableHTTP(to.URL, listening...)
		if err != nil {
			t.Fatal(err)
		}
		via = http
	} else {
		via = transport.NewStdioWithOptions(to.Command[0], nil, to.Command[1:], transport.WithCommandStderrWriter(io.Discard))
	}
	c := mcpclient.NewClient(via, mcpclient.WithProtocolVersion(era),
		mcpclient.WithElicitationHandler(visitor{}), mcpclient.WithSamplingHandler(visitor{}), mcpclient.WithRootsHandler(visitor{}))
	h := &heard{}
	c.OnNotification(h.hear)
	if err := c.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close the client: %v", err)
		}
	})
	var hello mcp.InitializeRequest
	hello.Params.ClientInfo = mcp.Implementation{Name: "tour", Version: "1"}
	if _, err := c.Initialize(deadline(t), hello); err != nil {
		t.Fatal(err)
	}
	return mcpGo{c}, h
}

// tourMCPGo takes the tour with mcp-go's client.
func tourMCPGo(t *testing.T, era string, fixture, waiter tour.Target) (r tour.Report) {
	t.Helper()
	ctx := deadline(t)
	c, h := visit(t, era, fixture)
	names := func(method, key string) (out []string) {
		for _, item := range c.list(t, method) {
			name, _ := item[key].(string)
			out = append(out, name)
		}
		slices.Sort(out)
		return out
	}
	use := func(tool string) string { return textOf(t, c.call(t, tool, nil)) }
	prompt := func(name string, args map[string]string) string {
		message, _ := objects(t, c.get(t, name, args), "messages")[0]["content"].(object)
		text, _ := message["text"].(string)
		return text
	}
	read := func(uri string) string {
		result, err := c.read(t, uri)
		if err != nil {
			t.Fatalf("read %s: %v", uri, err)
		}
		text, _ := objects(t, result, "contents")[0]["text"].(string)
		return text
	}

	r.Version = c.ProtocolVersion()
	r.Tools, r.Prompts = names("tools/list", "name"), names("prompts/list", "name")
	r.Resources, r.Templates = names("resources/list", "uri"), names("resources/templates/list", "uriTemplate")
	r.Text = use("test_simple_text")
	if failed := c.call(t, "test_error_handling", nil); failed["isError"] == true {
		r.ToolError = textOf(t, failed)
	}
	r.Prompt = prompt("test_prompt_with_arguments", map[string]string{"arg1": "one", "arg2": "two"})
	r.Read, r.FromTemplate = read("test://static-text"), read("test://template/123/data")
	_, err := c.read(t, "test://nowhere")
	r.NotFound = errors.Is(err, mcp.ErrResourceNotFound) || errors.Is(err, mcp.ErrInvalidParams)

	var complete mcp.CompleteRequest
	complete.Params.Ref = mcp.PromptReference{Type: "ref/prompt", Name: "test_prompt_with_arguments"}
	complete.Params.Argument = mcp.CompleteArgument{Name: "arg1", Value: "test"}
	completed, err := c.Complete(ctx, complete)
	if err != nil {
		t.Fatalf("complete: %v", err)
	}
	r.Completion = completed.Completion.Values

	var progress mcp.CallToolRequest
	progress.Params.Name, progress.Params.Meta = "test_tool_with_progress", &mcp.Meta{ProgressToken: "progress"}
	if _, err := c.CallTool(ctx, progress); err != nil {
		t.Fatalf("call: %v", err)
	}
	for _, params := range h.wait("notifications/progress", 3) {
		done, _ := params["progress"].(float64)
		r.Progress = append(r.Progress, done)
	}
	var level mcp.SetLevelRequest
	level.Params.Level = mcp.LoggingLevelDebug
	if err := c.SetLevel(ctx, level); err != nil {
		t.Fatalf("set the level: %v", err)
	}
	use("test_tool_with_logging")
	for _, params := range h.wait("notifications/message", 3) {
		r.Logs = append(r.Logs, params["data"])
	}

	r.Elicited, r.Sampled = use("test_input_required_result_elicitation"), use("test_input_required_result_sampling")
	r.Rooted, r.Several = use("test_input_required_result_list_roots"), use("test_input_required_result_multiple_inputs")
	r.Rounds = use("test_input_required_result_multi_round")
	r.PromptAsked = prompt("test_input_required_result_prompt", nil)

	const watched = "test://watched-resource"
	if era == tour.Modern {
		filter := mcp.SubscriptionFilter{ToolsListChanged: true, ResourceSubscriptions: []string{watched}}
		if _, err := c.ListenAsync(t.Context(), filter, nil); err != nil {
			t.Fatalf("listen: %v", err)
		}
		h.wait("notifications/subscriptions/acknowledged", 1)
	} else {
		var subscribe mcp.SubscribeRequest
		subscribe.Params.URI = watched
		if err := c.Subscribe(ctx, subscribe); err != nil {
			t.Fatalf("subscribe: %v", err)
		}
	}
	use("test_touch_watched_resource")
	for _, params := range h.wait("notifications/resources/updated", 1) {
		uri, _ := params["uri"].(string)
		r.Updated = append(r.Updated, uri)
	}
	use("test_trigger_tool_change")
	if len(h.wait("notifications/tools/list_changed", 1)) > 0 {
		r.Added = slices.DeleteFunc(names("tools/list", "name"), func(name string) bool { return slices.Contains(r.Tools, name) })
	}

	w, told := visit(t, era, waiter)
	waiting, cancel := context.WithCancel(ctx)
	go func() {
		told.wait("notifications/progress", 1)
		if era == tour.Legacy && waiter.URL != "" {
			tellCancelled(t, w)
		}
		cancel()
	}()
	var wait mcp.CallToolRequest
	wait.Params.Name, wait.Params.Meta = "wait", &mcp.Meta{ProgressToken: "wait"}
	if got, err := w.CallTool(waiting, wait); err == nil && !got.IsError {
		t.Error("the cancelled call succeeded")
	}
	r.Cancelled = textOf(t, w.call(t, "cancelled", nil))
	return r
}

// tellCancelled says that the call is cancelled, which mcp-go's client leaves to its user over HTTP in the legacy era. It numbers
// its requests from 1, which was initialize.
func tellCancelled(t *testing.T, c mcpGo) {
	n := mcp.JSONRPCNotification{JSONRPC: mcp.JSONRPC_VERSION}
	n.Method = string(mcp.MethodNotificationCancelled)
	n.Params.AdditionalFields = object{"requestId": 2}
	if err := c.GetTransport().SendNotification(deadline(t), n); err != nil {
		t.Errorf("cancel: %v", err)
	}
}

// textOf is the text of the first block of a tool's result.
func textOf(t *testing.T, result object) string {
	t.Helper()
	content := objects(t, result, "content")
	if len(content) == 0 {
		return ""
	}
	text, _ := content[0]["text"].(string)
	return text
}
