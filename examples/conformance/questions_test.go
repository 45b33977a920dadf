package main

import (
	"encoding/json"
	"strings"
	"testing"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
	"github.com/xmcpgo/xmcpgo/runtime/xmcptest"
)

// person answers every form with the same values, as far as it asks for them.
func person(q xmcptest.Question) xmcptest.Answer {
	switch q.Method {
	case "sampling/createMessage":
		return xmcptest.Sampled("Paris")
	case "roots/list":
		return xmcptest.Roots(xmcp.Root{URI: "file:///home/ada", Name: "home"})
	}
	var form struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(q.Schema, &form); err != nil {
		return xmcptest.Cancel()
	}
	all := map[string]any{
		"name": "Ada", "color": "blue", "ok": true, "context": "a test", "username": "ada", "email": "ada@example.com",
		"age": 36, "score": 99.5, "status": "pending", "verified": false,
		"untitledSingle": "option1", "titledSingle": "value2", "legacyEnum": "opt3",
		"untitledMulti": []string{"option1", "option2"}, "titledMulti": []string{"value3"},
	}
	for name := range all {
		if form.Properties[name] == nil {
			delete(all, name)
		}
	}
	return xmcptest.Accept(all)
}

// Each question is asked and answered in the way of each era, and the tools say the same in both.
func TestQuestions(t *testing.T) {
	c := newClient(t, xmcptest.WithAnswers(person))
	for _, tt := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"test_sampling", map[string]any{"prompt": "The capital of France?"}, "LLM response: Paris"},
		{"test_elicitation", map[string]any{"message": "Who are you?"}, "User response: ada <ada@example.com>"},
		{"test_elicitation_sep1034_defaults", nil, "Elicitation completed: {Name:Ada Age:36 Score:99.5 Status:pending Verified:false}"},
		{"test_missing_capability", nil, "Paris"},
		{"test_streaming_elicitation", nil, "Went on"},
		{"test_input_required_result_elicitation", nil, "Hello, Ada!"},
		{"test_input_required_result_sampling", nil, "Paris"},
		{"test_input_required_result_list_roots", nil, "Roots: file:///home/ada"},
		{"test_input_required_result_request_state", nil, "state-ok: confirmed"},
		{"test_input_required_result_tampered_state", nil, "confirmed"},
		{"test_input_required_result_multiple_inputs", nil, "Paris, Ada! Roots: 1"},
		{"test_input_required_result_multi_round", nil, "Ada likes blue"},
		{"test_input_required_result_capabilities", nil, "Answers: name: Ada; greeting: Paris; roots: file:///home/ada"},
	} {
		if got := c.Call(tt.tool, tt.args).Text(); got != tt.want {
			t.Errorf("%s says %q, want %q", tt.tool, got, tt.want)
		}
	}
	got := c.Call("test_elicitation_sep1330_enums", nil).Text()
	for _, want := range []string{`"untitledSingle":"option1"`, `"titledSingle":"value2"`, `"legacyEnum":"opt3"`, `"untitledMulti":["option1","option2"]`, `"titledMulti":["value3"]`} {
		if !strings.Contains(got, want) {
			t.Errorf("the choices are %s, which lacks %s", got, want)
		}
	}
	if got, want := c.Prompt("test_input_required_result_prompt", nil).Text(), "Prompt with context: a test"; got != want {
		t.Errorf("the prompt is %q, want %q", got, want)
	}
}

// A form that comes back as it was sent keeps its defaults.
func TestDefaults(t *testing.T) {
	c := newClient(t, xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Accept(map[string]any{}) }))
	if got, want := c.Call("test_elicitation_sep1034_defaults", nil).Text(), "Elicitation completed: {Name:John Doe Age:30 Score:95.5 Status:active Verified:true}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRefusals(t *testing.T) {
	declines := newClient(t, xmcptest.WithAnswers(func(xmcptest.Question) xmcptest.Answer { return xmcptest.Decline() }))
	if got := declines.CallFails("test_elicitation", map[string]any{"message": "Who?"}).Text(); !strings.Contains(got, "declined") {
		t.Errorf("the model is told %q", got)
	}
}
