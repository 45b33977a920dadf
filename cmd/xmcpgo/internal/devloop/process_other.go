//go:build !unix && !windows

package devloop

import (
	"os"
	"os/exec"
)

func isolate(*exec.Cmd) {}

func terminate(cmd *exec.Cmd) error { return cmd.Process.Signal(os.Interrupt) }

func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func adopt(*exec.Cmd) (release func()) { return func() {} }
