package notes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, url string) *Database {
	t.Helper()
	d := &Database{}
	if err := d.Open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func sqliteURL(t *testing.T) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "50% of my notes?.db")
}

func TestSQLite(t *testing.T) {
	t.Run("starts at once", func(t *testing.T) { testMigrateAtOnce(t, sqliteURL(t)) })
	t.Run("store", func(t *testing.T) { testStore(t, open(t, sqliteURL(t))) })
	t.Run("keys", func(t *testing.T) { testStatementsAreKeyed(t, open(t, sqliteURL(t))) })
}

// Several servers may start on one database, and again later.
func testMigrateAtOnce(t *testing.T, url string) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			d := &Database{}
			if err := d.Open(t.Context(), url); err != nil {
				t.Error(err)
				return
			}
			if _, err := d.Save(t.Context(), Owner{"org_start", "usr_start"}, "hi"); err != nil {
				t.Error(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, err := open(t, url).Count(t.Context(), Owner{"org_start", "usr_start"}); err != nil || n != 4 {
		t.Errorf("%d notes survived, %v", n, err)
	}
}

func testStore(t *testing.T, d *Database) {
	ctx, ann := t.Context(), Owner{"org_acme", "usr_ann"}
	var saved []Note
	for _, text := range []string{"first", "second; DROP TABLE notes", "drittes ✓ 🎉"} {
		n, err := d.Save(ctx, ann, text)
		if err != nil {
			t.Fatal(err)
		}
		saved = slices.Insert(saved, 0, n)
		for !time.Now().Truncate(time.Microsecond).After(n.CreatedAt) { // notes of one moment have no order, and some clocks are coarse
			time.Sleep(time.Millisecond)
		}
	}
	list, err := d.List(ctx, ann, 0, 10)
	if diff := cmp.Diff(saved, list); err != nil || diff != "" {
		t.Errorf("listed: %v (-want +got):\n%s", err, diff)
	}
	list, err = d.List(ctx, ann, 1, 1)
	if diff := cmp.Diff(saved[1:2], list); err != nil || diff != "" {
		t.Errorf("the second one: %v (-want +got):\n%s", err, diff)
	}
	if n, err := d.Get(ctx, ann, saved[0].ID); err != nil || n != saved[0] {
		t.Errorf("got %+v, %v", n, err)
	}
	ids, err := d.IDs(ctx, ann, "", 10)
	if err != nil || len(ids) != 3 || !slices.IsSorted(ids) {
		t.Errorf("ids are %q, %v", ids, err)
	}
	if ids, err = d.IDs(ctx, ann, "", 2); err != nil || len(ids) != 2 {
		t.Errorf("two ids are %q, %v", ids, err)
	}
	if ids, err = d.IDs(ctx, ann, saved[0].ID[:20], 10); err != nil || !slices.Equal(ids, []string{saved[0].ID}) {
		t.Errorf("by prefix there are %q, %v", ids, err)
	}
	for _, id := range []string{"", "%", "_", strings.Repeat("A", 26), saved[0].ID + "A", strings.ToLower(saved[0].ID), "a\x00b", "\xff", strings.Repeat("A", 1000)} {
		if _, err := d.Get(ctx, ann, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("get %q: %v", id, err)
		}
		if err := d.Delete(ctx, ann, id); !errors.Is(err, ErrNotFound) {
			t.Errorf("delete %q: %v", id, err)
		}
		if ids, err := d.IDs(ctx, ann, id, 10); id != "" && (err != nil || len(ids) > 0) {
			t.Errorf("ids by %q are %q, %v", id, ids, err)
		}
	}
	if _, err := d.Save(ctx, ann, "a\x00b"); !errors.Is(err, errText) {
		t.Errorf("a text with U+0000: %v", err)
	}
	if err := d.Delete(ctx, ann, saved[0].ID); err != nil {
		t.Error(err)
	}
	if err := d.Delete(ctx, ann, saved[0].ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if n, err := d.Clear(ctx, ann); err != nil || n != 2 {
		t.Errorf("cleared %d, %v", n, err)
	}
	if n, err := d.Count(ctx, ann); err != nil || n != 0 {
		t.Errorf("%d are left, %v", n, err)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := d.List(ended, ann, 0, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a call that was given up: %v", err)
	}
}

// A statement that loses either part of its WHERE clause is found.
func testStatementsAreKeyed(t *testing.T, d *Database) {
	if leaks := findLeaks(t, d); len(leaks) > 0 {
		t.Errorf("the statements leak: %q", leaks)
	}
	for name, statement := range map[string]*string{
		"list": &d.sql.list, "get": &d.sql.get, "ids": &d.sql.ids, "count": &d.sql.count, "remove": &d.sql.remove, "clear": &d.sql.clear,
	} {
		for _, part := range []string{"organization_id = $1", "user_id = $2"} {
			good := *statement
			_, parameter, _ := strings.Cut(part, " = ")
			*statement = strings.Replace(good, part, fmt.Sprintf("CAST(%s AS TEXT) = %[1]s", parameter), 1)
			if *statement == good {
				t.Errorf("%s has no %s", name, part)
			}
			if len(findLeaks(t, d)) == 0 {
				t.Errorf("nobody notices that %s has lost %s", name, part)
			}
			*statement = good
		}
	}
}

// findLeaks lets owners that differ in one part each look for the notes of the others.
func findLeaks(t *testing.T, d *Database) (leaks []string) {
	t.Helper()
	ctx := t.Context()
	owners := []Owner{{"org_acme", "usr_ann"}, {"org_acme", "usr_dan"}, {"org_globex", "usr_ann"}}
	own := map[Owner]Note{}
	for _, o := range owners {
		if _, err := d.Clear(ctx, o); err != nil {
			t.Fatal(err)
		}
		n, err := d.Save(ctx, o, fmt.Sprint(o))
		if err != nil {
			t.Fatal(err)
		}
		own[o] = n
	}
	check := func(fine bool, format string, args ...any) {
		if !fine {
			leaks = append(leaks, fmt.Sprintf(format, args...))
		}
	}
	for _, o := range owners {
		for other, note := range own {
			got, err := d.Get(ctx, o, note.ID)
			check(o == other && got == note || o != other && errors.Is(err, ErrNotFound), "%v gets %v: %v", o, got, err)
			if o != other {
				check(errors.Is(d.Delete(ctx, o, note.ID), ErrNotFound), "%v deletes the note of %v", o, other)
			}
		}
	}
	for _, o := range owners {
		list, err := d.List(ctx, o, 0, 10)
		check(err == nil && slices.Equal(list, []Note{own[o]}), "%v lists %v: %v", o, list, err)
		ids, err := d.IDs(ctx, o, "", 10)
		check(err == nil && slices.Equal(ids, []string{own[o].ID}), "%v is told of %q: %v", o, ids, err)
		n, err := d.Count(ctx, o)
		check(err == nil && n == 1, "%v counts %d: %v", o, n, err)
	}
	for _, o := range owners {
		n, err := d.Clear(ctx, o)
		check(err == nil && n == 1, "%v clears %d: %v", o, n, err)
	}
	return leaks
}

func TestFileIsPrivate(t *testing.T) {
	url := sqliteURL(t)
	d := open(t, url)
	if _, err := d.Save(t.Context(), Owner{"org_acme", "usr_ann"}, "hi"); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(strings.TrimPrefix(url, "sqlite:")), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", filepath.Base(file), info.Mode(), err)
		}
	}
}

func TestOpenFails(t *testing.T) {
	for name, tt := range map[string]struct{ url, want string }{
		"unknown kind":  {"mysql://me:hush@localhost/notes", "DATABASE_URL is neither postgres://… nor sqlite:FILE"},
		"no file":       {"sqlite:", "DATABASE_URL is neither"},
		"no folder":     {"sqlite:" + filepath.Join(t.TempDir(), "none", "notes.db"), "open the database (DATABASE_URL): open "},
		"no server":     {"postgres://me:hush@127.0.0.1:1/notes?connect_timeout=1", "open the database (DATABASE_URL): "},
		"malformed URL": {"postgres://me:hush@127.0.0.1:port/notes", "open the database (DATABASE_URL): "},
	} {
		d := &Database{}
		err := d.Open(t.Context(), tt.url)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the password is in the error: %v", name, err)
		}
		if _, err := d.Save(t.Context(), Owner{"o", "u"}, "hi"); !errors.Is(err, errClosed) {
			t.Errorf("%s: save: %v", name, err)
		}
		if _, err := d.List(t.Context(), Owner{"o", "u"}, 0, 1); !errors.Is(err, errClosed) {
			t.Errorf("%s: list: %v", name, err)
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}
