// Package resources holds the resources: one file each.
package resources

import (
	"context"
	"errors"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// maxSuggestions is how many ids completion offers.
const maxSuggestions = 20

// Notes holds the resources that need a store.
type Notes struct {
	Store notes.Store
}

// NoteMetadata makes Notes.Note a family of resources: the variables of the template are the fields of NoteInput.
var NoteMetadata = xmcp.ResourceMetadata{
	URI:         "notes://{id}",
	Title:       "One of my notes",
	Permissions: []string{"notes:read"},
}

// NoteInput holds the variables of the URI.
type NoteInput struct {
	// ID of the note.
	ID string `json:"id"`
}

// Note reads a note of the signed-in person.
func (n *Notes) Note(ctx context.Context, in NoteInput) (notes.Note, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return notes.Note{}, err
	}
	note, err := n.Store.Get(ctx, owner, in.ID)
	if errors.Is(err, notes.ErrNotFound) {
		return note, xmcp.ErrNotFound // clients are told so in the protocol's own words
	}
	return note, err
}

// CompleteNote suggests ids of the person's notes while they type one.
func (n *Notes) CompleteNote(ctx context.Context, req xmcp.CompleteRequest) ([]string, error) {
	owner, err := notes.OwnerOf(ctx)
	if err != nil {
		return nil, err
	}
	return n.Store.IDs(ctx, owner, req.Value, maxSuggestions)
}
