//go:build unix

// Package postgrestest runs a PostgreSQL for tests: an empty one, reached by a Unix socket that only this user can open, with
// no port and no password, which ends with the test.
package postgrestest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

// account runs the server when the tests run as root, as whom PostgreSQL refuses to run. Debian's package makes it.
const account = "postgres"

// startTimeout is generous: the machine may be busy with other tests.
const startTimeout = 2 * time.Minute

// script runs the server until its input ends, which happens at the latest when the test process does, however it ends.
const script = `"$0" "$@" & server=$!
read -r _
kill -INT $server
wait $server`

// Start runs a server until the test ends and returns the URL of its database.
func Start(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "notes-postgres-") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as, err := runAs(dir)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(t.Context(), program(t, "initdb"), "--auth=trust", "--username=notes", "--encoding=UTF8", "--no-locale", "--no-sync", data)
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	run(t, dir, as, program(t, "postgres"), "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+dir, "-c", "fsync=off")
	databaseURL := "postgres:///postgres?" + url.Values{"host": {dir}, "user": {"notes"}}.Encode()
	if err := wait(t.Context(), databaseURL); err != nil {
		t.Fatal(err)
	}
	return databaseURL
}

// runAs makes dir belong to the account that runs the server.
func runAs(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w; \"make setup\" brings what the tests need", err)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// program finds a program of PostgreSQL: in the PATH, or where Debian's packages put them.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		t.Fatalf("PostgreSQL's %s is not here: run \"make setup\", which brings what the tests need (Debian: apt-get install postgresql)", name)
	}
	return found[len(found)-1]
}

func run(t testing.TB, dir string, as *syscall.SysProcAttr, server string, args ...string) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, server}, args...)...)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = dir, as, &log, &log
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, writeErr := io.WriteString(input, "\n")
		if err := errors.Join(writeErr, cmd.Wait()); err != nil {
			t.Errorf("PostgreSQL: %v\n%s", err, &log)
		}
	})
}

func wait(ctx context.Context, databaseURL string) error {
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for end := time.Now().Add(startTimeout); ; time.Sleep(50 * time.Millisecond) {
		if err = db.PingContext(ctx); err == nil || time.Now().After(end) || ctx.Err() != nil {
			return err
		}
	}
}
