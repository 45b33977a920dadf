// Package prompts holds the prompts: one file each.
package prompts

import (
	"context"
	"errors"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// maxSuggestions is how many ids completion offers.
const maxSuggestions = 20

// Notes holds the prompts that need a store.
type Notes struct {
	Store notes.Store
}

// SummarizeNoteMetadata makes Notes.SummarizeNote a prompt.
var SummarizeNoteMetadata = xmcp.PromptMetadata{
	Title:       "Summarize a note",
	Permissions: []string{"notes:read"},
}

// SummarizeNoteInput holds the arguments that a person fills in.
type SummarizeNoteInput struct {
	// ID of the note.
	ID string `json:"id"`
}

// SummarizeNote asks for a summary of one of the person's notes.
func (n *Notes) SummarizeNote(ctx context.Context, in SummarizeNoteInput) (string, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return "", err
	}
	note, err := n.Store.Get(ctx, owner, in.ID)
	if errors.Is(err, notes.ErrNotFound) {
		return "", xmcp.InvalidParams("you have no note with the id %q", in.ID)
	}
	if err != nil {
		return "", err
	}
	return "Summarize this note in one sentence:\n\n" + note.Text, nil
}

// CompleteSummarizeNote suggests ids of the person's notes while they type one.
func (n *Notes) CompleteSummarizeNote(ctx context.Context, req xmcp.CompleteRequest) ([]string, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return nil, err
	}
	return n.Store.IDs(ctx, owner, req.Value, maxSuggestions)
}
