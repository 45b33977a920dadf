//go:build aix || (solaris && !illumos)

package signin

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// tryLock takes the lock of an open file, unless another process has it: these systems have no flock. It ends with the process, or as
// soon as that closes the file, by whichever descriptor.
func tryLock(f *os.File) (taken bool, err error) {
	err = syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart})
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
