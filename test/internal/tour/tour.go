// Package tour says what a client of another project must see of examples/conformance: the lists, a call, a prompt, resources,
// completion, progress, log messages, every kind of question, cancellation and what subscriptions bring. Each client takes the
// tour in its own way and hands in a [Report]; [Check] compares it with the one report that all clients must hand in, over all
// transports and in all eras.
package tour

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/internal/overhear"
	"github.com/xmcpgo/xmcpgo/test/internal/program"
)

// The protocol eras, by the revision that the clients agree on.
const (
	Legacy = "2025-11-25"
	Modern = "2026-07-28"
)

var update = flag.Bool("update", false, "rewrite the expected report")

// Report is what a client saw.
type Report struct {
	Version   string   `json:"version,omitempty"`
	Tools     []string `json:"tools"`
	Prompts   []string `json:"prompts"`
	Resources []string `json:"resources"`
	Templates []string `json:"templates"`

	Text         string   `json:"text"`         // of test_simple_text
	ToolError    string   `json:"toolError"`    // of test_error_handling
	Prompt       string   `json:"prompt"`       // test_prompt_with_arguments, with "one" and "two"
	Read         string   `json:"read"`         // test://static-text
	FromTemplate string   `json:"fromTemplate"` // test://template/123/data
	NotFound     bool     `json:"notFound"`     // the error for test://nowhere says so
	Completion   []string `json:"completion"`   // of arg1, for "test"

	Progress []float64 `json:"progress"` // of test_tool_with_progress
	Logs     []any     `json:"logs"`     // the data of what test_tool_with_logging says

	Elicited    string `json:"elicited"`    // test_input_required_result_elicitation, answered with Ada
	Sampled     string `json:"sampled"`     // …_sampling, answered with Paris
	Rooted      string `json:"rooted"`      // …_list_roots
	Several     string `json:"several"`     // …_multiple_inputs
	Rounds      string `json:"rounds"`      // …_multi_round, answered with Ada and green
	PromptAsked string `json:"promptAsked"` // the prompt that asks, answered with "a test"

	Updated   []string `json:"updated"`   // after test_touch_watched_resource
	Added     []string `json:"added"`     // tools, after the notification that test_trigger_tool_change brings
	Cancelled string   `json:"cancelled"` // what the waiter says of a call that the client let go
}

// Answer is the value for a field of a form.
func Answer(field string) any {
	switch field {
	case "name":
		return "Ada"
	case "color":
		return "green"
	case "ok":
		return true
	}
	return "a test"
}

// The answers to what is no form.
const (
	Sampled = "Paris"
	Root    = "file:///home/ada/project"
)

// Check compares a report with what clients must see.
func Check(t *testing.T, era string, got Report) {
	t.Helper()
	if got.Version != era {
		t.Errorf("the client agreed on %s, not on %s", got.Version, era)
	}
	got.Version = ""
	golden := filepath.Join(program.Repository(t), "test", "internal", "tour", "testdata", "report.json")
	if *update {
		data, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var want Report
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the client saw (-want +got):\n%s", diff)
	}
}

// Servers are the programs that a tour visits.
type Servers struct{ fixture, waiter string }

// Build compiles the servers.
func Build(t *testing.T) Servers {
	root := program.Repository(t)
	return Servers{
		fixture: program.Build(t, filepath.Join(root, "examples", "conformance")),
		waiter:  program.Build(t, filepath.Join(root, "test", "internal", "waiter")),
	}
}

// Target is a server as a client reaches it: by URL, or by a command to start.
type Target struct {
	URL     string   `json:"url,omitempty"`
	Command []string `json:"command,omitempty"`
}

// Each takes the tour over both transports in each of the eras.
func Each(t *testing.T, servers Servers, eras []string, take func(t *testing.T, era string, fixture, waiter Target) Report) {
	for _, era := range eras {
		for _, transport := range []string{"http", "stdio"} {
			t.Run(era+"/"+transport, func(t *testing.T) {
				t.Parallel()
				fixture, waiter := servers.Reach(t, transport)
				Check(t, era, take(t, era, fixture, waiter))
			})
		}
	}
}

// Reach returns the servers as a client reaches them over a transport: "http", where they are started, or "stdio".
func (s Servers) Reach(t *testing.T, transport string) (fixture, waiter Target) {
	t.Helper()
	reach := func(bin string) Target {
		if transport == "stdio" {
			return Target{Command: overhear.Stdio(t, bin, "--stdio")}
		}
		return Target{URL: program.Serve(t, bin)}
	}
	return reach(s.fixture), reach(s.waiter)
}
