package signin

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

const (
	lockFailImmediately = 0x1 // LOCKFILE_FAIL_IMMEDIATELY
	lockExclusive       = 0x2 // LOCKFILE_EXCLUSIVE_LOCK

	errLockViolation = syscall.Errno(33) // ERROR_LOCK_VIOLATION
)

// tryLock takes the lock of an open file, unless somebody has it. It ends with the file, and with the process.
func tryLock(f *os.File) (taken bool, err error) {
	lockFileEx := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	at := &syscall.Overlapped{} // the first byte, which need not be there
	ok, _, err := lockFileEx.Call(f.Fd(), lockExclusive|lockFailImmediately, 0, 1, 0, uintptr(unsafe.Pointer(at)))
	switch {
	case ok != 0:
		return true, nil
	case errors.Is(err, errLockViolation), errors.Is(err, syscall.ERROR_IO_PENDING):
		return false, nil
	}
	return false, err
}
