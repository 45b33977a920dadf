//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package signin

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of an open file, unless somebody has it. It ends with the file, and with the process.
func tryLock(f *os.File) (taken bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
