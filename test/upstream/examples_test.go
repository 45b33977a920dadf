package upstream

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mark3labs/mcp-go/mcp"
)

// use is a call of a tool and a pattern for what it answers; modern is the pattern for 2026-07-28 where it differs.
type use struct {
	tool   string
	args   map[string]any
	want   string
	modern string
}

// noRequests is what mcp-go tells a handler that wants to send a request to a client of 2026-07-28.
const noRequests = "server-initiated requests are not supported in protocol version 2026-07-28"

// examples are mcp-go's example servers, with all of their items and what these answer. Only task_tool is not among them, whose
// build constraint leaves it out of every build.
var examples = map[string]struct {
	items []string
	uses  []use
}{
	"everything": {
		items: everythingItems(),
		uses: []use{
			{tool: "echo", args: map[string]any{"message": "hi"}, want: "^Echo: hi$"},
			{tool: "add", args: map[string]any{"a": 1, "b": 2}, want: "is 3.000000"},
			{tool: "notify", want: "^notification sent successfully$"},
			{tool: "getTinyImage", want: "(?s)tiny image:.image/png"},
			{tool: "get_resource_link", want: "(?s)file:///example/document.pdf"},
		},
	},
	"typed_tools": {
		items: []string{"tool greeting"},
		uses: []use{
			{tool: "greeting", args: map[string]any{"name": "Ada", "age": 36, "metadata": map[string]any{"location": "London"}}, want: "^Hello, Ada! You are 36 .*London"},
			{tool: "greeting", args: map[string]any{"name": ""}, want: "^error: name is required$"},
		},
	},
	"structured_input_and_output": {
		items: []string{"tool get_assets", "tool get_user_profile", "tool get_weather", "tool manual_structured"},
		uses: []use{
			{tool: "get_weather", args: map[string]any{"location": "Oslo", "units": "celsius"}, want: `"location":"Oslo"`},
			{tool: "get_user_profile", args: map[string]any{"userId": "7"}, want: `"id":"7"`},
			{tool: "get_assets", args: map[string]any{"limit": 1}, want: `"btc"`},
			{tool: "manual_structured", args: map[string]any{"location": "Oslo"}, want: "^Weather in Oslo: 25.0"},
		},
	},
	"multi_round_trip": {
		items: []string{"tool deploy"},
		uses:  []use{{tool: "deploy", args: map[string]any{"environment": "production"}, want: "^deployed to production$"}},
	},
	"elicitation": {
		items: []string{"tool auth_via_url", "tool create_project", "tool process_data", "tool protected_action"},
		uses: []use{
			{tool: "create_project", want: "^Created project 'engine' with framework: none, tests: true$", modern: noRequests},
			{tool: "process_data", args: map[string]any{"data": "short"}, want: "^Processed 5 characters of data"},
			{tool: "process_data", args: map[string]any{"data": strings.Repeat("x", 101)}, want: "^Processed 101 characters of data", modern: noRequests},
		},
	},
	"sampling_http_server": {
		items: []string{"tool ask_llm", "tool echo"},
		uses: []use{
			{tool: "ask_llm", args: map[string]any{"question": "?"}, want: `^LLM Response \(model: deep\): 42$`, modern: "^error: .*" + noRequests},
			{tool: "echo", args: map[string]any{"message": "hi"}, want: "^Echo: hi$"},
		},
	},
	"sampling_server": {
		items: []string{"tool ask_llm", "tool greet"},
		uses:  []use{{tool: "ask_llm", args: map[string]any{"question": "?"}, want: `42`, modern: "^error: .*" + noRequests}},
	},
	"roots_http_server": {
		items: []string{"tool roots"},
		uses:  []use{{tool: "roots", args: map[string]any{"testonly": "yes"}, want: "file:///home/ada", modern: noRequests}},
	},
	"roots_server": {
		items: []string{"tool roots"},
		uses:  []use{{tool: "roots", args: map[string]any{"testonly": "yes"}, want: "file:///home/ada", modern: noRequests}},
	},
	"conformance": {
		items: []string{
			"prompt test_prompt_with_arguments", "prompt test_prompt_with_embedded_resource", "prompt test_prompt_with_image", "prompt test_simple_prompt",
			"resource test://static-binary", "resource test://static-text", "template test://template/{id}/data",
			"tool test_audio_content", "tool test_elicitation", "tool test_elicitation_sep1034_defaults", "tool test_elicitation_sep1330_enums",
			"tool test_embedded_resource", "tool test_error_handling", "tool test_image_content", "tool test_multiple_content_types", "tool test_sampling",
			"tool test_simple_text", "tool test_tool_with_logging", "tool test_tool_with_progress",
		},
		uses: []use{
			{tool: "test_simple_text", want: "^This is a simple text response for testing.$"},
			{tool: "test_image_content", want: "^image/png$"},
			{tool: "test_error_handling", want: "^error: "},
		},
	},
	"dynamic_path": {
		items: []string{"tool echo"},
		uses:  []use{{tool: "echo", args: map[string]any{"message": "hi"}, want: "hi"}},
	},
	"in_process": {
		items: []string{"tool dummy_tool"},
		uses:  []use{{tool: "dummy_tool", want: "^foo bar$"}},
	},
	"inprocess_sampling": {
		items: []string{"tool ask_llm"},
		uses:  []use{{tool: "ask_llm", args: map[string]any{"question": "?"}, want: "42", modern: "^error: .*" + noRequests}},
	},
	// Its token comes from an option of mcp-go's transports, which are not used here.
	"custom_context": {
		items: []string{"tool make_authenticated_request"},
		uses:  []use{{tool: "make_authenticated_request", args: map[string]any{"message": "hi"}, want: "missing token"}},
	},
}

