package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"

	"github.com/xmcpgo/xmcpgo/examples/conformance/src"
)

// The suite compares few texts; what the tools, prompts and resources say is held here.

func newClient(t *testing.T, opts ...xmcptest.Option) *xmcptest.Client {
	t.Parallel()
	return xmcptest.New(t, src.Registry(), opts...)
}

func TestTexts(t *testing.T) {
	c := newClient(t)
	for tool, want := range map[string]string{
		"test_simple_text":       "This is a simple text response for testing.",
		"test_tool_with_logging": "Tool with logging executed successfully",
		"test_logging_tool":      "Logged",
		"test_reconnection":      "Reconnection test completed successfully",
		// A client that can be asked nothing is asked nothing.
		"test_input_required_result_capabilities": "Answers: ",
	} {
		if got := c.Call(tool, nil).Text(); got != want {
			t.Errorf("%s says %q, want %q", tool, got, want)
		}
	}
	if got, want := c.CallFails("test_error_handling", nil).Text(), "This tool intentionally returns an error for testing"; got != want {
		t.Errorf("the error is %q, want %q", got, want)
	}
}

func TestContent(t *testing.T) {
	c := newClient(t)
	const png = `"mimeType":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="`
	for tool, want := range map[string][]string{
		"test_image_content":          {`{"type":"image",` + png + `}`},
		"test_audio_content":          {`{"type":"audio","mimeType":"audio/wav","data":"UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="}`},
		"test_embedded_resource":      {`{"type":"resource","resource":{"uri":"test://embedded-resource","mimeType":"text/plain","text":"This is an embedded resource content."}}`},
		"test_multiple_content_types": {`{"type":"text","text":"Multiple content types test:"}`, `{"type":"image",` + png + `}`, `{"type":"resource","resource":{"uri":"test://mixed-content-resource","mimeType":"application/json","text":"{\"test\":\"data\",\"value\":123}"}}`},
	} {
		var got []string
		for _, block := range c.Call(tool, nil).Content {
			got = append(got, canonical(t, block))
		}
		for i := range want {
			want[i] = canonical(t, json.RawMessage(want[i]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s answers\n%s\nwant\n%s", tool, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// canonical is the JSON of a value with sorted members.
func canonical(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(sorted)
}

func TestProgress(t *testing.T) {
	c := newClient(t)
	for _, era := range []xmcptest.Era{xmcptest.Legacy, xmcptest.Modern} {
		got := c.In(era).Call("test_tool_with_progress", nil).Progress()
		if len(got) != 3 || got[0].Progress != 0 || got[1].Progress != 50 || got[2].Progress != 100 || got[2].Total != 100 {
			t.Errorf("%v: progress is %+v", era, got)
		}
	}
}

// The schema is listed as it is written, and all of it is enforced.
func TestRawSchema(t *testing.T) {
	c := newClient(t)
	for _, keyword := range []string{"$schema", "$defs", "$anchor", "allOf", "anyOf", "if", "then", "else", "additionalProperties"} {
		if schema := string(c.Tool("json_schema_2020_12_tool").InputSchema); !strings.Contains(schema, `"`+keyword+`"`) {
			t.Errorf("the schema has no %s: %s", keyword, schema)
		}
	}
	for _, args := range []map[string]any{
		{"contactMethod": "phone", "phone": "1"},
		{"contactMethod": "email", "email": "a@example.com"},
		{"email": "a@example.com", "address": map[string]any{"city": "Paris"}},
	} {
		want, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Call("json_schema_2020_12_tool", args).Text(); got != string(want) {
			t.Errorf("%s comes back as %s", want, got)
		}
	}
	for _, args := range []map[string]any{
		{},
		{"contactMethod": "phone", "email": "a@example.com"},
		{"contactMethod": "fax", "email": "a@example.com"},
		{"email": "a@example.com", "fax": "1"},
		{"email": "a@example.com", "address": map[string]any{"city": 1}},
	} {
		c.CallFails("json_schema_2020_12_tool", args)
	}
}

// Clients of 2026-07-28 repeat the region in a header, and are refused when they don't; earlier ones have no such header.
func TestHeader(t *testing.T) {
	args := map[string]any{"region": "eu", "level": 2}
	with := newClient(t, xmcptest.WithHeader("Mcp-Param-Region", "eu"))
	if got, want := with.Call("test_x_mcp_header", args).Text(), "region eu, level 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	without := xmcptest.New(t, src.Registry())
	without.In(xmcptest.Legacy).Call("test_x_mcp_header", args)
	without.In(xmcptest.Modern).CallFails("test_x_mcp_header", args)
}

func TestChanges(t *testing.T) {
	c := newClient(t).In(xmcptest.Modern) // each call is a change
	tools, prompts := len(c.Tools()), len(c.Prompts())
	for _, more := range []int{1, 0, 1} {
		c.Call("test_trigger_tool_change", nil)
		c.Call("test_trigger_prompt_change", nil)
		if got := len(c.Tools()); got != tools+more {
			t.Errorf("there are %d tools, want %d", got, tools+more)
		}
		if got := len(c.Prompts()); got != prompts+more {
			t.Errorf("there are %d prompts, want %d", got, prompts+more)
		}
	}
	c.Call("test_added_tool", nil)
	c.Prompt("test_added_prompt", nil)
}

func TestPrompts(t *testing.T) {
	c := newClient(t)
	if got, want := c.Prompt("test_simple_prompt", nil).Text(), "This is a simple prompt for testing."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := c.Prompt("test_prompt_with_arguments", map[string]string{"arg1": "a", "arg2": "b"}).Text(), "Prompt with arguments: arg1='a', arg2='b'"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c.PromptFails("test_prompt_with_arguments", map[string]string{"arg1": "a"})
	if got := c.CompletePrompt("test_prompt_with_arguments", "arg1", "test", nil); !slices.Equal(got, []string{"testing", "testament"}) {
		t.Errorf("suggested: %q", got)
	}
	if got := len(c.Prompt("test_prompt_with_embedded_resource", map[string]string{"resourceUri": "test://a"}).Messages); got != 2 {
		t.Errorf("%d messages, want a resource and a text", got)
	}
	if got := len(c.Prompt("test_prompt_with_image", nil).Messages); got != 2 {
		t.Errorf("%d messages, want an image and a text", got)
	}
}

func TestResources(t *testing.T) {
	c := newClient(t)
	for uri, want := range map[string]string{
		"test://static-text":       "This is the content of the static text resource.",
		"test://watched-resource":  "Watched resource content",
		"test://template/123/data": `{"id":"123","templateTest":true,"data":"Data for ID: 123"}`,
	} {
		if got := c.Read(uri).Text(); got != want {
			t.Errorf("%s is %q, want %q", uri, got, want)
		}
	}
	c.ReadFails("test://template/123")
}
