package tools

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// SaveNoteMetadata makes Notes.SaveNote a tool. Whoever lacks the permission is told so before the handler runs.
var SaveNoteMetadata = xmcp.ToolMetadata{
	Title:       "Save a note",
	ReadOnly:    xmcp.No,
	Destructive: xmcp.No,
	Permissions: []string{"notes:write"},
}

// SaveNoteInput is what the model sends.
type SaveNoteInput struct {
	// Text of the note.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=2000"`
}

// SaveNote saves a note for the signed-in person. It can then be read as the resource notes://ID.
func (n *Notes) SaveNote(ctx context.Context, in SaveNoteInput) (notes.Note, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return notes.Note{}, err
	}
	return n.Store.Save(ctx, owner, in.Text)
}
