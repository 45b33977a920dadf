package notes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
)

// EnvURL names the database: a URL of PostgreSQL, or "sqlite:" and a file. Unset means [DefaultURL].
const EnvURL = "DATABASE_URL"

// DefaultURL is a file in the working directory.
const DefaultURL = "sqlite:notes.db"

// Bounds on connections. A database of SQLite has one writer at a time; the others wait for it.
const (
	maxConnections  = 10
	maxIdleTime     = 5 * time.Minute
	sqliteBusyMilli = 10_000
	openTimeout     = 15 * time.Second
)

func urlFromEnv() (string, error) {
	u := os.Getenv(EnvURL)
	if u == "" {
		return DefaultURL, nil
	}
	_, _, err := source(u)
	return u, err
}

// source returns the driver of a URL and what it calls the database. Errors do not repeat the URL, which may hold a password.
func source(databaseURL string) (driver, name string, err error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		return "pgx", databaseURL, nil
	case scheme == "sqlite" && rest != "":
		return "sqlite", sqliteName(rest), nil
	}
	return "", "", errors.New(EnvURL + " is neither postgres://… nor sqlite:FILE")
}

// sqliteName is SQLite's URI of a file. The write-ahead log lets others read while one writes.
func sqliteName(file string) string {
	file = filepath.ToSlash(file)
	if filepath.IsAbs(file) && !strings.HasPrefix(file, "/") {
		file = "/" + file // C:/notes.db
	}
	query := url.Values{
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", sqliteBusyMilli), "journal_mode(WAL)", "synchronous(NORMAL)"},
		"_txlock": {"immediate"},
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode()
}

// describe names a database for the log, without user and password.
func describe(databaseURL string) string {
	if file, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return "SQLite, " + file
	}
	return "PostgreSQL"
}

// Open opens the database of a URL and brings its tables up to date. Only this user may read a file that it creates.
func (d *Database) Open(ctx context.Context, databaseURL string) error {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	driver, name, err := source(databaseURL)
	if err != nil {
		return err
	}
	if file, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		if err := createFile(file); err != nil {
			return fmt.Errorf("open the database (%s): %w", EnvURL, err)
		}
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return fmt.Errorf("open the database (%s): %w", EnvURL, err)
	}
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(maxIdleTime)
	if err := migrate(ctx, db, driver); err != nil {
		return errors.Join(fmt.Errorf("open the database (%s): %w", EnvURL, err), db.Close())
	}
	d.db, d.sql = db, keyed
	return nil
}

func createFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
