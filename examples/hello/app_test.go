package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"

	"github.com/xmcpgo/xmcpgo/examples/hello/internal/notes"
)

// newClient serves the app with a store of its own, so that tests run side by side.
func newClient(t *testing.T, opts ...xmcptest.Option) *xmcptest.Client {
	t.Parallel()
	return xmcptest.New(t, registry(notes.NewMemory()), opts...)
}

func TestGreet(t *testing.T) {
	c := newClient(t)
	for _, tt := range []struct {
		args map[string]any
		want string
	}{
		{map[string]any{"name": "Ada"}, "Hello, Ada!"},
		{map[string]any{"name": "Ada", "language": "fr"}, "Bonjour, Ada!"},
		{map[string]any{"name": "Ada", "language": "sw"}, "Habari, Ada!"},
	} {
		if got := c.Call("greet", tt.args).Text(); got != tt.want {
			t.Errorf("greet(%v) says %q, want %q", tt.args, got, tt.want)
		}
	}
}

// Everything that is wrong with a call is told at once.
func TestGreetRefuses(t *testing.T) {
	got := newClient(t).CallFails("greet", map[string]any{"name": "", "language": "xx", "volume": 11}).Text()
	for _, argument := range []string{"name", "language", "volume"} {
		if !strings.Contains(got, argument) {
			t.Errorf("nothing is said of %s:\n%s", argument, got)
		}
	}
}

func TestStructuredResults(t *testing.T) {
	c := newClient(t)
	var size struct{ Words, Characters int }
	c.Call("count_words", map[string]any{"text": "drei Wörter hier"}).Structured(&size)
	if size.Words != 3 || size.Characters != 16 {
		t.Errorf("count_words: %+v", size)
	}
	var words []string
	c.Call("split_words", map[string]any{"text": " a  b "}).Structured(&words)
	if !slices.Equal(words, []string{"a", "b"}) {
		t.Errorf("split_words: %q", words)
	}
	var quotient float64
	c.Call("divide", map[string]any{"dividend": 5, "divisor": 2}).Structured(&quotient)
	if quotient != 2.5 {
		t.Errorf("divide: %v", quotient)
	}
}

func TestDivideByZero(t *testing.T) {
	// The text reaches the model even where errors are masked.
	c := newClient(t, xmcptest.WithConfig(xmcp.Config{MaskErrors: true}))
	if got, want := c.CallFails("divide", map[string]any{"dividend": 1, "divisor": 0}).Text(), "the divisor must not be zero"; got != want {
		t.Errorf("divide says %q, want %q", got, want)
	}
}

func TestContent(t *testing.T) {
	c := newClient(t)
	for tool, want := range map[string][]string{
		"paint_swatch": {"text", "image"},
		"play_tone":    {"audio"},
		"open_guide":   {"text", "resource", "resource_link"},
		"check_health": nil,
	} {
		args := map[string]map[string]any{
			"paint_swatch": {"red": 255, "green": 128, "blue": 0},
			"play_tone":    {"hertz": 440},
		}[tool]
		var got []string
		for _, block := range c.Call(tool, args).Content {
			got = append(got, kind(t, block))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s answers with %q, want %q", tool, got, want)
		}
	}
}

// kind is the type of a block, as the protocol names it.
func kind(t *testing.T, block xmcp.Content) string {
	t.Helper()
	var k struct{ Type string }
	text, err := json.Marshal(block)
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k.Type
}

func TestReverse(t *testing.T) {
	if got := newClient(t).Call("reverse", map[string]any{"text": "Olé"}).Text(); got != "élO" {
		t.Errorf("reverse: %q", got)
	}
}

func TestNotes(t *testing.T) {
	// Each call saves another note, so only one era is asked.
	c := newClient(t).In(xmcptest.Modern)
	var saved notes.Note
	c.Call("save_note", map[string]any{"text": "buy milk", "tags": []string{"home"}}).Structured(&saved)
	if got, want := c.Read("notes://"+saved.ID).Text(), `{"id":"`+saved.ID+`","text":"buy milk","tags":["home"]}`; got != want {
		t.Errorf("the note is %s, want %s", got, want)
	}
	if ids := c.CompleteResource("notes://{id}", "id", "", nil); !slices.Equal(ids, []string{saved.ID}) {
		t.Errorf("suggested ids: %q", ids)
	}
	if err := c.ReadFails("notes://nope"); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("a note that is not there: %v", err)
	}
}

// Two servers in one process share nothing.
func TestStoresAreApart(t *testing.T) {
	one, other := newClient(t), xmcptest.New(t, registry(notes.NewMemory()))
	var saved notes.Note
	one.In(xmcptest.Modern).Call("save_note", map[string]any{"text": "mine"}).Structured(&saved)
	one.Read("notes://" + saved.ID)
	other.ReadFails("notes://" + saved.ID)
}

func TestPrompts(t *testing.T) {
	c := newClient(t)
	if got := c.Prompt("review", map[string]string{"code": "x := 1"}).Text(); !strings.HasSuffix(got, "x := 1") {
		t.Errorf("review asks %q", got)
	}
	messages := c.Prompt("translate", map[string]string{"text": "hi", "language": "Hindi"}).Messages
	if len(messages) != 3 || messages[1].Role != xmcp.RoleAssistant {
		t.Errorf("translate has the messages %+v", messages)
	}
	if got := c.CompletePrompt("translate", "language", "f", nil); !slices.Equal(got, []string{"Finnish", "French"}) {
		t.Errorf("suggested languages: %q", got)
	}
}

func TestResources(t *testing.T) {
	c := newClient(t)
	if got := c.Read("hello://about").Text(); !strings.Contains(got, "One file") {
		t.Errorf("about is %q", got)
	}
	for _, page := range []string{"tools.md", "resources.md"} {
		if got := c.Read("docs://guide/docs/" + page).Text(); !strings.HasPrefix(got, "# Add a") {
			t.Errorf("%s is %q", page, got)
		}
	}
}
