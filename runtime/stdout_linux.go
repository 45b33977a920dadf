package xmcp

import "syscall"

// duplicateTo makes target mean what source means. Some of Linux's architectures have no dup2.
func duplicateTo(source, target int) error { return syscall.Dup3(source, target, 0) }
