package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// writers may all write: one person in two organizations, and another one in each of them.
func writers() []scalekitdev.Person {
	in := func(id string, organizations ...string) scalekitdev.Person {
		p := scalekitdev.Person{ID: id}
		for _, org := range organizations {
			p.Memberships = append(p.Memberships, scalekitdev.Membership{OrganizationID: org, Permissions: []string{"notes:read", "notes:write"}})
		}
		return p
	}
	return []scalekitdev.Person{in("usr_ann", "org_acme", "org_globex"), in("usr_dan", "org_acme"), in("usr_eve", "org_globex")}
}

func TestIsolation(t *testing.T) {
	testIsolation(t, sqliteFile(t))
}

// testIsolation lets people work and attack at once, and expects that nobody notices anybody else.
func testIsolation(t *testing.T, databaseURL string) {
	a := serve(t, databaseURL, writers(), nil)
	for _, leak := range findLeaks(t, a, 3, 3) {
		t.Error(leak)
	}
}

// attacker is a caller who knows what is theirs.
type attacker struct {
	*caller
	own []string // ids of notes that stay

	mu    *sync.Mutex
	leaks *[]string
}

func (a *attacker) leak(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*a.leaks = append(*a.leaks, a.name+": "+fmt.Sprintf(format, args...))
}

// findLeaks reports whatever somebody gets to see, or loses, that is not theirs to see or another one's to take. Each person does
// everything several times, and several things at once.
func findLeaks(t *testing.T, app *app, rounds, atOnceEach int) []string {
	t.Helper()
	var leaks []string
	var mu sync.Mutex
	var people []*attacker
	for i, who := range [][2]string{{"usr_ann", "org_acme"}, {"usr_ann", "org_globex"}, {"usr_dan", "org_acme"}, {"usr_eve", "org_globex"}} {
		people = append(people, &attacker{caller: app.signIn(t, who[0], who[1], []string{legacy, modern}[i%2]), mu: &mu, leaks: &leaks})
	}
	ctx := t.Context()
	atOnce(people, 1, func(a *attacker) { a.settle(ctx) })
	var ids []string
	for _, a := range people {
		ids = append(ids, a.own...)
	}
	listenIn(ctx, app.server, people, ids, func() {
		atOnce(people, atOnceEach, func(a *attacker) {
			for range rounds {
				a.attack(ctx, ids)
				a.work(ctx)
			}
		})
		// Nobody else writes now, so that numbers tell something as well.
		for _, a := range people {
			a.expect(ctx, len(a.own))
		}
		people[0].clear(ctx)
		people[0].expect(ctx, 0)
		for _, a := range people[1:] {
			a.expect(ctx, len(a.own))
		}
	})
	return leaks
}

// atOnce runs f for each person several times at the same time.
func atOnce(people []*attacker, times int, f func(*attacker)) {
	var wg sync.WaitGroup
	for _, a := range people {
		for range times {
			wg.Go(func() { f(a) })
		}
	}
	wg.Wait()
}

// clear deletes all that the person has.
func (a *attacker) clear(ctx context.Context) {
	if _, err := a.call(ctx, "clear_my_notes", map[string]any{"confirm": true}); err != nil {
		a.leak("clear: %v", err)
	}
}

func (a *attacker) owns(id string) bool { return slices.Contains(a.own, id) }

// settle saves the notes that stay.
func (a *attacker) settle(ctx context.Context) {
	for i := range 3 {
		note, err := a.save(ctx, fmt.Sprintf("%s, note %d", a.name, i))
		if err != nil {
			a.leak("save: %v", err)
		}
		a.own = append(a.own, note.ID)
	}
}

// attack asks for every note that there is, by id and by suggestion.
func (a *attacker) attack(ctx context.Context, ids []string) {
	guessed := strings.Repeat("A", len(ids[0]))
	for _, id := range append(slices.Clone(ids), guessed) {
		if a.owns(id) {
			if text, err := a.read(ctx, id); err != nil || !strings.Contains(text, a.name+",") {
				a.leak("their own note reads %q (%v)", text, err)
			}
			continue
		}
		if text, err := a.read(ctx, id); err == nil {
			a.leak("resource of another one: %s", text)
		} else if want := second(a.read(ctx, guessed)); err.Error() != want.Error() {
			a.leak("a note of another one is refused with %q, one that never was with %q", err, want)
		}
		if text, err := a.prompt(ctx, id); err == nil {
			a.leak("prompt with the note of another one: %s", text)
		} else if want := fmt.Sprintf("you have no note with the id %q", id); err.Error() != want {
			a.leak("prompt: %v", err)
		}
		if _, err := a.call(ctx, "delete_note", map[string]any{"id": id}); err == nil {
			a.leak("deleted the note of another one")
		} else if want := fmt.Sprintf("You have no note with the id %q.", id); err.Error() != want {
			a.leak("delete: %v", err)
		}
		for _, ref := range []map[string]any{promptIDs, resourceIDs} {
			if found, err := a.complete(ctx, ref, id[:6]); err != nil || slices.Contains(found, id) {
				a.leak("suggested are %q (%v)", found, err)
			}
		}
	}
}

