package clients

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// A call is one use of a tool of examples/hello, with what its result must hold.
type call struct {
	args object
	want object
	// The result in one era only: a value that is no object travels under "result" in the legacy one.
	legacy, modern object
}

func textBlock(s string) object { return object{"type": "text", "text": s} }

func content(blocks ...any) object { return object{"content": blocks} }

// long is a value with some length, for the data of pictures and sounds.
func long(v any) bool {
	s, ok := v.(string)
	return ok && len(s) > 40
}

// helloTools has every tool of examples/hello: one that it lacks fails the test.
var helloTools = map[string][]call{
	"greet": {
		{args: object{"name": "Ada"}, want: content(textBlock("Hello, Ada!"))},
		{args: object{"name": "Ada", "language": "sw"}, want: content(textBlock("Habari, Ada!"))},
		{args: object{"name": ""}, want: object{"isError": true}},
	},
	"count_words": {{
		args: object{"text": "one two  three"},
		want: object{
			"structuredContent": object{"words": 3.0, "characters": 14.0},
			"content":           []any{textBlock(`{"words":3,"characters":14}`)},
		},
	}},
	"split_words": {{
		args:   object{"text": "one two"},
		want:   content(textBlock(`["one","two"]`)),
		legacy: object{"structuredContent": object{"result": []any{"one", "two"}}},
		modern: object{"structuredContent": []any{"one", "two"}},
	}},
	"divide": {
		{
			args:   object{"dividend": 5, "divisor": 2},
			want:   content(textBlock("2.5")),
			legacy: object{"structuredContent": object{"result": 2.5}},
			modern: object{"structuredContent": 2.5},
		},
		{
			args: object{"dividend": 5, "divisor": 0},
			want: object{"isError": true, "content": []any{textBlock("the divisor must not be zero")}},
		},
	},
	"reverse":      {{args: object{"text": "Olé"}, want: content(textBlock("élO"))}},
	"check_health": {{want: content()}},
	"save_note": {{
		args: object{"text": "buy milk", "tags": []string{"home"}},
		want: object{"structuredContent": object{"id": "1", "text": "buy milk", "tags": []any{"home"}}},
	}},
	"paint_swatch": {{
		args: object{"red": 255, "green": 0, "blue": 0},
		want: content(object{"type": "text"}, object{"type": "image", "mimeType": "image/png", "data": long}),
	}},
	"play_tone": {{
		args: object{"hertz": 440},
		want: content(object{"type": "audio", "mimeType": "audio/wav", "data": long}),
	}},
	"open_guide": {{
		want: content(
			object{"type": "text"},
			object{"type": "resource", "resource": object{"uri": "hello://about", "mimeType": "text/markdown", "text": long}},
			object{"type": "resource_link", "uri": "docs://guide/docs/tools.md", "name": "tools.md"},
		),
	}},
}

// helloPrompts has every prompt, with arguments and the texts of its messages.
var helloPrompts = map[string]struct {
	args  map[string]string
	texts []string
}{
	"review":    {map[string]string{"code": "x := 1"}, []string{"Review this code. Name each problem and show its fix.\n\nx := 1"}},
	"translate": {map[string]string{"text": "hi", "language": "French"}, []string{"Translate into French: Good morning", "Bonjour", "Translate into French: hi"}},
}

// helloResources has every listed resource, with its MIME type.
var helloResources = map[string]string{
	"hello://about":                  "text/markdown",
	"docs://guide/docs/resources.md": "text/markdown",
	"docs://guide/docs/tools.md":     "text/markdown",
}

var helloTemplates = []string{"notes://{id}"}

// TestHello lists and uses everything that examples/hello serves, with each
// client, over each transport, in each era.
func TestHello(t *testing.T) {
	bin := program.Build(t, filepath.Join(program.Repository(t), "examples", "hello"))
	clients := map[string]func(*testing.T, target, string) client{"inspector": newInspector, "mcp-go": newMCPGo}
	for name, connect := range clients {
		for _, transport := range []string{"http", "stdio"} {
			for _, era := range []string{legacy, modern} {
				t.Run(fmt.Sprintf("%s/%s/%s", name, transport, era), func(t *testing.T) {
					t.Parallel()
					to := target{command: overhear.Stdio(t, bin, "--stdio")}
					if transport == "http" {
						to = target{url: program.Serve(t, bin)}
					}
					c := connect(t, to, era)
					t.Run("tools", func(t *testing.T) { useTools(t, c, era) })
					t.Run("prompts", func(t *testing.T) { usePrompts(t, c) })
					t.Run("resources", func(t *testing.T) { useResources(t, c) })
				})
			}
		}
	}
}

