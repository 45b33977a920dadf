//go:build unix && !linux

package devloop

import (
	"os/exec"
	"syscall"
)

// isolate keeps the signals of the terminal from the app, which is asked to end instead.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
