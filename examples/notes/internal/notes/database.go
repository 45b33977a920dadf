package notes

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Database is a [Store] in SQLite or PostgreSQL. The zero value has to be opened before it is used. It is safe for concurrent
// use once it is open.
type Database struct {
	db *sql.DB
	// sql are the statements; tests break them to see that they are noticed.
	sql statements
}

// statements of a database. Every one of them is keyed on the organization and the person.
type statements struct{ save, list, get, ids, count, remove, clear string }

var keyed = statements{
	save: `INSERT INTO notes (organization_id, user_id, id, text, created_at) VALUES ($1, $2, $3, $4, $5)`,
	list: `SELECT id, text, created_at FROM notes
		WHERE organization_id = $1 AND user_id = $2 ORDER BY created_at DESC, id LIMIT $3 OFFSET $4`,
	get: `SELECT id, text, created_at FROM notes
		WHERE organization_id = $1 AND user_id = $2 AND id = $3`,
	ids: `SELECT id FROM notes
		WHERE organization_id = $1 AND user_id = $2 AND id LIKE $3 ORDER BY id LIMIT $4`,
	count:  `SELECT COUNT(*) FROM notes WHERE organization_id = $1 AND user_id = $2`,
	remove: `DELETE FROM notes WHERE organization_id = $1 AND user_id = $2 AND id = $3`,
	clear:  `DELETE FROM notes WHERE organization_id = $1 AND user_id = $2`,
}

// errClosed tells of a program that uses a database before it has opened it.
var errClosed = errors.New("the database is not open")

// Plugin opens the database that the variable DATABASE_URL names when the server starts, and closes it after the last request.
func (d *Database) Plugin() xmcp.Plugin {
	return xmcp.PluginFunc("notes database", func(h *xmcp.Host) error {
		url, err := urlFromEnv()
		if err != nil {
			return err
		}
		log := h.Logger()
		h.OnStart(func(ctx context.Context) error {
			if err := d.Open(ctx, url); err != nil {
				return err
			}
			log.Info("notes are kept", "in", describe(url))
			return nil
		})
		h.OnShutdown(func(context.Context) error { return d.Close() })
		return nil
	})
}

// Close closes the database. A database that is not open needs no closing.
func (d *Database) Close() error {
	if d.db == nil {
		return nil
	}
	return d.db.Close()
}

// errText tells the model what PostgreSQL cannot keep.
var errText = xmcp.UserError("the text of a note cannot hold the character U+0000")

// Save implements [Store].
func (d *Database) Save(ctx context.Context, owner Owner, text string) (Note, error) {
	if strings.ContainsRune(text, 0) {
		return Note{}, errText
	}
	n := Note{ID: rand.Text(), Text: text, CreatedAt: time.Now().UTC().Truncate(time.Microsecond)}
	_, err := d.exec(ctx, d.sql.save, owner, n.ID, n.Text, n.CreatedAt.UnixMicro())
	return n, err
}

// List implements [Store].
func (d *Database) List(ctx context.Context, owner Owner, skip, limit int) ([]Note, error) {
	list := []Note{}
	err := d.query(ctx, d.sql.list, owner, []any{limit, skip}, func(row *sql.Rows) error {
		n, err := scan(row)
		list = append(list, n)
		return err
	})
	return list, err
}

// Get implements [Store].
func (d *Database) Get(ctx context.Context, owner Owner, id string) (Note, error) {
	found, err := Note{}, ErrNotFound
	if !isID(id) {
		return found, err
	}
	if failed := d.query(ctx, d.sql.get, owner, []any{id}, func(row *sql.Rows) error {
		found, err = scan(row)
		return err
	}); failed != nil {
		return Note{}, failed
	}
	return found, err
}

// IDs implements [Store].
func (d *Database) IDs(ctx context.Context, owner Owner, prefix string, limit int) ([]string, error) {
	if !inAlphabet(prefix) {
		return nil, nil
	}
	var list []string
	err := d.query(ctx, d.sql.ids, owner, []any{prefix + "%", limit}, func(row *sql.Rows) error {
		var id string
		err := row.Scan(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

// Count implements [Store].
func (d *Database) Count(ctx context.Context, owner Owner) (int, error) {
	n := 0
	return n, d.query(ctx, d.sql.count, owner, nil, func(row *sql.Rows) error { return row.Scan(&n) })
}

// Delete implements [Store].
func (d *Database) Delete(ctx context.Context, owner Owner, id string) error {
	if !isID(id) {
		return ErrNotFound
	}
	n, err := d.exec(ctx, d.sql.remove, owner, id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// Clear implements [Store].
func (d *Database) Clear(ctx context.Context, owner Owner) (int, error) {
	return d.exec(ctx, d.sql.clear, owner)
}

// exec runs a statement for an owner and returns how many notes it changed.
func (d *Database) exec(ctx context.Context, statement string, owner Owner, args ...any) (int, error) {
	if d.db == nil {
		return 0, errClosed
	}
	result, err := d.db.ExecContext(ctx, statement, append([]any{owner.OrganizationID, owner.UserID}, args...)...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// query runs a query for an owner and gives each row to f.
func (d *Database) query(ctx context.Context, statement string, owner Owner, args []any, f func(*sql.Rows) error) error {
	if d.db == nil {
		return errClosed
	}
	rows, err := d.db.QueryContext(ctx, statement, append([]any{owner.OrganizationID, owner.UserID}, args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scan(row *sql.Rows) (Note, error) {
	var n Note
	var created int64
	err := row.Scan(&n.ID, &n.Text, &created)
	n.CreatedAt = time.UnixMicro(created).UTC()
	return n, err
}

// isID tells whether a note may have the id. Others are not asked for: a database may choke on them.
func isID(id string) bool { return id != "" && inAlphabet(id) }

// inAlphabet tells whether s is made of what [rand.Text] writes, and fits in an id. None of it has a meaning in a pattern.
func inAlphabet(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
