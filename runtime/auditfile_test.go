package xmcp

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// auditedFile serves one tool with an audit file, until the test ends.
func auditedFile(t *testing.T, path string, log *bytes.Buffer) *Server {
	t.Helper()
	s := newUncheckedServer(t, Config{AuditLog: path, Logger: slog.New(slog.NewTextHandler(log, nil))}, greetTool)
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

func TestAuditFileIsPrivateAndAppendedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	var log bytes.Buffer
	for run := range 2 {
		s := auditedFile(t, path, &log)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatalf("the file is not there when the server has started: %v", err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("mode %v", mode)
		}
		post(t, s, batchPing, nil)
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if got := countLines(t, path); got != run+1 {
			t.Errorf("run %d: %d records", run, got)
		}
	}
}

// A file that was rotated away gets a successor, and no record goes to nobody.
func TestAuditFileIsOpenedAnew(t *testing.T) {
	if runtime.GOOS == "windows" { // open files keep their names there
		return
	}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	synctest.Test(t, func(t *testing.T) { // in which no second passes but those that are slept
		var log bytes.Buffer
		s := auditedFile(t, path, &log)
		post(t, s, batchPing, nil)
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		post(t, s, batchPing, nil) // within the same second: still to the old one
		time.Sleep(auditCheck)
		post(t, s, batchPing, nil)
		time.Sleep(auditCheck)
		post(t, s, batchPing, nil)
		if old, now := countLines(t, path+".1"), countLines(t, path); old != 2 || now != 2 {
			t.Errorf("%d records in the old file and %d in the new one", old, now)
		}
	})
}

// Calls go on when records cannot be written; the log says so, but not for each of them.
func TestAuditFileThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "audit.jsonl")
	var log bytes.Buffer
	s := auditedFile(t, path, &log)
	_ = s.audit.file.close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if status, _, body := post(t, s, batchPing, nil); status != 200 || body != pongAnswer {
			t.Errorf("status %d: %s", status, body)
		}
	}
	if got := strings.Count(log.String(), "audit records are lost"); got != 3 { // at 1, 2 and 4
		t.Errorf("logged %d times:\n%s", got, &log)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	post(t, s, batchPing, nil)
	if !strings.Contains(log.String(), "written again") || !strings.Contains(log.String(), "lost=5") || countLines(t, path) != 1 {
		t.Errorf("%s", &log)
	}
}

func TestAuditLogSetting(t *testing.T) {
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	missing := filepath.Join(t.TempDir(), "none", "audit.jsonl")
	for _, tt := range []struct {
		name, flag string
		stdio      bool
		code       int
		err        string
	}{
		{"no folder", missing, false, 1, "notes: audit log (--audit-log, XMCP_AUDIT_LOG): open " + missing},
		{"standard output on stdio", "-", true, 1, `notes: config: audit log "-" is standard output, which belongs to the client on stdio`},
		{"standard output", "-", false, 0, ""},
	} {
		code, _, errOut := runMain(stopped, nil, Config{Name: "notes", Stdio: tt.stdio}, nil, "--addr=127.0.0.1:0", "--audit-log", tt.flag)
		if code != tt.code || !strings.HasPrefix(errOut, tt.err) || code != 0 && strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: code %d, %s", tt.name, code, errOut)
		}
	}
	// The operator's word is the last one.
	b := &auditBuffer{}
	cfg, err := configure(Config{Audit: b.logger()}, map[string]string{"XMCP_AUDIT_LOG": "stderr"}, "-")
	if err != nil || cfg.Audit != nil || cfg.AuditLog != "stderr" {
		t.Errorf("%v %q %v", cfg.Audit, cfg.AuditLog, err)
	}
	var stdout, stderr bytes.Buffer
	for name, buf := range map[string]*bytes.Buffer{"-": &stdout, "stderr": &stderr} {
		s := newUncheckedServer(t, Config{AuditLog: name, stdout: &stdout, stderr: &stderr}, greetTool)
		post(t, s, batchPing, nil)
		if !strings.Contains(buf.String(), `"msg":"call"`) {
			t.Errorf("%s has no record: %s", name, buf)
		}
	}
}
