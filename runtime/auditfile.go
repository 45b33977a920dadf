package xmcp

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// auditCheck is how often the file is looked for under its name, so that one that was rotated away gets a successor.
const auditCheck = time.Second

// auditFile appends to a file by its name. A file that was renamed or removed is opened anew, so that tools which rotate logs need
// to tell the server nothing. A record that cannot be written does not hold up the call: the server's log has the error.
type auditFile struct {
	path string
	log  *slog.Logger

	mu      sync.Mutex
	f       *os.File
	info    os.FileInfo
	checked time.Time
	lost    int // records since the last one that was written
}

// open opens the file, unless it is open.
func (a *auditFile) open() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.openLocked()
}

func (a *auditFile) openLocked() error {
	if a.f != nil {
		return nil
	}
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("audit log (--audit-log, XMCP_AUDIT_LOG): %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("audit log (--audit-log, XMCP_AUDIT_LOG): %w", err)
	}
	a.f, a.info, a.checked = f, info, time.Now()
	return nil
}

// Write appends one record.
func (a *auditFile) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); a.f != nil && now.Sub(a.checked) >= auditCheck {
		a.checked = now
		if info, err := os.Stat(a.path); err != nil || !os.SameFile(info, a.info) {
			_ = a.closeLocked()
		}
	}
	err := a.openLocked()
	n := 0
	if err == nil {
		n, err = a.f.Write(b)
	}
	switch {
	case err != nil:
		if a.lost++; a.lost&(a.lost-1) == 0 { // at 1, 2, 4, 8 and so on
			a.log.Error("audit records are lost", "count", a.lost, "error", err)
		}
	case a.lost > 0:
		a.log.Warn("audit records are written again", "lost", a.lost)
		a.lost = 0
	}
	return n, err
}

func (a *auditFile) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closeLocked()
}

func (a *auditFile) closeLocked() error {
	if a.f == nil {
		return nil
	}
	err := a.f.Close()
	a.f = nil
	return err
}
