package tools

import (
	"context"
	"fmt"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// ClearMyNotesMetadata makes Notes.ClearMyNotes a tool. It declares no more than what each call needs.
var ClearMyNotesMetadata = xmcp.ToolMetadata{
	Title:       "Delete all my notes",
	ReadOnly:    xmcp.No,
	Destructive: xmcp.Yes,
	Permissions: []string{"notes:read"},
}

// ClearMyNotesInput is what the model sends.
type ClearMyNotesInput struct {
	// Confirm deletes the notes. Without it they are only counted, so that the person can be asked first.
	Confirm bool `json:"confirm,omitempty"`
}

// ClearMyNotes deletes all notes of the signed-in person in the organization they are signed in to.
func (n *Notes) ClearMyNotes(ctx context.Context, in ClearMyNotesInput) (string, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return "", err
	}
	if !in.Confirm {
		count, err := n.Store.Count(ctx, owner)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d notes would be deleted. Call again with confirm to do so.", count), nil
	}
	// What a call needs depends on its arguments here, so the handler checks it.
	session, err := scalekit.GetSession(ctx)
	if err != nil {
		return "", err
	}
	if !session.HasPermission("notes:write") {
		return "", xmcp.UserError("Missing notes:write permission.")
	}
	count, err := n.Store.Clear(ctx, owner)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d notes deleted.", count), nil
}
