package notes

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// migrations make the tables. Files run once each, in the order of their names; add new ones, never change old ones.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock is what PostgreSQL calls the lock of servers that start at the same time. SQLite locks the file.
const migrationLock = 7_266_387_001

// migrate runs the migrations that a database has not seen, all of them or none.
func migrate(ctx context.Context, db *sql.DB, driver string) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if driver == "pgx" {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS notes_migrations (name TEXT PRIMARY KEY)`); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := runMigration(ctx, tx, file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return tx.Commit()
}

func runMigration(ctx context.Context, tx *sql.Tx, file string) error {
	name, done := path.Base(file), 0
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM notes_migrations WHERE name = $1`, name).Scan(&done); err != nil || done > 0 {
		return err
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notes_migrations (name) VALUES ($1)`, name)
	return err
}