func useTools(t *testing.T, c client, era string) {
	var names []string
	for _, tool := range c.list(t, "tools/list") {
		name, _ := tool["name"].(string)
		names = append(names, name)
		if description, _ := tool["description"].(string); description == "" {
			t.Errorf("%s has no description", name)
		}
		if err := lacking(tool["inputSchema"], object{"type": "object"}, "inputSchema"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	sameNames(t, names, keys(helloTools))
	for _, name := range keys(helloTools) {
		for _, use := range helloTools[name] {
			got := c.call(t, name, use.args)
			for _, want := range []object{use.want, map[string]object{legacy: use.legacy, modern: use.modern}[era]} {
				if err := lacking(got, want, name); err != nil {
					t.Errorf("%s with %v: %v", name, use.args, err)
				}
			}
			if failed, _ := got["isError"].(bool); failed != (use.want["isError"] == true) {
				t.Errorf("%s with %v: isError is %v: %v", name, use.args, failed, got["content"])
			}
		}
	}
}

func usePrompts(t *testing.T, c client) {
	var names []string
	for _, prompt := range c.list(t, "prompts/list") {
		name, _ := prompt["name"].(string)
		names = append(names, name)
		if got, want := len(objects(t, prompt, "arguments")), len(helloPrompts[name].args); got != want {
			t.Errorf("%s has %d arguments, want %d", name, got, want)
		}
	}
	sameNames(t, names, keys(helloPrompts))
	for name, use := range helloPrompts {
		var texts []string
		for _, message := range objects(t, c.get(t, name, use.args), "messages") {
			block, _ := message["content"].(object)
			text, _ := block["text"].(string)
			texts = append(texts, text)
		}
		if diff := cmp.Diff(use.texts, texts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func useResources(t *testing.T, c client) {
	var uris []string
	for _, resource := range c.list(t, "resources/list") {
		uri, _ := resource["uri"].(string)
		uris = append(uris, uri)
		if err := lacking(resource["mimeType"], mediaType(helloResources[uri]), "mimeType"); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
	sameNames(t, uris, keys(helloResources))
	for uri, mimeType := range helloResources {
		got, err := c.read(t, uri)
		if err != nil {
			t.Errorf("read %s: %v", uri, err)
			continue
		}
		want := object{"contents": []any{object{"uri": uri, "mimeType": mediaType(mimeType), "text": long}}}
		if err := lacking(got, want, "result"); err != nil {
			t.Errorf("read %s: %v", uri, err)
		}
	}

	var templates []string
	for _, template := range c.list(t, "resources/templates/list") {
		uri, _ := template["uriTemplate"].(string)
		templates = append(templates, uri)
	}
	sameNames(t, templates, helloTemplates)
	got, err := c.read(t, "notes://1")
	if !c.keeps() {
		// The process that saved the note is gone, and its notes with it.
		if err == nil {
			t.Errorf("read a note that nobody saved: %v", got)
		}
		return
	}
	if err != nil {
		t.Fatalf("read the saved note: %v", err)
	}
	isNote := func(v any) bool { s, _ := v.(string); return strings.Contains(s, `"text":"buy milk"`) }
	want := object{"contents": []any{object{"uri": "notes://1", "mimeType": "application/json", "text": isNote}}}
	if err := lacking(got, want, "result"); err != nil {
		t.Errorf("read the saved note: %v", err)
	}
}

// mediaType accepts a type with or without parameters such as the charset.
func mediaType(want string) func(any) bool {
	return func(v any) bool {
		s, _ := v.(string)
		got, _, _ := strings.Cut(s, ";")
		return got == want
	}
}

func sameNames(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
