package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/hello/internal/notes"
)

// NoteStore keeps notes. It must be safe for concurrent use.
type NoteStore interface {
	Save(ctx context.Context, text string, tags []string) (notes.Note, error)
}

// Notes holds the tools that need a store: they are its methods, and main gives it one.
type Notes struct {
	store NoteStore
}

// NewNotes makes the tools of a store.
func NewNotes(store NoteStore) *Notes { return &Notes{store: store} }

// SaveNoteMetadata makes Notes.SaveNote a tool.
var SaveNoteMetadata = xmcp.ToolMetadata{
	Title:       "Save a note",
	ReadOnly:    xmcp.No,
	Destructive: xmcp.No,
}

// SaveNoteInput is what the model sends.
type SaveNoteInput struct {
	// Text of the note.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=2000"`
	// Tags that the note can be found by.
	Tags []string `json:"tags,omitempty" jsonschema:"maxItems=10,uniqueItems=true"`
}

// SaveNote saves a note. It can then be read as the resource notes://ID.
func (n *Notes) SaveNote(ctx context.Context, in SaveNoteInput) (notes.Note, error) {
	return n.store.Save(ctx, in.Text, in.Tags)
}
