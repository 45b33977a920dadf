// Package notes keeps notes.
package notes

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// ErrNotFound says that no note has the id.
var ErrNotFound = errors.New("no such note")

// Note is one note.
type Note struct {
	// ID of the note.
	ID string `json:"id"`
	// Text of the note.
	Text string `json:"text"`
	// Tags that the note can be found by.
	Tags []string `json:"tags,omitempty"`
}

// Memory keeps notes as long as the process lives. It is safe for concurrent use.
type Memory struct {
	mu    sync.Mutex
	notes []Note
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{} }

// Save keeps a new note and gives it an id.
func (m *Memory) Save(_ context.Context, text string, tags []string) (Note, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := Note{ID: strconv.Itoa(len(m.notes) + 1), Text: text, Tags: slices.Clone(tags)}
	m.notes = append(m.notes, n)
	return n, nil
}

// Note returns the note with an id, or [ErrNotFound].
func (m *Memory) Note(_ context.Context, id string) (Note, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.IndexFunc(m.notes, func(n Note) bool { return n.ID == id }); i >= 0 {
		return m.notes[i], nil
	}
	return Note{}, ErrNotFound
}

// IDs lists the ids that start with prefix, oldest first.
func (m *Memory) IDs(_ context.Context, prefix string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []string
	for _, n := range m.notes {
		if strings.HasPrefix(n.ID, prefix) {
			ids = append(ids, n.ID)
		}
	}
	return ids, nil
}
