//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package xmcp

import (
	"errors"
	"os"
	"syscall"
)

// duplicate opens what a file has open once more. Programs that are started do not get it.
func duplicate(f *os.File) (*os.File, error) {
	var double int
	err := withDescriptor(f, func(fd int) (err error) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if double, err = syscall.Dup(fd); err == nil {
			syscall.CloseOnExec(double)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(double), f.Name()), nil
}

// replace makes a file write where another one does.
func replace(f, by *os.File) error {
	return withDescriptor(by, func(source int) error {
		return withDescriptor(f, func(target int) error { return duplicateTo(source, target) })
	})
}

// withDescriptor calls fn with the descriptor of a file, whose mode stays as it is.
func withDescriptor(f *os.File, fn func(fd int) error) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = c.Control(func(fd uintptr) { failed = fn(int(fd)) })
	return errors.Join(err, failed)
}
