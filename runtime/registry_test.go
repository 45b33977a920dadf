package xmcp

import (
	"context"
	"log/slog"
	"sync"
	"testing"
)

// A registry may serve several servers, also when they are made at the same time: New writes nothing into it.
func TestRegistryServesSeveralServers(t *testing.T) {
	r := NewRegistry()
	r.AddTool(ToolItem{Name: "ping", Description: "Answers.", Handler: HandleToolNoInput(func(context.Context) (string, error) { return "pong", nil })})
	r.AddPrompt(PromptItem{Name: "hi", Description: "Greets.", Handler: HandlePromptNoInput(func(context.Context) (string, error) { return "hi", nil })})
	r.AddResource(ResourceItem{Name: "motd", Description: "A word.", Metadata: ResourceMetadata{URI: "app://motd"},
		Handler: HandleResourceNoInput(func(context.Context) (string, error) { return "word", nil })})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := New(r, Config{Logger: slog.New(slog.DiscardHandler)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if r.tools[0].InputSchema != "" || r.prompts[0].InputSchema != "" || r.resources[0].InputSchema != "" {
		t.Errorf("New has changed the registry: %+v %+v %+v", r.tools[0], r.prompts[0], r.resources[0])
	}
}
