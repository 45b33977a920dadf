package notes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestMemory(t *testing.T) {
	ctx := context.Background()
	m := NewMemory()
	saved, err := m.Save(ctx, "buy milk", []string{"home"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := m.Note(ctx, saved.ID)
	if err != nil || found.Text != "buy milk" || !slices.Equal(found.Tags, []string{"home"}) {
		t.Errorf("found %+v, %v", found, err)
	}
	if _, err := m.Note(ctx, "nope"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a note that is not there: %v", err)
	}
}

func TestMemoryGivesEachNoteAnID(t *testing.T) {
	ctx := context.Background()
	m := NewMemory()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := m.Save(ctx, fmt.Sprint(i), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ids, err := m.IDs(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Sort(ids); len(slices.Compact(ids)) != 20 {
		t.Errorf("20 notes have the ids %q", ids)
	}
	if ids, err = m.IDs(ctx, "2"); err != nil || !slices.Equal(ids, []string{"2", "20"}) {
		t.Errorf("ids that start with 2: %q, %v", ids, err)
	}
}
