package tools

import (
	"context"
	"errors"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// DeleteNoteMetadata makes Notes.DeleteNote a tool.
var DeleteNoteMetadata = xmcp.ToolMetadata{
	Title:       "Delete a note",
	ReadOnly:    xmcp.No,
	Destructive: xmcp.Yes,
	Permissions: []string{"notes:write"},
}

// DeleteNoteInput is what the model sends.
type DeleteNoteInput struct {
	// ID of the note.
	ID string `json:"id" jsonschema:"minLength=1,maxLength=64"`
}

// DeleteNote deletes one note of the signed-in person.
func (n *Notes) DeleteNote(ctx context.Context, in DeleteNoteInput) (string, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return "", err
	}
	err = n.Store.Delete(ctx, owner, in.ID)
	if errors.Is(err, notes.ErrNotFound) {
		return "", xmcp.UserError("You have no note with the id %q.", in.ID)
	}
	if err != nil {
		return "", err
	}
	return "Deleted.", nil
}
