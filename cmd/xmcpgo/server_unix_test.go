//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

func newGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func (s *server) signal() error {
	if s.interrupt {
		return syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT)
	}
	return s.cmd.Process.Signal(syscall.SIGTERM)
}

func killGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
