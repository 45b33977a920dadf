package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// ListMyNotesMetadata makes Notes.ListMyNotes a tool.
var ListMyNotesMetadata = xmcp.ToolMetadata{
	Title:       "List my notes",
	ReadOnly:    xmcp.Yes,
	Permissions: []string{"notes:read"},
}

// ListMyNotesInput is what the model sends.
type ListMyNotesInput struct {
	// Limit is the largest number of notes to list.
	Limit int `json:"limit,omitempty" jsonschema:"minimum=1,maximum=100,default=50"`
	// Skip leaves out that many of the newest notes.
	Skip int `json:"skip,omitempty" jsonschema:"minimum=0,maximum=1000000"`
}

// ListMyNotes lists the notes of the signed-in person in the organization they are signed in to, newest first.
func (n *Notes) ListMyNotes(ctx context.Context, in ListMyNotesInput) ([]notes.Note, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return nil, err
	}
	return n.Store.List(ctx, owner, in.Skip, in.Limit)
}
