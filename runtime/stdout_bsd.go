//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package xmcp

import "syscall"

// duplicateTo makes target mean what source means.
func duplicateTo(source, target int) error { return syscall.Dup2(source, target) }