func everythingItems() []string {
	items := []string{
		"tool echo", "tool notify", "tool add", "tool longRunningOperation", "tool getTinyImage", "tool get_resource_link",
		"prompt simple_prompt", "prompt complex_prompt", "resource test://static/resource", "template test://dynamic/resource/{id}",
	}
	for i := range 100 {
		items = append(items, fmt.Sprintf("resource test://static/resource/%d", i+1))
	}
	slices.Sort(items)
	return items
}

// TestExamples lists and calls every example in both eras over both transports.
func TestExamples(t *testing.T) {
	for name, example := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bin := build(t, name)
			for _, era := range []string{legacy, modern} {
				for _, via := range []string{"http", "stdio"} {
					t.Run(era+"/"+via, func(t *testing.T) {
						c := connect(t, bin, via, era)
						if diff := cmp.Diff(example.items, c.items(t)); diff != "" {
							t.Errorf("listed (-want +got):\n%s", diff)
						}
						for _, u := range example.uses {
							want := u.want
							if era == modern && u.modern != "" {
								want = u.modern
							}
							if got := c.call(t, u.tool, u.args); !regexp.MustCompile(want).MatchString(got) {
								t.Errorf("%s answered %q, want %s", u.tool, got, want)
							}
						}
						if name == "everything" {
							useEverything(t, c)
						}
					})
				}
			}
		})
	}
}

// useEverything reads, prompts and completes, and hears a tool's progress.
func useEverything(t *testing.T, c *conn) {
	var read mcp.ReadResourceRequest
	for uri, want := range map[string]string{
		"test://static/resource":    "This is a sample resource",
		"test://static/resource/1":  "Text content for resource 1",
		"test://dynamic/resource/5": "This is a sample resource",
	} {
		read.Params.URI = uri
		got, err := c.ReadResource(t.Context(), read)
		if err != nil {
			t.Errorf("read %s: %v", uri, err)
			continue
		}
		if text, _ := got.Contents[0].(mcp.TextResourceContents); text.Text != want {
			t.Errorf("read %s: %v", uri, got.Contents[0])
		}
	}
	var get mcp.GetPromptRequest
	get.Params.Name, get.Params.Arguments = "complex_prompt", map[string]string{"temperature": "1", "style": "formal"}
	prompt, err := c.GetPrompt(t.Context(), get)
	if err != nil {
		t.Fatalf("get a prompt: %v", err)
	}
	if text, _ := prompt.Messages[0].Content.(mcp.TextContent); !strings.Contains(text.Text, "temperature=1, style=formal") {
		t.Errorf("the prompt says %v", prompt.Messages[0])
	}
	var complete mcp.CompleteRequest
	complete.Params.Ref = mcp.PromptReference{Type: "ref/prompt", Name: "complex_prompt"}
	complete.Params.Argument = mcp.CompleteArgument{Name: "style", Value: "c"}
	completed, err := c.Complete(t.Context(), complete)
	if err != nil {
		t.Fatalf("complete: %v", err)
	}
	if diff := cmp.Diff([]string{"casual", "creative"}, completed.Completion.Values); diff != "" {
		t.Errorf("completion (-want +got):\n%s", diff)
	}
	c.mu.Lock()
	c.progress = nil
	c.mu.Unlock()
	if got := c.call(t, "longRunningOperation", map[string]any{"duration": 0.02, "steps": 2}); !strings.Contains(got, "Steps: 2") {
		t.Errorf("the long operation answered %q", got)
	}
	if diff := cmp.Diff([]any{1.0, 2.0}, c.steps(2)); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}