// work saves, looks around and deletes.
func (a *attacker) work(ctx context.Context) {
	note, err := a.save(ctx, a.name+", passing")
	if err != nil {
		a.leak("save: %v", err)
		return
	}
	list, err := a.list(ctx)
	if err != nil || !slices.Contains(list, note) {
		a.leak("their list has no %s: %v (%v)", note.ID, list, err)
	}
	for _, n := range list {
		if !strings.HasPrefix(n.Text, a.name+",") {
			a.leak("listed: %s", n.Text)
		}
	}
	if _, err := a.call(ctx, "delete_note", map[string]any{"id": note.ID}); err != nil {
		a.leak("their own note is not deleted: %v", err)
	}
}

// expect compares what a person has, and what is suggested to them, with how many notes it should be.
func (a *attacker) expect(ctx context.Context, count int) {
	list, err := a.list(ctx)
	if err != nil || len(list) != count {
		a.leak("%d notes are listed, want %d (%v)", len(list), count, err)
	}
	for _, ref := range []map[string]any{promptIDs, resourceIDs} {
		if ids, err := a.complete(ctx, ref, ""); err != nil || len(ids) != count {
			a.leak("%d ids are suggested, want %d (%v)", len(ids), count, err)
		}
	}
	text, err := a.call(ctx, "clear_my_notes", nil)
	if want := fmt.Sprintf("%d notes would be deleted.", count); err != nil || !strings.HasPrefix(text, want) {
		a.leak("told %q (%v), want %q", text, err, want)
	}
}

// The check is worth something only if it finds a store that forgot a part of the key, in any one of its methods, and one that
// tells too much.
func TestIsolationCheckFindsLeaks(t *testing.T) {
	parts := map[string]func(a, b notes.Owner) bool{
		"the person":       func(a, b notes.Owner) bool { return a.OrganizationID == b.OrganizationID },
		"the organization": func(a, b notes.Owner) bool { return a.UserID == b.UserID },
	}
	for _, method := range []string{"List", "Get", "IDs", "Count", "Delete", "Clear"} {
		for part, same := range parts {
			t.Run(method+" forgets "+part, func(t *testing.T) {
				mustLeak(t, func(s notes.Store) notes.Store { return &careless{Store: s, method: method, same: same} })
			})
		}
	}
	t.Run("Clear tells everybody", func(t *testing.T) {
		mustLeak(t, func(s notes.Store) notes.Store { return talkative{s} })
	})
}

func mustLeak(t *testing.T, wrap func(notes.Store) notes.Store) {
	leaks := findLeaks(t, serve(t, sqliteFile(t), writers(), wrap), 1, 1)
	if len(leaks) == 0 {
		t.Fatal("nothing is found")
	}
	t.Log(leaks[0])
}

// careless is a store that forgets a part of the key in one method: it answers for every owner that is the same in the other
// part.
type careless struct {
	notes.Store
	method string
	same   func(a, b notes.Owner) bool

	mu     sync.Mutex
	owners []notes.Owner
}

func (c *careless) Save(ctx context.Context, owner notes.Owner, text string) (notes.Note, error) {
	c.mu.Lock()
	if !slices.Contains(c.owners, owner) {
		c.owners = append(c.owners, owner)
	}
	c.mu.Unlock()
	return c.Store.Save(ctx, owner, text)
}

// taken are the owners that a method takes for the one it was given, who comes first.
func (c *careless) taken(method string, owner notes.Owner) []notes.Owner {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := []notes.Owner{owner}
	for _, o := range c.owners {
		if method == c.method && o != owner && c.same(o, owner) {
			all = append(all, o)
		}
	}
	return all
}

func (c *careless) List(ctx context.Context, owner notes.Owner, skip, limit int) (list []notes.Note, err error) {
	for _, o := range c.taken("List", owner) {
		some, someErr := c.Store.List(ctx, o, skip, limit)
		list, err = append(list, some...), someErr
	}
	return list, err
}

func (c *careless) Get(ctx context.Context, owner notes.Owner, id string) (note notes.Note, err error) {
	for _, o := range c.taken("Get", owner) {
		if note, err = c.Store.Get(ctx, o, id); err == nil {
			break
		}
	}
	return note, err
}

func (c *careless) IDs(ctx context.Context, owner notes.Owner, prefix string, limit int) (ids []string, err error) {
	for _, o := range c.taken("IDs", owner) {
		some, someErr := c.Store.IDs(ctx, o, prefix, limit)
		ids, err = append(ids, some...), someErr
	}
	return ids, err
}

func (c *careless) Count(ctx context.Context, owner notes.Owner) (n int, err error) {
	for _, o := range c.taken("Count", owner) {
		some, someErr := c.Store.Count(ctx, o)
		n, err = n+some, someErr
	}
	return n, err
}

func (c *careless) Delete(ctx context.Context, owner notes.Owner, id string) (err error) {
	for _, o := range c.taken("Delete", owner) {
		if err = c.Store.Delete(ctx, o, id); err == nil {
			break
		}
	}
	return err
}

func (c *careless) Clear(ctx context.Context, owner notes.Owner) (n int, err error) {
	for _, o := range c.taken("Clear", owner) {
		some, someErr := c.Store.Clear(ctx, o)
		n, err = n+some, someErr
	}
	return n, err
}
