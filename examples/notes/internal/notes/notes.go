// Package notes keeps notes, each of them for the person who wrote it and the organization they wrote it in.
//
// An [Owner] is the key of everything: no method finds, counts or deletes a note without one, and [OwnerOf] makes it of the
// verified access token and of nothing that a client can choose.
package notes

import (
	"context"
	"errors"
	"time"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit"
	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Owner is a person in an organization. The same person in another organization is another owner.
type Owner struct{ OrganizationID, UserID string }

// OwnerOf returns who calls. It fails for calls that nobody signed in for, and for tokens that name no person or no
// organization: their notes would have no key.
func OwnerOf(ctx context.Context) (Owner, error) {
	session, err := scalekit.GetSession(ctx)
	if err != nil {
		return Owner{}, err
	}
	if session.UserID == "" || session.OrganizationID == "" {
		return Owner{}, xmcp.UserError("Sign in to an organization: notes are kept by person and organization.")
	}
	return Owner{OrganizationID: session.OrganizationID, UserID: session.UserID}, nil
}

// Note is one note.
type Note struct {
	// ID of the note.
	ID string `json:"id"`
	// Text of the note.
	Text string `json:"text"`
	// When the note was saved.
	CreatedAt time.Time `json:"createdAt"`
}

// ErrNotFound says that the owner has no note of that id. Whether somebody else has one makes no difference.
var ErrNotFound = errors.New("no such note")

// Store keeps notes apart by their owner. It must be safe for concurrent use.
type Store interface {
	// Save keeps a new note and gives it an id that cannot be guessed.
	Save(ctx context.Context, owner Owner, text string) (Note, error)
	// List returns up to limit of the owner's notes, newest first, without the first skip of them.
	List(ctx context.Context, owner Owner, skip, limit int) ([]Note, error)
	// Get returns the owner's note of that id, or ErrNotFound.
	Get(ctx context.Context, owner Owner, id string) (Note, error)
	// IDs returns up to limit ids of the owner's notes that start with prefix, in their order.
	IDs(ctx context.Context, owner Owner, prefix string, limit int) ([]string, error)
	// Count returns how many notes the owner has.
	Count(ctx context.Context, owner Owner) (int, error)
	// Delete deletes the owner's note of that id, or returns ErrNotFound.
	Delete(ctx context.Context, owner Owner, id string) error
	// Clear deletes all notes of the owner and returns how many there were.
	Clear(ctx context.Context, owner Owner) (int, error)
}
