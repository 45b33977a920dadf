//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package xmcp

import (
	"errors"
	"os"
)

func duplicate(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }

func replace(_, _ *os.File) error { return errors.ErrUnsupported }
