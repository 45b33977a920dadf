package signin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// toolCallingModel stands in for the model behind Claude Code: it calls one tool, and repeats what came back. It speaks as much
// of the Messages API as that takes, and only to this machine.
func toolCallingModel(t testing.TB, tool string) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Tools    []struct{ Name string }
			Messages []struct{ Content json.RawMessage }
		}
		if r.URL.Path != "/v1/messages" || json.NewDecoder(r.Body).Decode(&asked) != nil {
			http.NotFound(w, r)
			return
		}
		block := map[string]any{"type": "text", "text": ""}
		delta := map[string]any{"type": "text_delta", "text": "nothing to call"}
		reason := "end_turn"
		if result := toolResult(asked.Messages); result != "" {
			delta["text"] = result
		} else if len(asked.Tools) > 0 {
			block = map[string]any{"type": "tool_use", "id": "toolu_1", "name": tool, "input": map[string]any{}}
			delta = map[string]any{"type": "input_json_delta", "partial_json": "{}"}
			reason = "tool_use"
		}
		usage := map[string]any{"input_tokens": 1, "output_tokens": 1}
		w.Header().Set("Content-Type", "text/event-stream")
		for _, e := range []map[string]any{
			{"type": "message_start", "message": map[string]any{"id": "msg_1", "type": "message", "role": "assistant", "model": "test", "content": []any{}, "usage": usage}},
			{"type": "content_block_start", "index": 0, "content_block": block},
			{"type": "content_block_delta", "index": 0, "delta": delta},
			{"type": "content_block_stop", "index": 0},
			{"type": "message_delta", "delta": map[string]any{"stop_reason": reason}, "usage": usage},
			{"type": "message_stop"},
		} {
			data, err := json.Marshal(e)
			if err != nil {
				t.Error(err)
			}
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e["type"], data)
		}
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// toolResult is the text of the tool results so far.
func toolResult(messages []struct{ Content json.RawMessage }) string {
	var text []string
	for _, m := range messages {
		var blocks []struct {
			Type    string
			Content json.RawMessage
		}
		_ = json.Unmarshal(m.Content, &blocks) // a plain string has no result
		for _, b := range blocks {
			if b.Type == "tool_result" {
				text = append(text, string(b.Content))
			}
		}
	}
	return strings.Join(text, "\n")
}
