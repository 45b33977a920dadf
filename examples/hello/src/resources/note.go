package resources

import (
	"context"
	"errors"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"

	"github.com/xmcpgo/xmcpgo/examples/hello/internal/notes"
)

// NoteStore finds notes. It must be safe for concurrent use.
type NoteStore interface {
	Note(ctx context.Context, id string) (notes.Note, error)
	IDs(ctx context.Context, prefix string) ([]string, error)
}

// Notebook holds the resources that need a store.
type Notebook struct {
	store NoteStore
}

// NewNotebook makes the resources of a store.
func NewNotebook(store NoteStore) *Notebook { return &Notebook{store: store} }

// NoteMetadata makes Notebook.Note a family of resources: the variables of the template are the fields of NoteInput.
var NoteMetadata = xmcp.ResourceMetadata{
	URI:   "notes://{id}",
	Title: "A saved note",
}

// NoteInput holds the variables of the URI.
type NoteInput struct {
	// ID of the note.
	ID string `json:"id"`
}

// Note reads a note that was saved.
func (n *Notebook) Note(ctx context.Context, in NoteInput) (notes.Note, error) {
	note, err := n.store.Note(ctx, in.ID)
	if errors.Is(err, notes.ErrNotFound) {
		return note, xmcp.ErrNotFound // clients are told so in the protocol's own words
	}
	return note, err
}

// CompleteNote suggests ids while a person types one.
func (n *Notebook) CompleteNote(ctx context.Context, req xmcp.CompleteRequest) ([]string, error) {
	return n.store.IDs(ctx, req.Value)
}
